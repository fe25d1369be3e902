"""What the tables of the sample's desks have in common, and how they are written."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from pathlib import Path

from pipelines.core.value import Value


class UploadRow(Value):
    """One row of an upload. The columns that follow say which fact it is about."""

    question: str
    answer: str

    @property
    def fact(self) -> tuple[str, ...]:
        """What the row is about: its other columns, in their order."""
        return tuple(str(getattr(self, column)) for column in list(type(self).model_fields)[2:])


class GoldenQuestion(Value):
    """One row of a golden set. Exactly one option is the answer."""

    id: str
    question: str
    answer: str
    option_a: str
    option_b: str
    option_c: str
    option_d: str


def options(answer: str, answers: Sequence[str], draw: random.Random) -> dict[str, str]:
    """The four options of a golden question: the answer and three others, in any order."""
    four = [*draw.sample([other for other in answers if other != answer], 3), answer]
    draw.shuffle(four)
    return {f"option_{letter}": option for letter, option in zip("abcd", four, strict=True)}


def csv_text(rows: Sequence[Value], kind: type[Value]) -> str:
    """RFC 4180 text with a header line, LF line ends."""
    columns = list(kind.model_fields)
    return text_of([columns, *([str(getattr(row, column)) for column in columns] for row in rows)])


def text_of(rows: Sequence[Sequence[str]]) -> str:
    """These cells as RFC 4180 text, LF line ends."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def write_text(path: Path, text: str) -> Path:
    """Whole or not at all: an inbox is watched while it is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
    return path
