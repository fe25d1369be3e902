"""Turns token ids into text as they come, and ends the answer at a stop sequence."""

from collections.abc import Callable, Sequence
from typing import Final

_BROKEN: Final = "�"

# The text of these tokens, special tokens left out; the one thing needed of a tokenizer.
Decode = Callable[[Sequence[int]], str]


class TextStream:
    """The text of one answer.

    The pieces, joined, are the answer's text: nothing that was handed out is ever taken back. So half a
    character (bytes still to come) and the beginning of a possible stop sequence wait until it is known what
    they are.
    """

    def __init__(self, decode: Decode, stops: Sequence[str] = ()) -> None:
        self._decode = decode
        self._stops = tuple(stop for stop in stops if stop)
        self._tokens: list[int] = []
        # Tokens before `_done` are text already. Decoding starts a little before, at `_context`, because a
        # token may read differently at the beginning of a text (many tokenizers drop a leading space there).
        self._context = 0
        self._done = 0
        self._waiting = ""
        self.stopped = False

    def push(self, token: int) -> str:
        """The text that this token makes certain; `stopped` is set when a stop sequence is complete."""
        if self.stopped:
            return ""
        self._tokens.append(token)
        fresh = self._fresh()
        if fresh.endswith(_BROKEN):
            return ""
        self._advance()
        return self._release(fresh)

    def finish(self) -> str:
        """The rest of the text, at the end of the answer."""
        if self.stopped:
            return ""
        piece = self._release(self._fresh())
        self._advance()
        rest, self._waiting = self._waiting, ""
        return piece + rest

    def _fresh(self) -> str:
        known = self._decode(self._tokens[self._context : self._done])
        return self._decode(self._tokens[self._context :])[len(known) :]

    def _advance(self) -> None:
        self._context, self._done = self._done, len(self._tokens)

    def _release(self, fresh: str) -> str:
        text = self._waiting + fresh
        found = [at for at in (text.find(stop) for stop in self._stops) if at >= 0]
        if found:
            self.stopped, self._waiting = True, ""
            return text[: min(found)]
        keep = max((_overlap(text, stop) for stop in self._stops), default=0)
        self._waiting = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of the text could be the beginning of this stop sequence."""
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)
