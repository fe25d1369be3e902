"""A bound for the mean paired difference of graded scores."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil, fsum, log, sqrt
from operator import mul
from random import Random
from statistics import NormalDist

Unit = tuple[float, int]  # what is drawn as one: the sum of its differences, and their number
_NORMAL = NormalDist()
_HALVINGS = 32


def mean_bound(
    differences: Sequence[float],
    *,
    alpha: float,
    clusters: Sequence[str] | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> float:
    """One-sided lower 1 - alpha confidence bound of the mean difference (candidate minus other arm), -1..1.

    Scores lie in 0..1, so differences in -1..1. Clusters, where given, are drawn whole. The lower of two:

    - the studentised bootstrap (Efron and Tibshirani 1993, section 12.5), which follows skewed scores;
    - Gaffke's bound (Learned-Miller and Thomas 2020, arXiv:1905.06208), which reckons with one worst score
      that was not seen. For 0/1 scores it is the exact bound of Clopper and Pearson. Equal differences cannot
      pass by their zero variance: n of them at 0 have the bound alpha ** (1 / n) - 1, the "rule of three".

    Deterministic; the order of the items does not matter.
    """
    if not differences or not all(-1 <= d <= 1 for d in differences) or not 0 < alpha < 0.5:
        raise ValueError("mean_bound needs differences in -1..1, at least one, and alpha in (0, 0.5)")
    units = _units(differences, clusters)
    bound = _gaffke(units, alpha)
    if len(set(units)) > 1:
        random = Random(seed)  # noqa: S311 - no secret is drawn
        bound = min(bound, _studentised(units, alpha, resamples, random))
    return max(-1.0, bound)


def _units(differences: Sequence[float], clusters: Sequence[str] | None) -> list[Unit]:
    if clusters is None:
        return sorted((float(d), 1) for d in differences)
    members: defaultdict[str, list[float]] = defaultdict(list)
    for difference, cluster in zip(differences, clusters, strict=True):
        members[cluster].append(difference)
    return sorted((fsum(found), len(found)) for found in members.values())


def _studentised(units: list[Unit], alpha: float, resamples: int, random: Random) -> float:
    k, size = len(units), sum(count for _, count in units)
    mean = fsum(total for total, _ in units) / size
    weights = [count * k / size for _, count in units]
    rests = [(total - mean * count) * k / size for total, count in units]
    least = max(map(abs, rests)) / k  # the error of a sample in which a single unit differs
    ratios = []
    for _ in range(resamples):
        drawn = random.choices(range(k), k=k)
        shift, error = _ratio([rests[i] for i in drawn], [weights[i] for i in drawn])
        ratios.append(shift / max(error, least))
    ratios.sort()
    _, error = _ratio(rests, weights)
    return mean - ratios[min(resamples, ceil((1 - alpha) * (resamples + 1))) - 1] * error


def _ratio(rests: list[float], weights: list[float]) -> tuple[float, float]:
    """The ratio of two sums over units, and its standard error by the delta method."""
    k, weight = len(rests), sum(weights)
    shift = sum(rests) / weight
    squares = sum(map(mul, rests, rests)) - 2 * shift * sum(map(mul, rests, weights))
    squares += shift * shift * sum(map(mul, weights, weights))
    return shift, sqrt(max(0.0, squares) * k / (k - 1)) / weight


def _gaffke(units: list[Unit], alpha: float) -> float:
    """The b that a mean under random weights stays below with alpha.

    The weights are uniform on the simplex, over the units and a worst one of average size.
    """
    size = sum(count for _, count in units) / len(units)
    counted = [*Counter(units).items(), ((-size, size), 1)]
    low, high = -1.0, (fsum(total for total, _ in units) - size) / (size * len(units) + size)
    if high - low < 1e-9:  # all lost
        return low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _below_zero([(total - middle * count, times) for (total, count), times in counted]) < alpha:
            low = middle
        else:
            high = middle
    return low


def _below_zero(rests: list[tuple[float, int]]) -> float:
    """P(a sum is negative whose mean is not): of rests, each times an exponential variable of its own.

    Source: the tail of Lugannani and Rice (1980), Advances in Applied Probability 12, 475-490.
    """
    low, high = 1 / min(rests)[0], 0.0
    for _ in range(_HALVINGS):
        tilt = (low + high) / 2
        if sum([times * rest / (1 - tilt * rest) for rest, times in rests]) > 0:
            high = tilt
        else:
            low = tilt
    height = sum([times * log(1 - high * rest) for rest, times in rests])
    if height < 1e-6:  # at the mean, where the formula below divides by zero
        return 0.5
    root = -sqrt(2 * height)
    step = high * sqrt(sum([times * (rest / (1 - high * rest)) ** 2 for rest, times in rests]))
    return _NORMAL.cdf(root) + _NORMAL.pdf(root) * (1 / root - 1 / step)
