"""The plots of a review with two scales: arms by cost and quality, and scores by rows of data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipelines.integrations.review_plot import WIDTH, Measured, Tick, ticks_of

HEIGHT = 210
_LEFT, _RIGHT, _TOP, _FLOOR = 40.0, WIDTH - 12.0, 16.0, 170.0
_LINE = 13.0
_LEAST = 1e-9  # what is less is drawn as nothing
Scale = Callable[[float], float]
"""From a number to its place."""


class Dot(NamedTuple):
    """A point with the upright interval of its score, and its word."""

    x: float
    y: float
    top: float
    bottom: float
    kind: str
    word: str
    word_x: float
    word_y: float
    anchor: str


class Chart(NamedTuple):
    title: str
    note: str
    said: str
    across: str
    dots: tuple[Dot, ...]
    line: str
    band: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


class Point(NamedTuple):
    """A score with its interval at a place of the scale across."""

    at: float
    score: Measured


def chart(title: str, note: str, across: str, points: Sequence[Point], *, joined: bool = False) -> Chart:
    """The chart of points, `joined` by a line with the band of their intervals."""
    most = max(point.at for point in points) * 1.1
    most = most if most > _LEAST else 1.0
    low = max(0.0, min(p.score.lower for p in points) - 0.05)
    high = min(1.0, max(p.score.upper for p in points) + 0.05)

    def x_of(value: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * value / most, 1)

    def y_of(value: float) -> float:
        return round(_FLOOR - (_FLOOR - _TOP) * (value - low) / (high - low), 1)

    dots = tuple(_dot(p, x_of, y_of, above=joined) for p in points)
    upper = [f"{d.x},{d.top}" for d in dots]
    lower = [f"{d.x},{d.bottom}" for d in reversed(dots)]
    return Chart(
        title=title,
        note=note,
        said="; ".join(f"{p.score.label}: {p.score.said}" for p in points),
        across=across,
        dots=_apart(dots),
        line=" ".join(f"{d.x},{d.y}" for d in dots) if joined else "",
        band=" ".join(upper + lower) if joined else "",
        x_ticks=tuple(Tick(x_of(value), _count(value, text)) for value, text in ticks_of(0.0, most)),
        y_ticks=tuple(Tick(y_of(value), text) for value, text in ticks_of(low, high)),
    )


def _dot(point: Point, x_of: Scale, y_of: Scale, *, above: bool) -> Dot:
    """With its word above it, or beside it where there is room."""
    x, y, score = x_of(point.at), y_of(point.score.value), point.score
    left = above or x > WIDTH * 0.6
    return Dot(
        x=x,
        y=y,
        top=y_of(score.upper),
        bottom=y_of(score.lower),
        kind=score.kind,
        word=score.label,
        word_x=round(x + 8 if above else x - 8 if left else x + 8, 1),
        word_y=y - 8 if above else y + 4,
        anchor="end" if left else "start",
    )


def _apart(dots: Sequence[Dot]) -> tuple[Dot, ...]:
    """The dots with their words moved down until none lies on another."""
    placed: list[Dot] = []
    for dot in sorted(dots, key=lambda d: d.word_y):
        above = [other.word_y for other in placed if other.word and dot.word]
        placed.append(dot._replace(word_y=round(max([dot.word_y, *(y + _LINE for y in above)]), 1)))
    return tuple(placed)


def _count(value: float, text: str) -> str:
    return f"{value:,.0f}" if value >= 10 else text
