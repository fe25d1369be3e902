"""Charts as drawings: where each bar and word stands, in units of which a phone shows one a pixel."""

from __future__ import annotations

from typing import NamedTuple

from pipelines.core.chart import Bar, Chart, percent

WIDTH = 320
_FLOOR, _CEILING, _LEFT = 128.0, 22.0, 2.0
_ROW, _LONGEST_LABEL = 34, 44


class Rect(NamedTuple):
    x: float
    y: float
    width: float
    height: float


class Word(NamedTuple):
    x: float
    y: float
    text: str


class Drawn(NamedTuple):
    """One class: this upload's bar, the earlier one behind it, and the words with their places."""

    now: Rect
    before: Rect | None
    label: Word
    value: Word


class Plot(NamedTuple):
    chart: Chart
    height: int
    bars: tuple[Drawn, ...]


def plot(chart: Chart) -> Plot:
    """The drawing of a chart, WIDTH units wide."""
    largest = max([bar.share for bar in chart.bars] + [bar.before or 0 for bar in chart.bars]) or 1
    if chart.upright:
        step = (WIDTH - 2 * _LEFT) / max(len(chart.bars), 5)
        upright = tuple(_upright(bar, index, step, largest) for index, bar in enumerate(chart.bars))
        return Plot(chart, 146, upright)
    lying = tuple(_lying(bar, index, largest) for index, bar in enumerate(chart.bars))
    return Plot(chart, _ROW * len(chart.bars) + 2, lying)


def _upright(bar: Bar, index: int, step: float, largest: float) -> Drawn:
    middle = _LEFT + step * (index + 0.5)
    top = _top(max(bar.share, bar.before or 0), largest)
    return Drawn(
        now=_standing(middle, step * 0.46, bar.share, largest),
        before=None if bar.before is None else _standing(middle, step * 0.78, bar.before, largest),
        label=Word(round(_LEFT + step * index, 1), _FLOOR + 13, _short(bar.label)),
        value=Word(round(middle, 1), round(top - 4, 1), percent(bar.share) if bar.share else ""),
    )


def _standing(middle: float, width: float, share: float, largest: float) -> Rect:
    top = _top(share, largest)
    return Rect(round(middle - width / 2, 1), top, round(width, 1), round(_FLOOR - top, 1))


def _top(share: float, largest: float) -> float:
    return round(_FLOOR - (_FLOOR - _CEILING) * share / largest, 1)


def _lying(bar: Bar, index: int, largest: float) -> Drawn:
    y = _ROW * index
    label = bar.label if len(bar.label) <= _LONGEST_LABEL else bar.label[: _LONGEST_LABEL - 1] + "…"
    before = "" if bar.before is None else f", before {percent(bar.before)}"
    return Drawn(
        now=Rect(0, y + 20, round(WIDTH * bar.share / largest, 1), 6),
        before=None if bar.before is None else Rect(0, y + 18, round(WIDTH * bar.before / largest, 1), 10),
        label=Word(0, y + 13, label),
        value=Word(WIDTH, y + 13, percent(bar.share) + before),
    )


def _short(label: str) -> str:
    """The lower end of a class, short enough to stand where its bar begins: `1,280-2,559` is `1.3k`."""
    low = label.split("\u2013")[0].rstrip("+").replace(",", "").replace("empty", "0")
    if not low.isdecimal() or int(low) < 1000:
        return low
    return f"{int(low) / 1000:.1f}".removesuffix(".0") + "k"
