"""Text files as physical lines, decoded strictly, with true line numbers in every error."""

import codecs
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from pipelines.core.errors import UnreadableFile
from pipelines.integrations.encodings import AROUND, marked_encoding, probable_encoding
from pipelines.integrations.limits import BLOCK, Limits
from pipelines.integrations.unreadable import unreadable

_FIRST_LINE = re.compile(rb"[^\r\n]*")


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes: ...


def text_lines(stream: Readable, limits: Limits) -> Iterator[str]:
    """Each physical line with its ending: LF, CRLF or CR, and nothing else, for a cell may hold U+2028.

    UTF-8 with or without a byte order mark, UTF-16 with one. Raises UnreadableFile (`encoding`,
    `line_too_long`).
    """
    return chain.from_iterable(map(lines_of, whole_lines(stream, limits)))


def lines_of(text: str) -> Iterator[str]:
    """The physical lines of a text, with their endings."""
    return io.StringIO(text, newline="")


def count_line_ends(text: str) -> int:
    """How many physical lines end in a text."""
    return text.count("\n") + (text.count("\r") - text.count("\r\n") if "\r" in text else 0)


def whole_lines(stream: Readable, limits: Limits) -> Iterator[str]:
    """The text in pieces of about a megabyte, cut behind a line end; only the last may lack one.

    Raises UnreadableFile as `text_lines` does, without holding more than one line that is too long.
    """
    number, pending = 1, ""
    for text in text_blocks(stream):
        pending += text
        end = _last_line_end(pending)
        if len(pending) > limits.line:
            _check_lengths(pending, number, limits)
        if end:
            number += count_line_ends(pending[:end])
            yield pending[:end]
            pending = pending[end:]
    if pending:
        yield pending


def _last_line_end(text: str) -> int:
    """Behind the last line end, 0 where there is none; a final CR may be half of a CRLF."""
    before = len(text) - text.endswith("\r")
    return max(text.rfind("\n", 0, before), text.rfind("\r", 0, before)) + 1


def _check_lengths(text: str, number: int, limits: Limits) -> None:
    for line, held in enumerate(lines_of(text), number):
        if len(held) > limits.line:
            raise unreadable(
                f"the line holds more than {limits.line:,} characters",
                code="line_too_long",
                fix="Look for a quote that is never closed, or split the line.",
                line=line,
            )


def text_blocks(stream: Readable) -> Iterator[str]:
    """The text in pieces of at most a megabyte, cut anywhere. Raises UnreadableFile (`encoding`)."""
    start = stream.read(BLOCK)
    while start and len(start) < 4 and (more := stream.read(BLOCK)):
        start += more
    encoding, mark = marked_encoding(start)
    # UTF-16 without a mark, or another binary file: it decodes as UTF-8 and means nothing.
    if encoding is None or (encoding == "utf-8" and b"\0" in _first_line(start)):
        raise _not_text(1, start[: 2 * AROUND])
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    block = start[mark:]
    ends = 0
    after_cr = False
    while True:
        final = not block
        try:
            text = decoder.decode(block, final)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(encoding)
            around = error.object[max(0, error.start - AROUND) : error.start + AROUND]
            raise _not_text(
                1 + ends + _ends(good, after_cr), around if encoding == "utf-8" else b""
            ) from None
        ends += _ends(text, after_cr)
        after_cr = text.endswith("\r") if text else after_cr
        yield text
        if final:
            return
        block = stream.read(BLOCK)


def _ends(text: str, after_cr: bool) -> int:
    """Line ends in a piece of text; the LF of a CRLF that was cut in two is not counted again."""
    return count_line_ends(text) - (after_cr and text.startswith("\n"))


def _first_line(start: bytes) -> bytes:
    found = _FIRST_LINE.match(start)
    return found[0] if found else b""


def _not_text(line: int, around: bytes) -> UnreadableFile:
    guess = probable_encoding(around) if around else None
    return unreadable(
        "the file is not UTF-8 text" + (f"; it looks like {guess}" if guess else ""),
        code="encoding",
        fix="Save the file as 'CSV UTF-8' (or as UTF-8 text) and upload it again.",
        line=line,
    )
