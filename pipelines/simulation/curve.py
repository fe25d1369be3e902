"""The operating curve: the experiments that it takes, in the order in which they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.core.gate_policy import GatePolicy
from pipelines.simulation.advice import advise
from pipelines.simulation.rules import NAIVE, Gate, Rule
from pipelines.simulation.study import Experiment, Study, run
from pipelines.simulation.world import CLUSTERED, DECAY, MIXED, World

SIZES = (200, 500, 1500)
MARGINS = (0.01, 0.015, 0.02, 0.025, 0.03, 0.0325, 0.035, 0.04, 0.045, 0.05, 0.06, 0.07, 0.08, 0.1)
RARELY = replace(MIXED, name="differ rarely", discordance=0.04)
OFTEN = replace(MIXED, name="differ often", discordance=0.16)
ROTATED = replace(MIXED, name="rotated")
SIDE = (ROTATED, RARELY, OFTEN, CLUSTERED, DECAY)
SOONER = 10
"""Decisions after which items are exchanged in the world "rotated"."""
_SIDE = 5
"""The experiments elsewhere take a fifth of the years."""


@dataclass(frozen=True)
class Plan:
    """What is simulated. `policy` is the gate's, its margin replaced by each of `margins`."""

    policy: GatePolicy
    sizes: tuple[int, ...] = SIZES
    margins: tuple[float, ...] = MARGINS
    discordance: float = MIXED.discordance
    years: int = 200
    seed: int = 0
    workers: int = 2

    @property
    def world(self) -> World:
        return replace(MIXED, discordance=self.discordance)


def gate(policy: GatePolicy, margin: float) -> Gate:
    """The gate at a margin. A margin against the anchor grows with it, in proportion."""
    wider = None if policy.anchor_margin is None else policy.anchor_margin * margin / policy.margin
    changed = policy.model_copy(update={"margin": margin, "anchor_margin": wider})
    return Gate(f"gate, margin {100 * margin:g} pp", changed)


def first_experiments(plan: Plan) -> list[Experiment]:
    """Every margin and every naive rule on every size."""
    rules: tuple[Rule, ...] = (*NAIVE, *(gate(plan.policy, margin) for margin in plan.margins))
    return [Experiment(plan.world, size, rules, plan.years, plan.seed) for size in plan.sizes]


def side_experiments(plan: Plan, found: Study) -> list[Experiment]:
    """The margins that a study advises elsewhere: other discordances, clustered items, a slow decay."""
    experiments: list[Experiment] = []
    for size in plan.sizes:
        advised = advise(found.of(plan.world.name, size)).cell.margin
        mine = gate(plan.policy, advised or plan.policy.margin)
        years = max(1, plan.years // _SIDE)
        experiments += [
            Experiment(world, size, tuple(rules), years, plan.seed) for world, rules in _elsewhere(mine)
        ]
    return sorted(experiments, key=lambda experiment: SIDE.index(experiment.world))


def study(plan: Plan, say: Callable[[str], None], *, elsewhere: bool) -> Study:
    """Run the first experiments, and those elsewhere where asked for. Raises ValueError for a discordance
    that two candidates of this quality cannot have.
    """
    cells = run(first_experiments(plan), plan.workers, say)
    first = Study(
        seed=plan.seed, years=plan.years, policy=plan.policy, discordance=plan.discordance, cells=cells
    )
    if not elsewhere:
        return first
    more = run(side_experiments(plan, first), plan.workers, say)
    return first.model_copy(update={"cells": (*cells, *more)})


def _elsewhere(mine: Gate) -> Iterator[tuple[World, Sequence[Rule]]]:
    sooner = mine.policy.model_copy(update={"rotate_after": SOONER})
    yield ROTATED, (mine, replace(mine, name=f"{mine.name}, rotating after {SOONER}", policy=sooner))
    for world in (RARELY, OFTEN):
        yield world, (*NAIVE, mine)
    blind = replace(mine, name=f"{mine.name}, clusters unknown", by_cluster=False)
    yield CLUSTERED, (*NAIVE, blind, mine)
    alone = replace(mine, name=f"{mine.name}, no anchor", anchored=False)
    yield DECAY, (*NAIVE, alone, mine)
