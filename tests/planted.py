"""An upload with planted defects, each of them known by rule and line, and the contract that forbids them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from planted_rows import COLUMNS, TOPICS, Row, answer, question, row_of, rule_text
from planted_values import FOREIGN, NUMBERS, golden_text, personal, secret

from pipelines.core.contract import Check, Column, Contract, Roles, Rule
from pipelines.core.findings import Neighbour, Surroundings

TERMS = ("for internal use only", "draft memorandum", "Project Bluebird")
GOLDEN = 200
FILE = "questions.csv"


def _rule(check: Check, column: str | None = None, **bounds: Any) -> Rule:
    return Rule(id=check, check=check, severity="critical", column=column, **bounds)


CONTRACT = Contract(
    source="questions",
    id="urn:test:planted",
    version="1.0.0",
    steward="steward@example.com",
    purpose="training",
    description="Questions with their answers.",
    columns=tuple(
        Column(name=name, type="integer" if name == "year" else "number" if name == "amount" else "string")
        for name in COLUMNS
    ),
    rules=(
        _rule("not_null", "id"),
        _rule("unique", "id"),
        _rule("matches", "id", pattern="^Q-[0-9]{6}$"),
        _rule("length_between", "question", minimum=30, maximum=320),
        _rule("value_between", "year", minimum=1990, maximum=2030),
        _rule("not_matches", "answer", pattern="https?://"),
        _rule("in_set", "topic", values=TOPICS),
        _rule("not_in_set", "state", values=("draft", "withdrawn")),
        _rule("near_unique"),
        _rule("one_answer"),
        _rule("substantial", minimum=10),
        _rule("language", "answer", values=("en",)),
        _rule("tokens_between", "context", maximum=400),
        _rule("no_personal_data"),
        _rule("no_secrets"),
        _rule("no_terms", values=TERMS),
        _rule("no_golden"),
    ),
    roles=Roles(prompt="question", completion="answer", context="context", origin="origin"),
    quiet_seconds=10,
)


class Place(NamedTuple):
    """Where a rule is broken: the line of FILE on which the row starts."""

    rule: str
    line: int


class Planted(NamedTuple):
    """`text` is a CSV file; `places` is everything that is wrong in it, some defects at two places."""

    text: str
    places: frozenset[Place]
    defects: int


def plant(rows: int, defects: int, seed: int = 0) -> Planted:
    """`rows` rows, of which `defects` are spoilt, the kinds of defects in turn."""
    chance = Random(seed)
    written = _clean(rows, chance)
    spoilt = sorted(chance.sample(range(rows // 10, rows), defects))
    taken = set(spoilt)
    free = [at for at in range(rows // 10, rows - 1) if at not in taken and at + 1 not in taken]
    extra: dict[int, str] = {}
    wrong: list[tuple[str, int]] = []
    kinds = list(_DEFECTS)
    for turn, number in enumerate(spoilt):
        kind = kinds[turn % len(kinds)]
        # The original of a copy stands before it, in the first tenth, and serves for one copy only.
        other = written[turn]
        wrong.append((kind, number))
        if kind == "field_count":
            extra[number] = "one field too many"
            continue
        written[number] |= _DEFECTS[kind](written[number], other, chance)
        if kind in _BOTH:
            wrong.append((kind, turn))
    for number in free[:: max(2, len(free) // defects)]:
        _decoy(written[number], written[number + 1], chance)
    text, lines = _as_csv(written, extra)
    return Planted(text, frozenset(Place(kind, lines[number]) for kind, number in wrong), defects)


def surroundings(folder: Path, seed: int = 0) -> Surroundings:
    """The golden set that the planted rows give away."""
    chance = Random(f"golden {seed}")
    questions = [golden_text(number) for number in range(GOLDEN)]
    answers = [rule_text(chance) for _ in questions]
    path = folder / "golden.parquet"
    pq.write_table(pa.table({"question": questions, "answer": answers}), path)
    return Surroundings(golden=(Neighbour("golden", path, "question", "answer", None),))


def _clean(rows: int, chance: Random) -> list[Row]:
    asked: set[str] = set()
    written = []
    for number in range(rows):
        row = row_of(number, chance)
        while row["question"] in asked:
            row["question"] = question(chance)
        asked.add(row["question"])
        written.append(row)
    return written


def _decoy(row: Row, following: Row, chance: Random) -> None:
    """Two rows that differ by one number alone, as the rules for two years do: neither is wrong."""
    year = chance.randint(2000, 2020)
    asked, said = row["question"], row["answer"]
    row["question"] = f"{asked} We mean {year}."
    following |= {"question": f"{asked} We mean {year + 1}.", "answer": said, "context": row["context"]}


def _as_csv(rows: list[Row], extra: dict[int, str]) -> tuple[str, list[int]]:
    """The file, and the line on which each row starts."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    lines, line = [], 2
    for number, row in enumerate(rows):
        fields = [row[name] for name in COLUMNS]
        writer.writerow([*fields, extra[number]] if number in extra else fields)
        lines.append(line)
        line += 1 + sum(field.count("\n") for field in fields)
    return stream.getvalue(), lines


