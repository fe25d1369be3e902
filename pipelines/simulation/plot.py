"""The operating curve as a picture: false promotions against good refreshes passed, one panel a size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import sqrt

from pipelines.simulation.advice import LEAST_PASSED, MOST_FALSE, advise
from pipelines.simulation.study import Cell, Study

_WIDTH, _HEIGHT = 300, 300
_LEFT, _TOP, _GAP, _BOTTOM = 56, 40, 34, 96
_TICKS = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0, 7.0)
_INK, _GATE, _RULE, _ZONE, _GRID = "#222", "#1b6ca8", "#c0392b", "#e3f1e3", "#ddd"


def picture(study: Study, world: str) -> str:
    """A self-contained SVG. The shaded corner is where both limits are kept."""
    sizes = study.sizes(world)
    width = _LEFT + len(sizes) * (_WIDTH + _GAP)
    height = _TOP + _HEIGHT + _BOTTOM
    panels = [_panel(study.of(world, size), size, place) for place, size in enumerate(sizes)]
    naive = [cell.rule for cell in study.of(world, sizes[0]) if cell.margin is None]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="sans-serif" font-size="11" fill="{_INK}">',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *(line for panel in panels for line in panel),
            *_legend(naive, height),
            "</svg>\n",
        )
    )


def _panel(cells: Sequence[Cell], size: int, place: int) -> Iterator[str]:
    left = _LEFT + place * (_WIDTH + _GAP)
    gates = [c for c in cells if c.margin is not None]
    most = max(_TICKS[-1], *(c.false.value for c in cells))
    advised = advise(cells).cell

    def at(false: float, passed: float) -> tuple[float, float]:
        return left + _WIDTH * sqrt(false / most), _TOP + _HEIGHT * (1 - passed)

    yield _text(left + _WIDTH / 2, _TOP - 14, f"{size:,} items", "middle", 14)
    right, below = at(MOST_FALSE, LEAST_PASSED)
    yield (
        f'<rect x="{left}" y="{_TOP}" width="{right - left:.1f}" height="{below - _TOP:.1f}" fill="{_ZONE}"/>'
    )
    yield from _axes(left, place == 0, most)
    points = " ".join("{:.1f},{:.1f}".format(*at(c.false.value, c.passed.value)) for c in gates)
    yield f'<polyline points="{points}" fill="none" stroke="{_GATE}" stroke-width="2"/>'
    for cell in gates:
        x, y = at(cell.false.value, cell.passed.value)
        radius = 6 if cell == advised else 3
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{_GATE}"/>'
        if cell == advised:
            yield _text(x - 9, y - 5, f"{100 * (cell.margin or 0):g} pp", "end", 12)
    for mark, cell in enumerate(c for c in cells if c.margin is None):
        x, y = at(cell.false.value, cell.passed.value)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="#fff" stroke="{_RULE}" stroke-width="1.5"/>'
        yield _text(x, y + 4, _letter(mark), "middle", 10)


def _axes(left: float, first: bool, most: float) -> Iterator[str]:
    bottom = _TOP + _HEIGHT
    for percent in range(0, 101, 20):
        y = bottom - _HEIGHT * percent / 100
        yield f'<line x1="{left}" y1="{y:.1f}" x2="{left + _WIDTH}" y2="{y:.1f}" stroke="{_GRID}"/>'
        if first:
            yield _text(left - 8, y + 4, f"{percent} %", "end")
    for tick in _TICKS:
        x = left + _WIDTH * sqrt(tick / most)
        yield f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{bottom}" stroke="{_GRID}"/>'
        yield _text(x, bottom + 15, f"{tick:g}", "middle")
    yield _text(left + _WIDTH / 2, bottom + 32, "false promotions a year", "middle")
    if first:
        yield (
            f'<text transform="translate(14 {_TOP + _HEIGHT / 2:.1f}) rotate(-90)" text-anchor="middle">'
            "good refreshes passed</text>"
        )


def _legend(naive: Sequence[str], height: int) -> Iterator[str]:
    yield f'<circle cx="{_LEFT + 4}" cy="{height - 34}" r="6" fill="{_GATE}"/>'
    said = "the gate at its margins; the advised one is large. Shaded: both limits are kept"
    yield _text(_LEFT + 16, height - 30, said, "start")
    rules = "   ".join(f"{_letter(mark)} {rule}" for mark, rule in enumerate(naive))
    yield _text(_LEFT, height - 10, rules, "start")


def _letter(mark: int) -> str:
    return "ABCDEFGH"[mark]


def _text(x: float, y: float, said: str, anchor: str, size: int = 11) -> str:
    spaced = escape(said).replace("   ", "&#160;&#160;&#160;")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{spaced}</text>'
