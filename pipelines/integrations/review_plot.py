"""Intervals as drawings: where each mark and word stands, in units of which a phone shows one a pixel."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import ceil, floor, log10
from typing import NamedTuple
from unicodedata import east_asian_width

WIDTH = 320
_LEFT, _RIGHT = 6.0, WIDTH - 6.0
_ROW, _BAND = 38, 26
_LONGEST_LABEL = 30  # in letters of the usual width; those of East Asia take two


class Measured(NamedTuple):
    """One row of a forest plot: a number with its interval, and the class that colours it."""

    label: str
    value: float
    lower: float
    upper: float
    said: str
    kind: str = ""


class Reference(NamedTuple):
    """A number that a plot is read against; `kind` is zero, margin or minimum."""

    value: float
    kind: str


class Mark(NamedTuple):
    label: str
    said: str
    kind: str
    y: float
    x: float
    left: float
    right: float


class Tick(NamedTuple):
    x: float
    text: str


class Stroke(NamedTuple):
    x: float
    kind: str


class Forest(NamedTuple):
    """Intervals one below the other, on one scale."""

    title: str
    note: str
    said: str
    height: int
    marks: tuple[Mark, ...]
    strokes: tuple[Stroke, ...]
    ticks: tuple[Tick, ...]


def forest(
    title: str, note: str, rows: Sequence[Measured], references: Sequence[Reference], *, share: bool = False
) -> Forest:
    """The plot of rows that share a scale; `share` keeps it within 0..1."""
    low, high = _span(
        [row.lower for row in rows] + [r.value for r in references],
        [row.upper for row in rows] + [r.value for r in references],
        share,
    )

    def at(value: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (min(high, max(low, value)) - low) / (high - low), 1)

    marks = tuple(
        Mark(
            label=_short(row.label),
            said=row.said,
            kind=row.kind,
            y=float(place * _ROW),
            x=at(row.value),
            left=at(row.lower),
            right=at(row.upper),
        )
        for place, row in enumerate(rows)
    )
    return Forest(
        title=title,
        note=note,
        said="; ".join(f"{row.label}: {row.said}" for row in rows),
        height=_ROW * len(rows) + 20,
        marks=marks,
        strokes=tuple(Stroke(at(r.value), r.kind) for r in references),
        ticks=tuple(Tick(at(value), text) for value, text in ticks_of(low, high)),
    )


def ticks_of(low: float, high: float) -> list[tuple[float, str]]:
    """A few round numbers within a scale, with their words."""
    step = _step(high - low)
    first = ceil(low / step - 1e-9)
    places = max(0, -floor(log10(step)))
    values = [n * step for n in range(first, floor(high / step + 1e-9) + 1)]
    return [(value, f"{value:.{places}f}") for value in values]


def _step(width: float) -> float:
    """The distance of a few round numbers over a width."""
    power = 10.0 ** floor(log10(width))
    return next(step for step in (power / 5, power / 2, power, power * 2) if width / step <= 5.01)


def _span(lowest: Sequence[float], highest: Sequence[float], share: bool) -> tuple[float, float]:
    low, high = min(lowest), max(highest)
    room = max(0.06 * (high - low), 0.005)
    if share:
        return max(0.0, low - room), min(1.0, high + room)
    return low - room, high + room


def _short(label: str) -> str:
    """The label where it is short enough to stand beside its number, else its beginning."""
    widths = list(accumulate(2 if east_asian_width(letter) in "WF" else 1 for letter in label))
    if not widths or widths[-1] <= _LONGEST_LABEL:
        return label
    return f"{label[: sum(width < _LONGEST_LABEL for width in widths)]}\u2026"
