"""The tax desk as its stewards know it: uploads, golden sets, and two kinds of bad upload.

Stewards upload six phrasings of every fact (rules.csv); the golden set asks in the three others
(golden.csv). An edition is the same rows on every machine.
"""

from __future__ import annotations

import csv
from pathlib import Path

from pipelines.core.value import Value
from pipelines.sample.desk import GoldenQuestion, UploadRow, csv_text, options, text_of, write_text
from pipelines.sample.editions import Fact, Facts, seeded
from pipelines.sample.facts import GOLDEN_PHRASINGS, UPLOAD_PHRASINGS, ask, facts
from pipelines.sample.spoiled import wrong_facts

RULES_FILE, GOLDEN_FILE = "rules.csv", "golden.csv"
WRONG_SHARE = 0.3


class Rule(UploadRow):
    """One row of an upload, `rules.csv`."""

    topic: str
    filer: str


class GoldenRow(GoldenQuestion):
    """One row of the golden set, `golden.csv`."""

    filer: str


class ChangedFact(Value):
    """A golden question whose answer differs between two editions."""

    question: str
    before: str
    after: str


def upload_rows(known: Facts, seed: int = 0) -> tuple[Rule, ...]:
    """What the steward drops: 144 facts x 6 phrasings = 864 rows, shuffled."""
    rows = [
        Rule(question=ask(phrasing, topic, filer), answer=amount, topic=topic, filer=filer)
        for (topic, filer), amount in known.items()
        for phrasing in UPLOAD_PHRASINGS
    ]
    seeded(seed).shuffle(rows)
    return tuple(rows)


def golden_questions(known: Facts) -> dict[Fact, tuple[str, ...]]:
    """{fact: the three questions of the golden set about it}, none of which an upload holds."""
    return {fact: tuple(ask(phrasing, *fact) for phrasing in GOLDEN_PHRASINGS) for fact in known}


def golden_rows(known: Facts, seed: int = 99) -> tuple[GoldenRow, ...]:
    """What the experts ask: 144 facts x 3 questions = 432 rows."""
    draw, amounts = seeded(seed), sorted(set(known.values()))
    return tuple(
        GoldenRow(
            id=f"{topic} {filer} {number}".lower().replace(" ", "-"),
            question=question,
            answer=known[topic, filer],
            **options(known[topic, filer], amounts, draw),
            filer=filer,
        )
        for (topic, filer), questions in golden_questions(known).items()
        for number, question in enumerate(questions, start=1)
    )


def changed_fact(before: int, after: int) -> ChangedFact:
    """The first fact that changed between two editions, asked as a golden question."""
    old, new = facts(before), facts(after)
    topic, filer = next(fact for fact in old if old[fact] != new[fact])
    return ChangedFact(
        question=ask(GOLDEN_PHRASINGS[0], topic, filer), before=old[topic, filer], after=new[topic, filer]
    )


def write_edition(edition: int, data_dir: Path, golden_dir: Path) -> tuple[Path, Path]:
    """Write `rules.csv` and `golden.csv` of an edition into two folders, created when absent."""
    return write_rules(edition, data_dir), write_golden(edition, golden_dir)


def write_rules(edition: int, folder: Path) -> Path:
    """864 correct rows."""
    return write_text(folder / RULES_FILE, csv_text(upload_rows(facts(edition)), Rule))


def write_golden(edition: int, folder: Path) -> Path:
    """432 golden rows."""
    return write_text(folder / GOLDEN_FILE, csv_text(golden_rows(facts(edition)), GoldenRow))


def write_wrong(edition: int, folder: Path) -> Path:
    """864 rows that keep the contract, 30 % of the facts wrong: only the gate can tell."""
    wrong = wrong_facts(upload_rows(facts(edition)), WRONG_SHARE)
    return write_text(folder / RULES_FILE, csv_text(wrong, Rule))


def write_broken(edition: int, folder: Path) -> Path:
    """Rows that no contract accepts: see `broken_csv`."""
    return write_text(folder / RULES_FILE, broken_csv(edition))


def broken_csv(edition: int) -> str:
    """An edition as a hurried export spoils it: two ragged rows, three bad amounts, an unknown filer.

    The spoilt rows stand on lines 6, 21 (ragged), 11, 31, 41 (amount) and 16 (filer).
    """
    lines = csv_text(upload_rows(facts(edition)), Rule).splitlines()
    rows = [next(csv.reader([line])) for line in lines]
    rows[5] = rows[5][:3]
    rows[20] = [*rows[20], "see note"]
    rows[10][1], rows[30][1], rows[40][1] = "tbd", "-$300", "12,5oo"
    rows[15][3] = "left-handed filers"
    return text_of(rows)
