"""The elements of a JSON list, cut out of a stream of text: brackets are matched, nothing else is judged."""

import re
from collections.abc import Iterator

from pipelines.integrations.unreadable import unreadable

# Possessive everywhere: a pattern that never steps back is linear on any bytes.
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SPACE = r"[ \t\r\n]*+"
_NESTED = rf'[^"\[\]{{}}]*+(?:{_STRING}[^"\[\]{{}}]*+)*+'
for _ in range(3):
    _NESTED = rf'[^"\[\]{{}}]*+(?:(?:{_STRING}|[\[{{]{_NESTED}[\]}}])[^"\[\]{{}}]*+)*+'
_OBJECT = rf"\{{{_NESTED}\}}"
"""An object of usual depth."""
_PLAIN = re.compile(rf"{_SPACE}({_OBJECT}){_SPACE},".encode(), re.DOTALL)
_TWO = re.compile(rf"{_OBJECT}{_SPACE}\{{".encode(), re.DOTALL)
_BLANK = re.compile(_SPACE.encode())
_TOKEN = re.compile(rf'{_STRING}|[\[{{]|[\]}}]|(")|(,)'.encode(), re.DOTALL)


class Elements:
    """A window that moves over the text. `line` is where it stands, from 1."""

    def __init__(self, blocks: Iterator[str], limit: int) -> None:
        self.line = 1
        self._blocks = blocks
        self._limit = limit
        self._text = b""
        self._at = 0
        self._counted = 0

    def next(self) -> bytes:
        """The next byte that is not blank, b"" at the end; the window stands there."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._text):
                self._count_lines(self._at)
                return self._text[self._at : self._at + 1]
            if not self._more():
                return b""

    def step(self) -> None:
        """Pass over one byte."""
        self._at += 1

    def one_after_other(self) -> bool:
        """Whether another object follows the one at which the window stands, as far as it reaches."""
        return _TWO.match(self._text, self._at) is not None

    def plain(self) -> Iterator[tuple[int, bytes]]:
        """(line, text) of the objects that lie in the window as a whole, each with the comma behind it."""
        while found := _PLAIN.match(self._text, self._at):
            self._count_lines(found.start(1))
            self._at = found.end()
            text = found[1]
            self._check_length(text)
            yield self.line, text

    def take(self) -> bytes | None:
        """The element at which the window stands; None where the text ends in it, b"" for a stray bracket.

        Raises UnreadableFile (`line_too_long`).
        """
        depth, seen = 0, self._at
        while True:
            for token in _TOKEN.finditer(self._text, seen):
                mark = token[0]
                if token[1]:
                    # A string that goes on in the next block.
                    break
                closes = mark in (b"]", b"}")
                if depth == 0 and (closes or token[2]):
                    return self._cut(token.start())
                depth += (mark in (b"[", b"{")) - closes
                seen = token.end()
                if depth == 0 and closes:
                    return self._cut(seen)
            seen -= self._at
            self._check_length(self._text[self._at :])
            if not self._more():
                return None
            seen += self._at

    def _cut(self, end: int) -> bytes:
        text = self._text[self._at : end].rstrip()
        self._check_length(text)
        self._at = end
        return text

    def _more(self) -> bool:
        """Add the next block behind the text and drop what was passed."""
        if self._at == len(self._text) and self._text.endswith(b"\r"):
            # It may be half of a CRLF.
            self._at -= 1
        self._count_lines(self._at)
        block = next(self._blocks, "")
        while not block and (following := next(self._blocks, None)) is not None:
            block = following
        self._text = self._text[self._at :] + block.encode()
        self._at = self._counted = 0
        return bool(block)

    def _count_lines(self, end: int) -> None:
        """Bring `line` from where it was counted last to `end`."""
        text, start = self._text, self._counted
        self.line += text.count(b"\n", start, end)
        if b"\r" in text[start:end]:
            self.line += text.count(b"\r", start, end) - text.count(b"\r\n", start, end)
        self._counted = end

    def _check_length(self, text: bytes) -> None:
        if len(text) > self._limit and (len(text) > 4 * self._limit or len(text.decode()) > self._limit):
            raise unreadable(
                f"the row holds more than {self._limit:,} characters",
                code="line_too_long",
                fix="Look for a quote that is never closed, or split the row.",
                line=self.line,
            )
