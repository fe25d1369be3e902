"""What a study advises: which margin on how many items, and how the gate stands against a naive rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from pipelines.simulation.study import Cell

MOST_FALSE = 0.2
"""False promotions a year that a use case may bear."""
LEAST_PASSED = 0.7
"""The share of good refreshes that must pass for data to stay fresh."""
WEIGHT = 10.0
"""So many refused good refreshes, each a week of old data, weigh as much as one false promotion."""


@dataclass(frozen=True)
class Advice:
    """The margin for one size, and whether it keeps both limits."""

    cell: Cell
    enough: bool


@dataclass(frozen=True)
class Contest:
    """The gate against a naive rule at one size.

    `passed` is what the gate passes of the good refreshes at the rule's number of false promotions, and
    `false` what it promotes falsely at the rule's share of good ones, both between the simulated margins;
    None where no margin reaches it. `rule_wins` are the weights of a false promotion between which the rule
    costs less than the gate at every margin, None where there is no such weight.
    """

    rule: Cell
    passed: float | None
    false: float | None
    rule_wins: tuple[float, float] | None


def advise(cells: Sequence[Cell]) -> Advice:
    """The margin that passes most good refreshes within the limit of false promotions; the smallest one
    where none keeps it. Raises ValueError where no cell has a margin.
    """
    gates = sorted((c for c in cells if c.margin is not None), key=lambda c: c.margin or 0.0)
    if not gates:
        raise ValueError("advice takes a study of at least one margin")
    safe = [c for c in gates if c.false.value <= MOST_FALSE]
    best = max(safe, key=lambda c: c.passed.value) if safe else gates[0]
    return Advice(best, bool(safe) and best.passed.value >= LEAST_PASSED)


def loss(cell: Cell, weight: float = WEIGHT) -> float:
    """What a year costs, in refused good refreshes."""
    return cell.refused.value + weight * cell.false.value


def contest(cells: Sequence[Cell], rule: Cell) -> Contest:
    """How the gate of a size stands against a naive rule of the same size."""
    gates = [c for c in cells if c.margin is not None]
    curve = [(c.false.value, c.passed.value) for c in gates]
    return Contest(
        rule=rule,
        passed=_between(curve, rule.false.value),
        false=_between([(passed, false) for false, passed in curve], rule.passed.value),
        rule_wins=_rule_wins(gates, rule),
    )


def _rule_wins(gates: Sequence[Cell], rule: Cell) -> tuple[float, float] | None:
    least, most = 0.0, inf
    for gate in gates:
        spared, refused = rule.false.value - gate.false.value, gate.refused.value - rule.refused.value
        if spared > 0:
            most = min(most, refused / spared)
        elif spared < 0:
            least = max(least, refused / spared)
        elif refused <= 0:
            return None
    return (least, most) if least < most else None


def _between(curve: Sequence[tuple[float, float]], at: float) -> float | None:
    """Linear interpolation; the last of several points at the same place counts."""
    points = sorted(dict(sorted(curve)).items())
    for (left, low), (right, high) in pairwise(points):
        if left <= at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return None
