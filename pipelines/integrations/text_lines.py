"""Text files as physical lines, decoded strictly, with true line numbers in every error."""

import codecs
import io
from collections.abc import Iterator
from typing import Protocol

from pipelines.core.errors import UnreadableFile
from pipelines.integrations.limits import BLOCK, Limits
from pipelines.integrations.unreadable import unreadable

_BOMS = (
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes: ...


def text_lines(stream: Readable, limits: Limits) -> Iterator[str]:
    """Each physical line with its ending: LF, CRLF or CR, and nothing else, for a cell may hold U+2028.

    UTF-8 with or without a byte order mark, UTF-16 with one. Raises UnreadableFile (`encoding`,
    `line_too_long`).
    """
    number, pending = 0, ""
    for text in _decoded(stream):
        pending += text
        lines = list(io.StringIO(pending, newline=""))
        # The last line may go on in the next block, and a final CR may be half of a CRLF.
        pending = lines.pop() if lines else ""
        for line in lines:
            number += 1
            yield _checked(line, number, limits)
        _checked(pending, number + 1, limits)
    if pending:
        yield _checked(pending, number + 1, limits)


def _decoded(stream: Readable) -> Iterator[str]:
    start = stream.read(BLOCK)
    while start and len(start) < 4 and (more := stream.read(BLOCK)):
        start += more
    encoding, block = _encoding(start)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    ends = 0
    after_cr = False
    while True:
        final = not block
        try:
            text = decoder.decode(block, final)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(encoding)
            raise _not_text(1 + ends + _line_ends(good, after_cr)) from None
        ends += _line_ends(text, after_cr)
        after_cr = text.endswith("\r") if text else after_cr
        yield text
        if final:
            return
        block = stream.read(BLOCK)


def _line_ends(text: str, after_cr: bool) -> int:
    """Line ends in a piece of text; the LF of a CRLF that was cut in two is not counted again."""
    pairs = text.count("\r\n") + (after_cr and text.startswith("\n"))
    return text.count("\n") + text.count("\r") - pairs


def _encoding(start: bytes) -> tuple[str, bytes]:
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            if encoding is None:
                raise _not_text(1)
            return encoding, start[len(bom) :]
    return "utf-8", start


def _checked(line: str, number: int, limits: Limits) -> str:
    if len(line) > limits.line:
        raise unreadable(
            f"the line holds more than {limits.line:,} characters",
            code="line_too_long",
            fix="Look for a quote that is never closed, or split the line.",
            line=number,
        )
    if number == 1 and "\0" in line:
        # UTF-16 without a mark, or another binary file: it decodes as UTF-8 and means nothing.
        raise _not_text(1)
    return line


def _not_text(line: int) -> UnreadableFile:
    return unreadable(
        "the file is not UTF-8 text",
        code="encoding",
        fix="Save the file as 'CSV UTF-8' (or as UTF-8 text) and upload it again.",
        line=line,
    )
