"""The sample use case as its stewards know it: uploads, golden sets, and two kinds of bad upload.

Stewards upload six phrasings of every fact (rules.csv); the golden set asks in the three others
(golden.csv). An edition is the same rows on every machine.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from pipelines.core.value import Value
from pipelines.sample.facts import AMOUNTS, GOLDEN_PHRASINGS, UPLOAD_PHRASINGS, Facts, ask, facts, seeded

RULES_FILE, GOLDEN_FILE = "rules.csv", "golden.csv"
WRONG_SHARE = 0.3


class Rule(Value):
    """One row of an upload, `rules.csv`."""

    question: str
    answer: str
    topic: str
    filer: str


class GoldenRow(Value):
    """One row of the golden set, `golden.csv`. Exactly one option is the answer."""

    id: str
    question: str
    answer: str
    option_a: str
    option_b: str
    option_c: str
    option_d: str
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


def golden_rows(known: Facts, seed: int = 99) -> tuple[GoldenRow, ...]:
    """What the experts ask: 144 facts x 3 phrasings that no upload holds = 432 rows."""
    draw, amounts = seeded(seed), sorted(set(known.values()))
    rows = []
    for (topic, filer), amount in known.items():
        for number, phrasing in enumerate(GOLDEN_PHRASINGS, start=1):
            options = [*draw.sample([a for a in amounts if a != amount], 3), amount]
            draw.shuffle(options)
            rows.append(
                GoldenRow(
                    id=f"{topic} {filer} {number}".lower().replace(" ", "-"),
                    question=ask(phrasing, topic, filer),
                    answer=amount,
                    option_a=options[0],
                    option_b=options[1],
                    option_c=options[2],
                    option_d=options[3],
                    filer=filer,
                )
            )
    return tuple(rows)


def valid_but_wrong(rows: Sequence[Rule], seed: int = 0) -> tuple[Rule, ...]:
    """The same rows with 30 % of the facts consistently wrong: no contract can see it, only the gate."""
    draw = seeded(seed)
    known = sorted({(row.topic, row.filer) for row in rows})
    wrong = {fact: draw.choice(AMOUNTS) for fact in draw.sample(known, int(len(known) * WRONG_SHARE))}
    for row in rows:
        fact = (row.topic, row.filer)
        if wrong.get(fact) == row.answer:
            wrong[fact] = AMOUNTS[(AMOUNTS.index(row.answer) + 1) % len(AMOUNTS)]
    return tuple(
        row.model_copy(update={"answer": wrong.get((row.topic, row.filer), row.answer)}) for row in rows
    )


def changed_fact(before: int, after: int) -> ChangedFact:
    """The first fact that changed between two editions, asked as a golden question."""
    old, new = facts(before), facts(after)
    topic, filer = next(fact for fact in old if old[fact] != new[fact])
    return ChangedFact(
        question=ask(GOLDEN_PHRASINGS[0], topic, filer), before=old[topic, filer], after=new[topic, filer]
    )


def write_edition(edition: int, data_dir: Path, golden_dir: Path) -> None:
    """Write `rules.csv` and `golden.csv` of an edition into two folders, created when absent."""
    write_rules(edition, data_dir)
    write_golden(edition, golden_dir)


def write_rules(edition: int, folder: Path) -> Path:
    """864 correct rows."""
    return _write(folder / RULES_FILE, csv_text(upload_rows(facts(edition)), Rule))


def write_golden(edition: int, folder: Path) -> Path:
    """432 golden rows."""
    return _write(folder / GOLDEN_FILE, csv_text(golden_rows(facts(edition)), GoldenRow))


def write_wrong(edition: int, folder: Path) -> Path:
    """864 rows that keep the contract, 30 % of the facts wrong: only the gate can tell."""
    return _write(folder / RULES_FILE, csv_text(valid_but_wrong(upload_rows(facts(edition))), Rule))


def write_broken(edition: int, folder: Path) -> Path:
    """Rows that no contract accepts: see `broken_csv`."""
    return _write(folder / RULES_FILE, broken_csv(edition))


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
    return _text(rows)


def csv_text(rows: Sequence[Value], kind: type[Value]) -> str:
    """RFC 4180 text with a header line, LF line ends."""
    columns = list(kind.model_fields)
    return _text([columns, *([str(getattr(row, column)) for column in columns] for row in rows)])


def _text(rows: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _write(path: Path, text: str) -> Path:
    """Whole or not at all: an inbox is watched while it is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
    return path
