"""Means and differences with their intervals, as the gate reckons them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

from pipelines.core.evaluation import ItemScore
from pipelines.core.gate.tally import Tally
from pipelines.core.review_report import Estimate
from pipelines.core.statistics.clusters import clustered_standard_error, design_effect
from pipelines.core.statistics.graded import mean_bound
from pipelines.core.statistics.paired import difference_interval
from pipelines.core.statistics.proportions import wilson_interval


def mean_of(scores: Sequence[ItemScore], alpha: float) -> Estimate:
    """The mean score, 0..1, of one arm. Right-or-wrong scores get Wilson's interval, graded ones the normal
    one; items that share a cluster count for less.
    """
    values = [item.score for item in scores]
    clusters = [item.cluster or item.item for item in scores]
    mean = sum(values) / len(values)
    if all(value in (0.0, 1.0) for value in values):
        effect = design_effect(values, clusters)
        lower, upper = wilson_interval(sum(values) / effect, len(values) / effect, alpha)
    else:
        reach = NormalDist().inv_cdf(1 - alpha) * clustered_standard_error(values, clusters)
        lower, upper = max(0.0, mean - reach), min(1.0, mean + reach)
    return Estimate(value=mean, lower=lower, upper=upper, n=len(values))


def difference_of(found: Tally, alpha: float) -> Estimate:
    """The mean paired difference, -1..1. Its lower end exceeds -margin exactly when the gate rules out a loss
    of the margin.
    """
    if found.differences:
        clusters = found.clusters or None
        lower = mean_bound(found.differences, alpha=alpha, clusters=clusters)
        upper = -mean_bound([-d for d in found.differences], alpha=alpha, clusters=clusters)
    else:
        counts = (found.wins / found.effect, found.losses / found.effect, found.n / found.effect)
        lower, upper = difference_interval(*counts, alpha)
    return Estimate(value=found.mean, lower=lower, upper=upper, n=found.n)
