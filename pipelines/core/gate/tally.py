"""A tally: two arms compared on the same items, reduced to what the tests need."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, floor
from typing import NamedTuple

from pipelines.core.statistics.clusters import design_effect
from pipelines.core.statistics.graded import mean_bound
from pipelines.core.statistics.paired import mcnemar_exact, noninferiority_p
from pipelines.core.statistics.planning import least_items


class Tally(NamedTuple):
    """Of `n` items the candidate did better on `wins` and worse on `losses`.

    `effect` is the design effect: how many times the variance grows because items share a cluster, such as
    phrasings of one fact; `groups` is the number of clusters, 0 where items are independent. `differences`
    is empty for right-or-wrong scores; graded ones keep each item's difference there, and its cluster in
    `clusters`.
    """

    wins: int
    losses: int
    n: int
    effect: float = 1.0
    groups: int = 0
    differences: tuple[float, ...] = ()
    clusters: tuple[str, ...] = ()

    @property
    def mean(self) -> float:
        """The mean difference of scores."""
        if self.differences:
            return sum(self.differences) / self.n
        return (self.wins - self.losses) / self.n

    def worse_by_less_than(self, margin: float, alpha: float) -> tuple[bool, float]:
        """Whether a loss of `margin` is ruled out, and the evidence: a p-value, or for graded scores the
        lower confidence bound of the mean difference. Fewer clusters than items that would be needed without
        any disagreement never rule it out: where all of them agree, their variance says nothing.
        """
        too_few = 0 < self.groups < least_items(margin, alpha)
        if self.differences:
            bound = mean_bound(self.differences, alpha=alpha, clusters=self.clusters or None)
            return bound > -margin and not too_few, bound
        p = _noninferiority(self.wins / self.effect, self.losses / self.effect, self.n / self.effect, margin)
        return p <= alpha and not too_few, p

    def better(self) -> float:
        """p-value of "the candidate is better", by the exact test on the items where the two differ; for
        graded scores that is the sign test.

        Clustered counts are divided by the design effect and rounded against the claim.
        """
        return _mcnemar(floor(self.wins / self.effect), ceil(self.losses / self.effect))

    def worse(self) -> float:
        """p-value of "the candidate is worse"."""
        return _mcnemar(floor(self.losses / self.effect), ceil(self.wins / self.effect))


def tally(differences: Sequence[float], clusters: Sequence[str]) -> Tally:
    """The tally of paired differences, candidate minus rival, one an item. `clusters` names each item's
    cluster; blank names mean that the items are independent.
    """
    grouped = any(clusters) and len(set(clusters)) < len(clusters)
    graded = any(d not in (-1.0, 0.0, 1.0) for d in differences)
    return Tally(
        wins=sum(d > 0 for d in differences),
        losses=sum(d < 0 for d in differences),
        n=len(differences),
        effect=design_effect(differences, clusters) if grouped and not graded else 1.0,
        groups=len(set(clusters)) if grouped else 0,
        differences=tuple(differences) if graded else (),
        clusters=tuple(clusters) if graded and grouped else (),
    )


# A simulated year asks the same few counts again and again.
@lru_cache(maxsize=200_000)
def _noninferiority(wins: float, losses: float, n: float, margin: float) -> float:
    return noninferiority_p(wins, losses, n, margin)


@lru_cache(maxsize=200_000)
def _mcnemar(wins: int, losses: int) -> float:
    return mcnemar_exact(wins, losses)
