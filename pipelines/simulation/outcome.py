"""What a year under one rule comes to, and many such years together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from pipelines.core.rotation import rotation_of
from pipelines.simulation.rules import Meeting, Rule
from pipelines.simulation.world import WEEKS
from pipelines.simulation.year import Year

TOLERANCE = 0.02
"""A promotion is false where the candidate is truly more than this below the champion it replaces."""
GOOD = 0.005
"""A candidate is a good refresh where it is truly less than this below the champion."""


class Outcome(NamedTuple):
    """Counts of one year. `waits` sums the weeks from each good refresh to the next promotion, or to the end
    of the year. `quality` is the true one of the last champion, and `optimism` by how much its score on the
    locked items exceeds it.
    """

    promotions: int
    false: int
    regressions: int
    slice_failures: int
    slice_failures_passed: int
    good: int
    good_passed: int
    waits: int
    quality: float
    optimism: float


def play(year: Year, rule: Rule) -> Outcome:
    """A year of weekly candidates under one rule."""
    truth = [entrant.truth for entrant in year.entrants]
    failed = [entrant.failed_slice is not None for entrant in year.entrants]
    champion, promoted, good, bad = 0, set[int](), set[int](), set[int]()
    for week in range(1, WEEKS + 1):
        gap = truth[week] - truth[champion]
        if gap > -GOOD:
            good.add(week)
        if gap < -TOLERANCE:
            bad.add(week)
        if rule.promotes(Meeting(year, week, champion)):
            champion = week
            promoted.add(week)
    slices = {week for week in range(1, WEEKS + 1) if failed[week]}
    return Outcome(
        promotions=len(promoted),
        false=len(promoted & bad),
        regressions=len(bad),
        slice_failures=len(slices),
        slice_failures_passed=len(slices & promoted),
        good=len(good),
        good_passed=len(good & promoted),
        waits=sum(_wait(week, promoted) for week in good),
        quality=truth[champion],
        optimism=year.at(rotation_of(WEEKS, rule.rotate_after)).score(champion) - truth[champion],
    )


def _wait(week: int, promoted: set[int]) -> int:
    return min((later - week for later in promoted if later >= week), default=WEEKS + 1 - week)


@dataclass(frozen=True)
class Estimate:
    """A mean with its standard error."""

    value: float
    error: float


def mean(values: Sequence[float]) -> Estimate:
    """Of one number a year."""
    return ratio(values, [1.0] * len(values))


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> Estimate:
    """A share over all years, 0 where there was nothing; its error by the delta method, year by year."""
    whole = sum(wholes)
    if not whole:
        return Estimate(0.0, 0.0)
    value = sum(parts) / whole
    squares = sum((part - value * all_) ** 2 for part, all_ in zip(parts, wholes, strict=True))
    years = len(parts)
    spread = years / (years - 1) if years > 1 else 1.0
    return Estimate(value, sqrt(spread * squares) / whole)
