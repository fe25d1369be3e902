"""A study: many years in several worlds under several rules, as figures with standard errors."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from pipelines.core.gate_policy import GatePolicy
from pipelines.core.value import Value
from pipelines.simulation.outcome import Outcome, mean, play, ratio
from pipelines.simulation.rules import Gate, Rule
from pipelines.simulation.world import World
from pipelines.simulation.year import Year

FIRST = 2
"""So many first years are also kept on their own: to simulate them again takes seconds."""
_CHUNK = 20
_DIGITS = 6


class Figure(Value):
    """A mean over years with its standard error."""

    value: float
    error: float


class Cell(Value):
    """One rule in one world on `items` locked items. `margin` is None for a rule without a policy.

    `promotions`, `false` and `refused` (good refreshes) are a year's, `missed` and `slices_missed` shares of
    the regressions and the slice failures, `passed` the share of the good refreshes. `wait` is in weeks,
    `quality` that of the last champion, and `optimism` what its score on the locked items adds to that.
    `first` sums the first years' outcomes.
    """

    world: str
    items: int
    rule: str
    margin: float | None
    years: int
    promotions: Figure
    false: Figure
    missed: Figure
    slices_missed: Figure
    refused: Figure
    passed: Figure
    wait: Figure
    quality: Figure
    optimism: Figure
    first: tuple[float, ...]


FIGURES = tuple(name for name, field in Cell.model_fields.items() if field.annotation is Figure)


class Study(Value):
    """`years` and `discordance` are those of the first world; others may have fewer years. The margin of
    `policy` is replaced by that of each cell.
    """

    seed: int
    years: int
    policy: GatePolicy
    discordance: float
    cells: tuple[Cell, ...]

    def of(self, world: str, items: int) -> tuple[Cell, ...]:
        """The cells of one world and size."""
        return tuple(cell for cell in self.cells if (cell.world, cell.items) == (world, items))

    @property
    def worlds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cell.world for cell in self.cells))

    def sizes(self, world: str) -> tuple[int, ...]:
        return tuple(dict.fromkeys(cell.items for cell in self.cells if cell.world == world))


@dataclass(frozen=True)
class Experiment:
    """A world on a number of locked items, lived through `years` times by each rule."""

    world: World
    items: int
    rules: tuple[Rule, ...]
    years: int
    seed: int

    def play(self, first: int, last: int) -> list[tuple[Outcome, ...]]:
        """The outcomes of some years, one a rule."""
        return [self._year(number) for number in range(first, last)]

    def _year(self, number: int) -> tuple[Outcome, ...]:
        year = Year(self.world, self.items, self.seed, number)
        return tuple(play(year, rule) for rule in self.rules)


def run(experiments: Sequence[Experiment], workers: int, say: Callable[[str], None]) -> tuple[Cell, ...]:
    """All cells, in order; they do not depend on the number of processes."""
    if workers == 1:
        return _cells(experiments, map(_play, _chunks(experiments)), say)
    with ProcessPoolExecutor(workers) as pool:
        return _cells(experiments, pool.map(_play, _chunks(experiments)), say)


def to_csv(study: Study) -> str:
    """One line a cell."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    errors = [f"{name}_error" for name in FIGURES]
    writer.writerow(["world", "items", "rule", "margin", "years", *FIGURES, *errors])
    for cell in study.cells:
        figures: list[Figure] = [getattr(cell, name) for name in FIGURES]
        values, spreads = [f.value for f in figures], [f.error for f in figures]
        writer.writerow([cell.world, cell.items, cell.rule, cell.margin, cell.years, *values, *spreads])
    return stream.getvalue()


_Chunk = tuple[Experiment, int, int]


def _chunks(experiments: Iterable[Experiment]) -> Iterator[_Chunk]:
    for experiment in experiments:
        for first in range(0, experiment.years, _CHUNK):
            yield experiment, first, min(first + _CHUNK, experiment.years)


def _play(chunk: _Chunk) -> list[tuple[Outcome, ...]]:
    experiment, first, last = chunk
    return experiment.play(first, last)


def _cells(
    experiments: Iterable[Experiment],
    played: Iterator[list[tuple[Outcome, ...]]],
    say: Callable[[str], None],
) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for experiment in experiments:
        years: list[tuple[Outcome, ...]] = []
        while len(years) < experiment.years:
            years += next(played)
        by_rule = zip(experiment.rules, zip(*years, strict=True), strict=True)
        cells += [_cell(experiment, rule, outcomes) for rule, outcomes in by_rule]
        say(f"{experiment.world.name}, {experiment.items} items: {experiment.years} years")
    return tuple(cells)


def _cell(experiment: Experiment, rule: Rule, years: Sequence[Outcome]) -> Cell:
    def of(name: str) -> list[float]:
        return [float(getattr(outcome, name)) for outcome in years]

    refused = [good - passed for good, passed in zip(of("good"), of("good_passed"), strict=True)]
    estimates = {
        "promotions": mean(of("promotions")),
        "false": mean(of("false")),
        "missed": ratio(of("false"), of("regressions")),
        "slices_missed": ratio(of("slice_failures_passed"), of("slice_failures")),
        "refused": mean(refused),
        "passed": ratio(of("good_passed"), of("good")),
        "wait": ratio(of("waits"), of("good")),
        "quality": mean(of("quality")),
        "optimism": mean(of("optimism")),
    }
    figures = {
        name: Figure(value=round(e.value, _DIGITS), error=round(e.error, _DIGITS))
        for name, e in estimates.items()
    }
    return Cell(
        world=experiment.world.name,
        items=experiment.items,
        rule=rule.name,
        margin=rule.margin if isinstance(rule, Gate) else None,
        years=experiment.years,
        first=tuple(round(float(sum(column)), _DIGITS) for column in zip(*years[:FIRST], strict=True)),
        **figures,
    )
