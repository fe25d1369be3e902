"""CSV and TSV, strictly: one delimiter, standard quoting, true physical lines."""

import csv
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from pipelines.core.contract import Column
from pipelines.core.rows import RawRow, Records, RowFault
from pipelines.integrations.archives import TextFile
from pipelines.integrations.header import column_order
from pipelines.integrations.limits import Allowance
from pipelines.integrations.text_lines import text_lines
from pipelines.integrations.unreadable import unreadable

if TYPE_CHECKING:
    import _csv

_NAMES = {",": "commas", "\t": "tabs"}
_SEPARATORS = re.compile(r"[;,\t|]")
_FIELD_LIMIT = threading.Lock()


def read_csv(file: TextFile, columns: Sequence[Column], allowance: Allowance) -> Records:
    """The rows below the header, each with the line on which it starts. Raises UnreadableFile."""
    delimiter = "\t" if file.ending == ".tsv" else ","
    lines = _Lines(text_lines(file.stream, allowance.limits))
    with _field_limit(allowance.limits.cell):
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        records = _records(reader, lines, delimiter, allowance)
        line, header = next(records, (0, []))
        if not header:
            raise unreadable("the file holds no header", code="empty", fix="Upload the file with its rows.")
        _check_delimiter(header, delimiter, columns, line)
        order = column_order(header, columns, line=line)
        for line, fields in records:
            allowance.take_row(line)
            if len(fields) == len(header):
                yield RawRow(line, tuple(fields[place] for place in order))
            elif any(fields):
                yield _wrong_count(file.name, line, len(fields), len(header))


class _Lines:
    """Physical lines that remember the last one, so that a broken header can be told from a broken row."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.last = next(self._lines)
        return self.last


def _records(
    reader: "_csv.Reader", lines: _Lines, delimiter: str, allowance: Allowance
) -> Iterator[tuple[int, list[str]]]:
    """(first line, fields) of every record that is not an empty line."""
    header_seen = False
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if not header_seen and line == reader.line_num:
                _check_separators(lines.last, delimiter, line)
            _refuse(error, line, allowance)
        if fields:
            header_seen = True
            yield line, fields


def _refuse(error: csv.Error, line: int, allowance: Allowance) -> NoReturn:
    """No row behind a syntax error can be trusted: an open quote may have swallowed good rows."""
    text = str(error)
    if "field limit" in text:
        raise unreadable(
            f"a cell holds more than {allowance.limits.cell:,} characters",
            code="cell_too_long",
            fix="Look for a quote that is never closed, or shorten the text.",
            line=line,
        ) from None
    if "unexpected end" in text:
        raise unreadable(
            'a quote (") in the record that starts here is never closed',
            code="open_quote",
            fix='Close the quote, and write a quote inside a text twice ("").',
            line=line,
        ) from None
    raise unreadable(
        'text follows a closing quote (") in the record that starts here',
        code="quoting",
        fix='Put the whole text in quotes, and write a quote inside it twice ("").',
        line=line,
    ) from None


def _check_delimiter(header: Sequence[str], delimiter: str, columns: Sequence[Column], line: int) -> None:
    if len(header) == 1 and (len(columns) > 1 or header[0].lower().startswith("sep=")):
        _check_separators(header[0], delimiter, line)


def _check_separators(text: str, delimiter: str, line: int) -> None:
    if any(found != delimiter for found in _SEPARATORS.findall(text)) and delimiter not in text:
        raise unreadable(
            f"the columns are not separated by {_NAMES[delimiter]}",
            code="delimiter",
            fix=f"Export the file again with {_NAMES[delimiter]} between the columns.",
            line=line,
        )


def _wrong_count(name: str, line: int, found: int, expected: int) -> RowFault:
    return RowFault(
        name,
        line,
        None,
        None,
        "field_count",
        f"the row has {found} fields and the header has {expected}",
        "Give the row as many fields as the header, and put texts that hold a comma in quotes.",
    )


@contextmanager
def _field_limit(limit: int) -> Iterator[None]:
    """The csv module knows one limit for the whole process; it is put back as it was found."""
    with _FIELD_LIMIT:
        before = csv.field_size_limit(limit)
        try:
            yield
        finally:
            csv.field_size_limit(before)
