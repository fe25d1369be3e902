"""One simulated year: every candidate's answers to every golden item, and the duels between them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.core.eval_suite import Metric
from pipelines.core.gate.case import Duel
from pipelines.core.gate.tally import Tally
from pipelines.core.rotation import rotated
from pipelines.simulation.world import SLICES, World, entrants, spread_of, threshold

METRIC = Metric(task="golden", name="acc", minimum=0.0)
DEV_SHARE = 0.25
"""The share of golden items that the gate does not look at until they are rotated in."""


class Year:
    """Year `number` of a world, with `items` locked golden items in whole clusters. What is drawn depends on
    nothing else than the world, `items`, `seed` and `number`.
    """

    def __init__(self, world: World, items: int, seed: int, number: int) -> None:
        self.world, self.items = world, items
        self.entrants = entrants(world, np.random.default_rng([seed, number]))
        rng = np.random.default_rng([seed, number, items])
        clusters = -(-round(items / (1 - DEV_SHARE)) // world.cluster)
        spread = spread_of(world.start, world.discordance)
        slices = np.sort(rng.integers(0, SLICES, clusters))
        difficulty = rng.standard_normal(clusters, dtype=np.float32) * np.float32(spread)
        self._slices, self._places = np.repeat(slices, world.cluster), rng.permutation(clusters)
        self._right = self._answers(np.repeat(difficulty, world.cluster), spread, rng)
        self._rotations: dict[int, Rotation] = {}

    def at(self, rotation: int) -> Rotation:
        """The year seen through the items that are locked after so many rotations."""
        if rotation not in self._rotations:
            self._rotations[rotation] = self._rotation(rotation)
        return self._rotations[rotation]

    def _rotation(self, rotation: int) -> Rotation:
        places = [rotated((place + 0.5) / len(self._places), rotation) for place in self._places.tolist()]
        locked = np.zeros(len(places), dtype=bool)
        locked[np.argsort(places)[-(self.items // self.world.cluster) :]] = True
        chosen = np.flatnonzero(np.repeat(locked, self.world.cluster))
        return Rotation(self._right[:, chosen], self._slices[chosen], self.world.cluster)

    def _answers(
        self, difficulty: NDArray[np.float32], spread: float, rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """1 where a candidate (row) solves an item (column), 0 elsewhere."""
        shape = (len(self.entrants), len(difficulty))
        luck = rng.standard_normal(shape, dtype=np.float32)
        if self.world.likeness:
            shared = rng.standard_normal((shape[0], shape[1] // self.world.cluster), dtype=np.float32)
            luck *= np.float32((1 - self.world.likeness) ** 0.5)
            luck += np.repeat(shared, self.world.cluster, axis=1) * np.float32(self.world.likeness**0.5)
        return (luck + difficulty + self._skills(spread) > 0).astype(np.float32)

    def _skills(self, spread: float) -> NDArray[np.float32]:
        """The latent skill of every candidate on every item."""
        rows = np.empty((len(self.entrants), len(self._slices)), dtype=np.float32)
        for row, entrant in zip(rows, self.entrants, strict=True):
            row[:] = threshold(entrant.quality, spread)
            if entrant.failed_slice is not None:
                row[self._slices == 0] = threshold(entrant.failed_slice, spread)
        return rows


class Rotation:
    """All duels of a year on one set of locked items, sorted by slice."""

    def __init__(self, right: NDArray[np.float32], slices: NDArray[np.int64], cluster: int) -> None:
        self._right, self._cluster = right, cluster
        self._bounds = list(pairwise(np.searchsorted(slices, np.arange(SLICES + 1)).tolist()))
        self.items = right.shape[1]
        self._scores: list[float] = (right.sum(axis=1, dtype=np.float64) / self.items).tolist()
        self._wins = [_wins(right[:, start:stop]) for start, stop in self._bounds]
        self._duels: dict[tuple[int, int, bool], Duel] = {}

    def score(self, week: int) -> float:
        """The mean score of a candidate."""
        return self._scores[week]

    def duel(self, week: int, rival: int, by_cluster: bool) -> Duel:
        """A candidate against an earlier one. `by_cluster` says whether the gate knows of the clusters."""
        key = (week, rival, by_cluster and self._cluster > 1)
        if key not in self._duels:
            slices = {
                f"slice {k}": Tally(
                    wins[week][rival], wins[rival][week], end - start, self._effect(key, start, end)
                )
                for k, (wins, (start, end)) in enumerate(zip(self._wins, self._bounds, strict=True))
                if end > start
            }
            won, lost = sum(t.wins for t in slices.values()), sum(t.losses for t in slices.values())
            together = Tally(won, lost, self.items, self._effect(key, 0, self.items))
            self._duels[key] = Duel(METRIC, together, slices)
        return self._duels[key]

    def _effect(self, key: tuple[int, int, bool], start: int, end: int) -> float:
        week, rival, by_cluster = key
        if not by_cluster:
            return 1.0
        return _design_effect(self._right[week, start:end] - self._right[rival, start:end], self._cluster)


def _wins(right: NDArray[np.float32]) -> list[list[int]]:
    """How many items each candidate (first index) solves that each other one (second index) does not."""
    wins: list[list[int]] = (right @ (1 - right).T).astype(np.int64).tolist()
    return wins


def _design_effect(difference: NDArray[np.float32], cluster: int) -> float:
    """`clusters.design_effect` for clusters of one size, side by side; thousands of times faster."""
    n = len(difference)
    k = n // cluster
    mean = float(difference.mean(dtype=np.float64))
    squares = float(np.square(difference - mean, dtype=np.float64).sum())
    if squares == 0:
        return 1.0
    if k < 4:
        return float(n)
    sums = difference.reshape(k, cluster).sum(axis=1) - cluster * mean
    variance = k / (k - 1) * float(np.square(sums, dtype=np.float64).sum()) / (n * n)
    few = (k - 1) / (k - 3) * (n - 3) / (n - 1)
    return min(float(n), max(1.0, variance * n * (n - 1) / squares * few))
