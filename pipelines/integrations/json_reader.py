"""A JSON document that is one list of objects, read object by object: it is never held as a whole."""

from collections.abc import Iterator
from typing import NoReturn

from pipelines.core.contract import Contract
from pipelines.core.errors import UnreadableFile
from pipelines.core.rows import Records
from pipelines.integrations.archives import TextFile
from pipelines.integrations.json_elements import Elements
from pipelines.integrations.json_rows import Broken, JsonRows, Texts
from pipelines.integrations.limits import BLOCK, Allowance
from pipelines.integrations.text_lines import count_line_ends, text_blocks
from pipelines.integrations.unreadable import unreadable

_ROWS = 10_000


def read_json(file: TextFile, contract: Contract, allowance: Allowance, notes: list[str]) -> Records:
    """The rows, each with the line on which its object begins. Raises UnreadableFile.

    `notes` gets one sentence for each kind of thing that was ignored. An object that breaks the grammar
    of JSON condemns the file: where it ends is a guess, and it may have swallowed good rows.
    """
    rows = JsonRows(file.name, contract, _judge)
    elements = Elements(text_blocks(file.stream), allowance.limits.line)
    _check_start(elements)
    for texts in _gathered(_elements(elements)):
        yield from rows.records(texts)
    if not rows.seen:
        raise unreadable("the list holds no row", code="empty", fix="Upload the file with its rows.")
    notes.extend(rows.remarks.sentences())


def _check_start(elements: Elements) -> None:
    """Step into the list. Raises UnreadableFile where the document is none."""
    start = elements.next()
    if not start:
        raise unreadable("the file holds no row", code="empty", fix="Upload the file with its rows.")
    if start == b"{":
        raise _objects(elements)
    if start != b"[":
        raise unreadable(
            "the file is not a JSON list",
            code="format",
            fix="Begin the file with [ and end it with ], with one object for each row in between.",
            line=elements.line,
        )
    elements.step()


def _objects(elements: Elements) -> UnreadableFile:
    if elements.one_after_other():
        return unreadable(
            "the file holds one object after the other and not one JSON list",
            code="format",
            fix="With one object a line, rename the file so that its name ends in .jsonl; else put [ and ] "
            "around the objects and commas between them.",
            line=elements.line,
        )
    return unreadable(
        "the file is one object and not a list of rows",
        code="format",
        fix="Upload the list itself: the file begins with [ and ends with ], and nothing is around it.",
        line=elements.line,
    )


def _elements(elements: Elements) -> Iterator[tuple[int, bytes]]:
    """(line, text) of every element up to the end of the document."""
    if elements.next() == b"]":
        elements.step()
    else:
        yield from _up_to_bracket(elements)
    if elements.next():
        _broken("something follows the end of the list", "Remove what follows the last ].", elements.line)


def _up_to_bracket(elements: Elements) -> Iterator[tuple[int, bytes]]:
    separator = b","
    while separator == b",":
        yield from elements.plain()
        if elements.next() in (b"]", b","):
            _broken("a comma is not followed by an object", "Remove the comma.", elements.line)
        line = elements.line
        if (text := elements.take()) is None:
            raise _cut_off(line)
        yield line, text
        separator = elements.next()
        if not separator:
            raise _cut_off(elements.line)
        if separator not in b",]":
            _broken("a comma is missing between two objects", "Add the comma.", elements.line)
        elements.step()


def _gathered(elements: Iterator[tuple[int, bytes]]) -> Iterator[Texts]:
    """The elements by the megabyte, or by the ten thousand."""
    lines: list[int] = []
    texts: list[bytes] = []
    size = 0
    for line, text in elements:
        lines.append(line)
        texts.append(text)
        size += len(text)
        if size > BLOCK or len(lines) == _ROWS:
            yield Texts(lines, texts)
            lines, texts, size = [], [], 0
    yield Texts(lines, texts)


def _judge(broken: Broken) -> None:
    """Raises UnreadableFile (`json_syntax`) for an element that is not JSON."""
    at = broken.error.at
    if at is not None:
        line = broken.line + count_line_ends(broken.text[:at])
        _broken(
            "the file is not JSON here, or nested too deeply",
            "Look for a missing quote, comma or bracket.",
            line,
        )


def _cut_off(line: int) -> UnreadableFile:
    return unreadable(
        "the file ends before the list, or the row that begins here, does: it was cut off, or a quote or "
        "bracket is never closed",
        code="truncated",
        fix="Close the quote or bracket; or export the file again and repeat the upload.",
        line=line,
    )


def _broken(problem: str, fix: str, line: int) -> NoReturn:
    raise unreadable(problem, code="json_syntax", fix=fix, line=line)
