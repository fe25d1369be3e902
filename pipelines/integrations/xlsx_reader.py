"""Excel workbooks, streamed: the line of a row is its number in the sheet.

A cell counts as what it shows, a formula as its stored result. A formula without a result, an error and a
date are for the steward to write out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from pipelines.core.contract import Contract
from pipelines.core.errors import UnreadableFile
from pipelines.core.rows import Batch, Records, RowFault, Unusable
from pipelines.integrations.archives import damaged, open_zip
from pipelines.integrations.header import column_order
from pipelines.integrations.limits import Allowance
from pipelines.integrations.unreadable import unreadable
from pipelines.integrations.xlsx_parts import Parts, unescaped

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_BATCH = 1_000
# Libraries that cannot compute write an empty value beside a formula.
_NEVER_EMPTY = ("n", "d", "b", "e")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)

Cells = dict[int, object]


def read_xlsx(name: str, path: Path, contract: Contract, allowance: Allowance) -> Records:
    """The rows below the header of the one sheet that holds data. Raises UnreadableFile."""
    with open_zip(path, allowance) as archive:
        parts = Parts(archive, allowance, path.stat().st_size)
        shared, dates = parts.shared_texts(), parts.date_styles()
        sheets = parts.sheets()
        filled = [part for part in sheets if any(True for _ in _rows(parts, part, shared, dates, allowance))]
        if not filled:
            raise unreadable("the workbook is empty", code="empty", fix="Upload the workbook with its rows.")
        if len(filled) > 1:
            raise unreadable(
                f"{len(filled)} sheets hold data, hidden ones included, and it is not known which one counts",
                code="sheets",
                fix="Show the hidden sheets, and leave one sheet in the workbook.",
            )
        rows = _rows(parts, filled[0], shared, dates, allowance)
        line, first = next(rows)
        header = _header(first)
        order = column_order(header, contract.columns, line=line)
        while taken := list(islice(rows, _BATCH)):
            yield from _records(name, taken, len(header), order)


def header_of(path: Path, allowance: Allowance) -> list[str]:
    """The first row of the first sheet that holds data, as texts. Raises UnreadableFile."""
    with open_zip(path, allowance) as archive:
        parts = Parts(archive, allowance, path.stat().st_size)
        shared, dates = parts.shared_texts(), parts.date_styles()
        for part in parts.sheets():
            for _, cells in _rows(parts, part, shared, dates, allowance):
                return _header(cells)
    raise unreadable("the workbook is empty", code="empty", fix="Upload the workbook with its rows.")


def _records(
    name: str, rows: Sequence[tuple[int, Cells]], width: int, order: Sequence[int]
) -> Iterator[Batch | RowFault]:
    beyond = [line for line, cells in rows if max(cells) >= width]
    yield from (_beyond(name, line) for line in beyond)
    if beyond:
        rows = [(line, cells) for line, cells in rows if max(cells) < width]
    lines = [line for line, _ in rows]
    yield Batch(lines, tuple([cells.get(place) for _, cells in rows] for place in order))


def _header(cells: Mapping[int, object]) -> list[str]:
    return ["" if (value := cells.get(place)) is None else str(value) for place in range(max(cells) + 1)]


def _beyond(name: str, line: int) -> RowFault:
    return RowFault(
        name,
        line,
        None,
        None,
        "field_count",
        "the row has cells to the right of the header",
        "Empty these cells, or name their column in the header.",
    )


def _rows(
    parts: Parts, part: str, shared: Sequence[str], dates: frozenset[str], allowance: Allowance
) -> Iterator[tuple[int, Cells]]:
    """(row number, {column number: value}) of every row that holds something."""
    sheet = _Sheet(shared, dates, allowance)
    for _ in parts.parse(part, sheet.start, sheet.end):
        yield from sheet.take()


class _Sheet:
    """Collects the cells of a sheet while its XML streams by."""

    def __init__(self, shared: Sequence[str], dates: frozenset[str], allowance: Allowance) -> None:
        self._shared, self._dates, self._allowance = shared, dates, allowance
        self._done: list[tuple[int, Cells]] = []
        self._row, self._column = 0, -1
        self._cells: Cells = {}
        self._kind, self._date, self._formula = "n", False, False
        self._text: str | None = None
        self._phonetic = False

    def take(self) -> list[tuple[int, Cells]]:
        """The rows finished since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            number = int(attributes.get("r", self._row + 1))
            if not self._row < number <= _MOST_ROWS:
                raise damaged()
            self._row, self._column, self._cells = number, -1, {}
        elif name == "c":
            self._column = self._place(attributes.get("r"))
            self._kind = attributes.get("t", "n")
            self._date = attributes.get("s", "0") in self._dates
            self._formula, self._text = False, None
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            raise _merged(attributes.get("ref", ""))

    def end(self, name: str, text: str) -> None:
        if name == "v" and self._kind != "inlineStr":
            self._text = text
        elif name == "t" and self._kind == "inlineStr" and not self._phonetic:
            self._text = (self._text or "") + unescaped(text)
        elif name == "c" and (value := self._value()) not in (None, ""):
            self._cells[self._column] = value
        elif name == "rPh":
            self._phonetic = False
        elif name == "row" and self._cells:
            self._done.append((self._row, self._cells))

    def _place(self, reference: str | None) -> int:
        if reference is None:
            place = self._column + 1
        else:
            match = _REFERENCE.fullmatch(reference)
            if match is None or int(match[2]) != self._row:
                raise damaged()
            place = 0
            for letter in match[1]:
                place = place * 26 + ord(letter) - 64
            place -= 1
        if not self._column < place < _MOST_COLUMNS:
            raise damaged()
        return place

    def _value(self) -> object:
        text = self._text
        if text is None or (self._kind in _NEVER_EMPTY and not text.strip()):
            return _formula_without_result() if self._formula else None
        if self._kind == "s":
            number = int(text)
            if number < 0:
                raise damaged()
            value = self._shared[number]
            # One text may stand in every cell: count it as often as it is used.
            self._allowance.take_bytes(len(value))
            return value
        if self._kind in ("str", "inlineStr"):
            return unescaped(text) if self._kind == "str" else text
        if self._kind == "b":
            return text.strip() == "1"
        if self._kind == "e":
            return Unusable(text, "the cell shows an error", "Correct the formula, or write the value.")
        return _dated(text) if self._date or self._kind == "d" else _number(text)


def _merged(reference: str) -> UnreadableFile:
    """Excel keeps one value for merged cells: the rows below the first would lose it."""
    found = _REFERENCE.match(reference)
    return unreadable(
        "the sheet has merged cells, and it is not known which rows their value counts for",
        code="merged_cells",
        fix="Unmerge the cells and write the value into every row.",
        line=int(found[2]) if found else None,
    )


def _number(text: str) -> int | float:
    text = text.strip()
    return int(text) if _WHOLE.fullmatch(text) else float(text)


def _dated(text: str) -> Unusable:
    try:
        shown = f"{_EPOCH + timedelta(days=float(text)):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError):
        shown = text
    return Unusable(
        shown.removesuffix(" 00:00:00"),
        "the cell holds a date, which every country writes differently",
        "Format the cell as text and write it as the contract says.",
    )


def _formula_without_result() -> Unusable:
    return Unusable(
        None,
        "the cell holds a formula without a stored result",
        "Open and save the workbook in Excel, or write the value.",
    )
