"""The simulated world: how good the weekly candidates really are, and how often two equal ones differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, pi, sqrt
from statistics import NormalDist

import numpy as np

WEEKS = 52
SLICES = 6
_NORMAL = NormalDist()
_WIDEST = 100.0
_STEPS = 64  # of Simpson's rule


@dataclass(frozen=True)
class World:
    """Each week brings one candidate, trained from the base and therefore no heir of the one before.

    `start` is the quality of the first champion, `drift` what every week adds to that of a candidate, and
    `noise` the standard deviation between two trainings on equal data; all in score points 0..1.
    `discordance` is the share of items on which two equal candidates differ. `regressions`, `slice_failures`
    and `improvements` say how often a candidate is worse, worse on one slice alone, or better.

    Items come in clusters of `cluster`, such as phrasings of one fact, that share their difficulty and the
    share `likeness`, 0..1, of a candidate's luck.
    """

    name: str
    start: float = 0.85
    drift: float = 0.0
    noise: float = 0.003
    discordance: float = 0.08
    small_regressions: float = 0.15
    large_regressions: float = 0.07
    slice_failures: float = 0.08
    improvements: float = 0.10
    cluster: int = 1
    likeness: float = 0.0


SMALL_LOSS, LARGE_LOSS, SLICE_LOSS, GAIN = 0.03, 0.06, 0.15, 0.015

MIXED = World("mixed")
CLUSTERED = World("clustered", cluster=4, likeness=0.8)
DECAY = World(
    "decay", drift=-0.001, small_regressions=0.0, large_regressions=0.0, slice_failures=0.0, improvements=0.0
)


@dataclass(frozen=True)
class Entrant:
    """What is true of one candidate: `quality` on every slice, `failed_slice` of the first one."""

    quality: float
    failed_slice: float | None = None

    @property
    def truth(self) -> float:
        """Its true score over all slices, which are equally large."""
        if self.failed_slice is None:
            return self.quality
        return self.quality + (self.failed_slice - self.quality) / SLICES


def entrants(world: World, rng: np.random.Generator) -> tuple[Entrant, ...]:
    """The first champion, then the candidate of every week."""
    kinds, luck = rng.random(WEEKS).tolist(), rng.standard_normal(WEEKS).tolist()
    drawn = [_entrant(world, week, kind, luck[week]) for week, kind in enumerate(kinds)]
    return (Entrant(world.start), *drawn)


def _entrant(world: World, week: int, kind: float, luck: float) -> Entrant:
    base = world.start + world.drift * (week + 1)
    for share, change in (
        (world.small_regressions, -SMALL_LOSS),
        (world.large_regressions, -LARGE_LOSS),
        (world.improvements, GAIN),
    ):
        if kind < share:
            return Entrant(base + change)
        kind -= share
    if kind < world.slice_failures:
        return Entrant(base, failed_slice=base - SLICE_LOSS)
    return Entrant(base + world.noise * luck)


def threshold(quality: float, spread: float) -> float:
    """The latent skill at which a candidate solves the share `quality` of items."""
    return _NORMAL.inv_cdf(quality) * sqrt(1 + spread * spread)


@lru_cache(maxsize=64)
def spread_of(start: float, discordance: float) -> float:
    """The spread of item difficulty, in units of a candidate's luck on one item, at which two candidates of
    quality `start` differ on the share `discordance` of the items. Raises ValueError where none does.
    """
    low, high = 0.0, _WIDEST
    if not _discordance(start, high) < discordance < _discordance(start, low):
        most = _discordance(start, low)
        raise ValueError(f"two candidates of quality {start} differ on less than {most:.2f} of the items")
    for _ in range(40):
        middle = (low + high) / 2
        if _discordance(start, middle) > discordance:
            low = middle
        else:
            high = middle
    return low


def _discordance(quality: float, spread: float) -> float:
    """The share of items on which two candidates of a quality differ: 4 T(a, h), where T is the integral of
    Owen (1956), Annals of Mathematical Statistics 27, 1075-1090.
    """
    a, h = _NORMAL.inv_cdf(quality), 1 / sqrt(1 + 2 * spread * spread)
    parts = [_owen(a, h * step / _STEPS) * (4 if step % 2 else 2) for step in range(1, _STEPS)]
    return 4 * (_owen(a, 0.0) + sum(parts) + _owen(a, h)) * h / _STEPS / 3


def _owen(a: float, x: float) -> float:
    return exp(-a * a * (1 + x * x) / 2) / (1 + x * x) / (2 * pi)
