"""CSV records as the standard has them, with the physical line on which each one starts."""

import csv
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, NoReturn

from pipelines.integrations.limits import Limits
from pipelines.integrations.text_lines import count_line_ends, lines_of
from pipelines.integrations.unreadable import unreadable

_FIELD_LIMIT = threading.Lock()


class Parsed(NamedTuple):
    """The records of a text, [] for an empty line; `rest` is the text of one that goes on behind its end.

    `fault` is what stops the parser in the record that starts on line `next`.
    """

    records: list[list[str]]
    lines: Sequence[int]
    next: int
    rest: str
    fault: csv.Error | None


def parse(text: str, line: int, delimiter: str, limits: Limits) -> Parsed:
    """The records of whole lines, of which the first is number `line`."""
    lines = list(lines_of(text))
    records: list[list[str]] = []
    fault: csv.Error | None = None
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    with _field_limit(limits.cell):
        try:
            records.extend(reader)
        except csv.Error as error:
            fault = error
    if fault is None and len(records) == len(lines):
        return Parsed(records, range(line, line + len(lines)), line + len(lines), "", None)
    starts = _starts(records, line)
    following = starts.pop()
    if fault is None or "unexpected end" not in str(fault):
        return Parsed(records, starts, following, "", fault)
    return Parsed(records, starts, following, "".join(lines[following - line :]), None)


def refuse(fault: csv.Error, line: int, limits: Limits) -> NoReturn:
    """No row behind a syntax error can be trusted: an open quote may have swallowed good rows."""
    if "field limit" in str(fault):
        raise unreadable(
            f"a cell holds more than {limits.cell:,} characters",
            code="cell_too_long",
            fix="Look for a quote that is never closed, or shorten the text.",
            line=line,
        )
    raise unreadable(
        'text follows a closing quote (") in the record that starts here',
        code="quoting",
        fix='Put the whole text in quotes, and write a quote inside it twice ("").',
        line=line,
    )


def refuse_open_quote(line: int) -> NoReturn:
    """Raises UnreadableFile for a record that never ends."""
    raise unreadable(
        'a quote (") in the record that starts here is never closed',
        code="open_quote",
        fix='Close the quote, and write a quote inside a text twice ("").',
        line=line,
    )


def _starts(records: Sequence[Sequence[str]], line: int) -> list[int]:
    """The line on which each record starts, and the one behind them all."""
    starts = [line]
    for fields in records:
        line += 1 + count_line_ends("|".join(fields))
        starts.append(line)
    return starts


@contextmanager
def _field_limit(limit: int) -> Iterator[None]:
    """The csv module knows one limit for the whole process; it is put back as it was found."""
    with _FIELD_LIMIT:
        before = csv.field_size_limit(limit)
        try:
            yield
        finally:
            csv.field_size_limit(before)
