"""Spans: pieces of a text that are not for everybody's eyes, and the text with a mask over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """`text[start:end]` is a `kind` of thing, such as "phone number"."""

    start: int
    end: int
    kind: str


def apart(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans without those that overlap an earlier one."""
    taken = bytearray()
    for start, end, kind in spans:
        if not any(taken[start:end]):
            yield Span(start, end, kind)
        taken.extend(bytes(max(0, end - len(taken))))
        taken[start:end] = b"\1" * (end - start)


def masked(text: str, spans: Iterable[Span]) -> str:
    """The text with every span replaced by its kind in brackets; of overlapping spans the first names all."""
    parts: list[str] = []
    end = 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start >= end:
            parts += (text[end : span.start], f"[{span.kind}]")
        end = max(end, span.end)
    return "".join((*parts, text[end:]))
