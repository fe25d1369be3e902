"""The figures of a study as rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from pipelines.simulation.advice import Advice, Contest, advise, contest, loss
from pipelines.simulation.study import Cell, Figure, Study
from pipelines.simulation.world import MIXED

Table = Sequence[Sequence[str]]
"""Rows of equal length; the first holds the heads."""

_HEADS = (
    "rule",
    "promoted a year",
    "false a year",
    "regressions missed",
    "slice failures missed",
    "good refreshes passed",
    "refused a year",
    "weeks to a promotion",
    "score optimism",
)
_ADVICE = (
    "items",
    "advised margin",
    "false a year",
    "good refreshes passed",
    "refused a year",
    "both limits",
)
_CONTEST = (
    "items",
    "rule",
    "its false a year",
    "its good passed",
    "gate passes at as many false",
    "gate's false at as much passed",
    "cost a year: rule / gate",
    "rule cheaper at weights",
)
_ELSEWHERE = (
    "items",
    "rule",
    "false a year",
    "good refreshes passed",
    "slice failures missed",
    "true quality at last",
)


def figures(cells: Sequence[Cell]) -> Table:
    """Everything about the rules of one world and size."""
    return [_HEADS, *(_row(cell) for cell in cells)]


def advice(study: Study) -> Table:
    """The advised margin of every size."""
    return [_ADVICE, *(_advice_row(study, size) for size in study.sizes(MIXED.name))]


def contests(study: Study) -> Table:
    """The gate against every naive rule on every size."""
    sizes = study.sizes(MIXED.name)
    return [_CONTEST, *(row for size in sizes for row in _contest_rows(study.of(MIXED.name, size)))]


def elsewhere(study: Study, world: str) -> Table:
    """The advised margins in another world."""
    return [_ELSEWHERE, *(_side_row(cell) for cell in study.cells if cell.world == world)]


def advised(found: Advice) -> str:
    """An advice in words."""
    return f"{told(found.cell)}; {'both limits are kept' if found.enough else 'the limits are not both kept'}"


def told(cell: Cell) -> str:
    """What counts about a margin, in words."""
    return (
        f"margin {points(cell.margin or 0.0)}: {cell.false.value:.2f} false promotions a year, "
        f"{cell.passed.value:.0%} of good refreshes pass"
    )


def smallest(study: Study) -> str:
    """The smallest of the simulated golden sets that keeps both limits."""
    for size in sorted(study.sizes(MIXED.name)):
        found = advise(study.of(MIXED.name, size))
        if found.enough:
            return f"The smallest of these that keeps both limits has {size:,} items: {advised(found)}."
    return "None of these keeps both limits: take more items."


def markdown(table: Table) -> str:
    heads, *rows = table
    made = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in made)


def aligned(table: Table) -> Iterator[str]:
    """Lines for a terminal."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def points(share: float) -> str:
    return f"{100 * share:g} pp"


def _row(cell: Cell) -> tuple[str, ...]:
    return (
        cell.rule,
        _number(cell.promotions, 1),
        _number(cell.false, 2),
        _percent(cell.missed),
        _percent(cell.slices_missed),
        _percent(cell.passed),
        _number(cell.refused, 1),
        _number(cell.wait, 1),
        f"{100 * cell.optimism.value:+.1f} pp",
    )


def _side_row(cell: Cell) -> tuple[str, ...]:
    quality = f"{cell.quality.value:.4f} ± {cell.quality.error:.4f}"
    passed = (_number(cell.false, 2), _percent(cell.passed), _percent(cell.slices_missed))
    return (f"{cell.items:,}", cell.rule, *passed, quality)


def _advice_row(study: Study, size: int) -> tuple[str, ...]:
    found = advise(study.of(MIXED.name, size))
    cell = found.cell
    limits = "kept" if found.enough else "not kept"
    told = (_number(cell.false, 2), _percent(cell.passed), _number(cell.refused, 1), limits)
    return (f"{size:,}", points(cell.margin or 0.0), *told)


def _contest_rows(cells: Sequence[Cell]) -> Iterator[tuple[str, ...]]:
    cost = loss(advise(cells).cell)
    for cell in cells:
        if cell.margin is None:
            found = contest(cells, cell)
            yield (
                f"{cell.items:,}",
                cell.rule,
                _number(cell.false, 2),
                _percent(cell.passed),
                "-" if found.passed is None else f"{found.passed:.1%}",
                "-" if found.false is None else f"{found.false:.2f}",
                f"{loss(cell):.1f} / {cost:.1f}",
                _weights(found),
            )


def _weights(found: Contest) -> str:
    if found.rule_wins is None:
        return "none"
    least, most = found.rule_wins
    if most == inf:
        return f"above {least:,.0f}"
    return f"below {most:.1f}" if least == 0 else f"{least:.1f} to {most:.1f}"


def _number(figure: Figure, digits: int) -> str:
    return f"{figure.value:.{digits}f} ± {figure.error:.{digits}f}"


def _percent(figure: Figure) -> str:
    return f"{figure.value:.1%}"
