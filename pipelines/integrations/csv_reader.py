"""CSV and TSV, strictly: one delimiter, standard quoting, true physical lines."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipelines.core.contract import Column, Contract
from pipelines.core.rows import Batch, Records, RowFault
from pipelines.integrations.archives import TextFile
from pipelines.integrations.csv_records import Parsed, parse, refuse, refuse_open_quote
from pipelines.integrations.fast_csv import split_fast
from pipelines.integrations.header import column_order
from pipelines.integrations.limits import Allowance, Limits
from pipelines.integrations.text_lines import lines_of, whole_lines
from pipelines.integrations.unreadable import unreadable

_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "vertical bars"}
_SEPARATORS = re.compile(r"[;,\t|]")


class _Header(NamedTuple):
    """How many fields a row has, and in which of them each column of the contract stands."""

    width: int
    order: tuple[int, ...]


def read_csv(file: TextFile, contract: Contract, allowance: Allowance, _: list[str]) -> Records:
    """The rows below the header, each with the line on which it starts. Raises UnreadableFile."""
    delimiter = "\t" if file.ending == ".tsv" else ","
    limits = allowance.limits
    header: _Header | None = None
    line, open_record = 1, ""
    for piece in whole_lines(file.stream, limits):
        text = open_record + piece
        split = split_fast(text, line, delimiter, header.width) if header else None
        if header and split and len(split.rest) <= limits.cell:
            line, open_record = split.next, split.rest
            yield Batch(split.lines, tuple(split.columns[place] for place in header.order))
            continue
        parsed = parse(text, line, delimiter, limits)
        line, open_record = parsed.next, parsed.rest
        _check_open(open_record, line, limits)
        if header is None and (parsed.fault or any(parsed.records)):
            header, parsed = _split_header(parsed, text, delimiter, contract.columns)
        if parsed.fault:
            refuse(parsed.fault, line, limits)
        if header:
            yield from _records(file.name, parsed, header)
    if open_record:
        refuse_open_quote(line)
    if header is None:
        raise unreadable("the file holds no header", code="empty", fix="Upload the file with its rows.")


def _records(name: str, parsed: Parsed, header: _Header) -> Iterator[Batch | RowFault]:
    records, lines = parsed.records, parsed.lines
    if set(map(len, records)) - {header.width}:
        for line, fields in zip(lines, records, strict=True):
            if len(fields) != header.width and any(fields):
                yield _wrong_count(name, line, len(fields), header.width)
        fitting = [place for place, fields in enumerate(records) if len(fields) == header.width]
        records, lines = [records[place] for place in fitting], [lines[place] for place in fitting]
    if records:
        columns = tuple(zip(*records, strict=True))
        yield Batch(lines, tuple(columns[place] for place in header.order))


def _split_header(
    parsed: Parsed, text: str, delimiter: str, columns: Sequence[Column]
) -> tuple[_Header, Parsed]:
    """The header and what stands below it. Raises UnreadableFile where the first record is no header."""
    place = next((place for place, fields in enumerate(parsed.records) if fields), None)
    if place is None:
        broken = "".join(list(lines_of(text))[len(parsed.records) :][:1])
        _check_separators(broken, delimiter, parsed.next)
        return _Header(0, ()), parsed
    names, line = parsed.records[place], parsed.lines[place]
    _check_kind(names, delimiter, columns, line)
    header = _Header(len(names), column_order(names, columns, line=line))
    below = parsed._replace(records=parsed.records[place + 1 :], lines=parsed.lines[place + 1 :])
    return header, below


def _check_open(text: str, line: int, limits: Limits) -> None:
    if len(text) > limits.line:
        raise unreadable(
            f"the record that starts here holds more than {limits.line:,} characters",
            code="line_too_long",
            fix="Look for a quote that is never closed, or split the row.",
            line=line,
        )


def _check_kind(names: Sequence[str], delimiter: str, columns: Sequence[Column], line: int) -> None:
    """Raises UnreadableFile where the first row shows that this is no file of this kind."""
    if names[0].lstrip()[:1] in ("{", "["):
        raise unreadable(
            "the content is JSON and not a table",
            code="mislabelled",
            fix="Let the name say what it is (.jsonl or .json), or export the table as CSV.",
            line=line,
        )
    if names[0].lower().startswith("sep=") and len(names) <= len(columns):
        raise unreadable(
            "the first line is a note to Excel (sep=) and not the header",
            code="delimiter",
            fix=f"Delete that line, and put {_NAMES[delimiter]} between the columns.",
            line=line,
        )
    if len(names) == 1 and len(columns) > 1:
        _check_separators(names[0], delimiter, line)


def _check_separators(text: str, delimiter: str, line: int) -> None:
    found = _SEPARATORS.findall(text)
    if found and delimiter not in found:
        used = max(_NAMES, key=found.count)
        raise unreadable(
            f"the columns are separated by {_NAMES[used]} and not by {_NAMES[delimiter]}",
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
