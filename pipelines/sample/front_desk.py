"""The front desk as its stewards know it: uploads and golden sets of an office directory.

Stewards upload six phrasings of every fact (directory.csv); the golden set asks in the three others
(golden.csv). An edition is the same rows on every machine.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.sample.desk import GoldenQuestion, UploadRow, csv_text, options, write_text
from pipelines.sample.directory import GOLDEN_PHRASINGS, UPLOAD_PHRASINGS, ask, rooms
from pipelines.sample.editions import Fact, Facts, seeded

DIRECTORY_FILE, GOLDEN_FILE = "directory.csv", "golden.csv"


class Line(UploadRow):
    """One row of an upload, `directory.csv`."""

    matter: str
    office: str


class GoldenRow(GoldenQuestion):
    """One row of the golden set, `golden.csv`; `entry` is shared by the questions about one fact."""

    office: str
    entry: str


def upload_rows(known: Facts, seed: int = 0) -> tuple[Line, ...]:
    """What the steward drops: 144 facts x 6 phrasings = 864 rows, shuffled."""
    rows = [
        Line(question=ask(phrasing, matter, office), answer=room, matter=matter, office=office)
        for (matter, office), room in known.items()
        for phrasing in UPLOAD_PHRASINGS
    ]
    seeded(seed).shuffle(rows)
    return tuple(rows)


def golden_questions(known: Facts) -> dict[Fact, tuple[str, ...]]:
    """{fact: the three questions of the golden set about it}, none of which an upload holds."""
    return {fact: tuple(ask(phrasing, *fact) for phrasing in GOLDEN_PHRASINGS) for fact in known}


def golden_rows(known: Facts, seed: int = 99) -> tuple[GoldenRow, ...]:
    """What the experts ask: 144 facts x 3 questions = 432 rows."""
    draw, answers = seeded(seed), sorted(set(known.values()))
    rows = []
    for (matter, office), questions in golden_questions(known).items():
        entry, room = f"{matter} {office}".lower().replace(" ", "-"), known[matter, office]
        rows += [
            GoldenRow(
                id=f"{entry}-{number}",
                question=question,
                answer=room,
                **options(room, answers, draw),
                office=office,
                entry=entry,
            )
            for number, question in enumerate(questions, start=1)
        ]
    return tuple(rows)


def write_edition(edition: int, data_dir: Path, golden_dir: Path) -> tuple[Path, Path]:
    """Write `directory.csv` and `golden.csv` of an edition into two folders, created when absent."""
    return write_directory(edition, data_dir), write_golden(edition, golden_dir)


def write_directory(edition: int, folder: Path) -> Path:
    """864 correct rows."""
    return write_text(folder / DIRECTORY_FILE, csv_text(upload_rows(rooms(edition)), Line))


def write_golden(edition: int, folder: Path) -> Path:
    """432 golden rows."""
    return write_text(folder / GOLDEN_FILE, csv_text(golden_rows(rooms(edition)), GoldenRow))