Spoil = Callable[[Row, Row, Random], Row]
"""(row, another row that is right, chance) -> the cells that spoil the row."""


def _near(row: Row, other: Row, chance: Random) -> Row:
    """The other row again, word for word but for case, punctuation, or one word."""
    asked = other["question"]
    words = asked.split()
    words[chance.randrange(len(words))] = "somehow"
    reworded = chance.choice((asked, asked.upper(), asked.replace("?", " ?!"), " ".join(words)))
    return {"question": reworded, "answer": other["answer"], "context": other["context"]}


def _into_text(row: Row, chance: Random, value: str) -> Row:
    """The value within an answer, a question or a context."""
    name = chance.choice(("answer", "question", "context"))
    before, _, after = row[name].partition(" ")
    return {name: f"{before} {value} {after}".strip()}


_DEFECTS: dict[str, Spoil] = {
    "not_null": lambda row, other, chance: {"id": ""},
    "unique": lambda row, other, chance: {"id": other["id"]},
    "matches": lambda row, other, chance: {
        "id": chance.choice((row["id"].lower(), row["id"] + "-b", row["id"].replace("-", " ")))
    },
    "length_between": lambda row, other, chance: {
        "question": chance.choice((f"Why {row['id'][2:]}?", f"{row['question']} " + "And why? " * 30))
    },
    "value_between": lambda row, other, chance: {"year": chance.choice(("1989", "2031", "0", "-2024"))},
    "not_matches": lambda row, other, chance: {
        "answer": f"{row['answer']} See https://www.example.org/forms."
    },
    "in_set": lambda row, other, chance: {
        "topic": chance.choice(("Income", "deduction", "weather", "taxes"))
    },
    "not_in_set": lambda row, other, chance: {"state": chance.choice(("draft", "withdrawn"))},
    "near_unique": _near,
    "one_answer": lambda row, other, chance: {"question": other["question"], "context": other["context"]},
    "substantial": lambda row, other, chance: {
        "answer": chance.choice(("", "n/a", "TODO", "Lorem ipsum dolor sit amet.", row["question"], "yes"))
    },
    "language": lambda row, other, chance: {"answer": " ".join(chance.sample(chance.choice(FOREIGN), 3))},
    "tokens_between": lambda row, other, chance: {"context": " ".join(answer(chance) for _ in range(5))},
    "no_personal_data": lambda row, other, chance: _into_text(row, chance, personal(chance)),
    "no_secrets": lambda row, other, chance: _into_text(row, chance, secret(chance)),
    "no_terms": lambda row, other, chance: _into_text(row, chance, chance.choice(TERMS)),
    "no_golden": lambda row, other, chance: {
        "question": golden_text(chance.randrange(GOLDEN), row["question"] if row["context"] else "")
    },
    "type": lambda row, other, chance: {
        chance.choice(("year", "amount")): chance.choice((*NUMBERS, "unknown", "1.2.2024"))
    },
    "characters": lambda row, other, chance: {"answer": row["answer"].replace(" ", "\0 ", 1)},
    "field_count": lambda row, other, chance: {},
}
_BOTH = ("unique", "one_answer")
"""Defects for which the other row is as wrong as the spoilt one."""
