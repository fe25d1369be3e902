"""Rows as they are read, typed and named: the same data has the same digest in every format and order."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Generator, Iterable, Sequence
from typing import NamedTuple, NoReturn

from pipelines.core.contract import Column
from pipelines.core.findings import Table
from pipelines.core.value import sha256_hex

Cell = str | float | int | None

# ASCII digits only: what a person reads as a number, without 1_000, 0x10 or digits of other scripts.
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,3})?")
_LARGEST = 2**63 - 1
_EXACT = 2**53
_HUGE = 1e300
UNFIT = re.compile("[\0\ud800-\udfff]")
"""What no text may hold."""


class RawRow(NamedTuple):
    """What a reader found: values in the contract's column order; `line` as a steward counts, from 1."""

    line: int
    values: tuple[object, ...]


class Unusable(NamedTuple):
    """A value of a file format that no column can hold; `shown` is what the steward sees there."""

    shown: str | None
    problem: str
    fix: str


class Row(NamedTuple):
    """A typed row; `cells` in the contract's column order."""

    file: str
    line: int
    cells: tuple[Cell, ...]


class RowFault(NamedTuple):
    """A place that could not be read. `value` is raw and unmasked; `column` None means the whole row."""

    file: str
    line: int
    column: str | None
    value: object
    code: str
    problem: str
    fix: str


class Refusal(NamedTuple):
    """A file that cannot be trusted as a whole; `line` is where that shows."""

    file: str
    line: int | None
    code: str
    problem: str
    fix: str


class Batch(NamedTuple):
    """Raw values of consecutive rows, column by column in the contract's order, each as long as `lines`.

    `lines` are physical lines, as a steward counts, from 1.
    """

    lines: Sequence[int]
    columns: tuple[Sequence[object], ...]


class FaultGroup(NamedTuple):
    """All places of one kind of fault: how many, and the first ones."""

    code: str
    places: int
    first: tuple[RowFault, ...]


class Reading(NamedTuple):
    """Everything read from an upload: rows on disk, and the places that could not be read.

    `unread` counts the rows with a fault, none of which is in the table; `misfits` are those of them that
    have a value for every column, as texts. `notes` are remarks such as a field that was ignored; `doubts`
    are reasons to ask the steward whether the files are whole. Where there are refusals the table is None
    and nothing else is said.
    """

    table: Table | None
    faults: tuple[FaultGroup, ...] = ()
    unread: int = 0
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    misfits: Table | None = None
    doubts: tuple[str, ...] = ()


Records = Generator[Batch | RowFault, None, None]


def is_blank(values: Iterable[object]) -> bool:
    """Whether a row holds nothing at all."""
    return all(value is None or value == "" for value in values)


def typed_row(file: str, raw: RawRow, columns: Sequence[Column]) -> Row | tuple[RowFault, ...]:
    """The row in its columns' types, or every place where a value does not fit."""
    cells: list[Cell] = []
    faults: list[RowFault] = []
    for column, value in zip(columns, raw.values, strict=True):
        try:
            cells.append(typed(value, column.type))
        except Misfit as misfit:
            shown = value.shown if isinstance(value, Unusable) else value
            said = (misfit.code, misfit.problem, misfit.fix)
            faults.append(RowFault(file, raw.line, column.name, shown, *said))
    return tuple(faults) if faults else Row(file, raw.line, tuple(cells))


class Misfit(ValueError):
    """A value that its column cannot hold, with what the steward reads about it."""

    def __init__(self, code: str, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.code, self.problem, self.fix = code, problem, fix


def typed(value: object, kind: str) -> Cell:
    """The value as its column's type; an empty text is a missing value everywhere. Raises Misfit."""
    if value is None or value == "":
        return None
    if isinstance(value, Unusable):
        raise Misfit("type", value.problem, value.fix)
    if kind == "string":
        return _text(value)
    if kind == "integer":
        return _integer(value)
    return _number(value)


def row_hash(cells: Sequence[Cell], columns: Sequence[Column]) -> str:
    """sha256 over the names and typed values of one row, 64 hex characters.

    Every name and text is preceded by its length in bytes, and a number is written as its 64 bits, so that
    no two rows are written alike and a database can compute it too.
    """
    written = (f"{_sized(column.name)}{_written(cell)}" for column, cell in zip(columns, cells, strict=True))
    return sha256_hex("".join(written).encode())


def content_digest(hashes: Iterable[str]) -> str:
    """sha256 over the sorted row hashes: the same rows in another order have the same content."""
    return sha256_hex("".join(sorted(hashes)).encode())


def _written(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return f"s{_sized(cell)}"
    if isinstance(cell, int):
        return f"i{cell};"
    return f"f{struct.unpack('>q', struct.pack('>d', cell))[0]};"


def _sized(text: str) -> str:
    return f"{len(text.encode())}:{text}"


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) <= _LARGEST else _misfit("a text")
    if not isinstance(value, str):
        return _misfit("a text")
    if UNFIT.search(value):
        raise Misfit(
            "characters",
            "the text holds characters that no text may hold",
            "Write the text again without invisible control characters.",
        )
    return value


def _integer(value: object) -> int:
    number: int | None = None
    if isinstance(value, str) and _INTEGER.fullmatch(text := value.strip()):
        number = int(text)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        number = int(value)
    if number is None or abs(number) > _LARGEST:
        return _misfit("a whole number")
    return number


def _number(value: object) -> float:
    number = math.nan
    if isinstance(value, str):
        # Of the blanks around it `float` knows fewer than `strip`.
        text = value.strip()
        number = float(text) if _NUMBER.fullmatch(text) else number
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _HUGE:
        number = float(value)
    # Adding zero turns -0.0 into 0.0, which would be another row with the same meaning.
    return number + 0.0 if math.isfinite(number) else _misfit("a number")


def _misfit(wanted: str) -> NoReturn:
    fix = {
        "a text": "Write a text.",
        "a number": "Write a number such as 1200 or 0.5, without separators or units.",
        "a whole number": "Write a whole number such as 1200, without separators or units.",
    }[wanted]
    raise Misfit("type", f"the value is not {wanted}", fix)
