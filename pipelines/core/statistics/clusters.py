"""Items that share a source are not independent: how much less they tell.

Source: Miller (2024), "Adding Error Bars to Evals", arXiv:2411.00640, section 2.2. For counts Rao and Scott
(1992), Biometrics 48, 577-585: wins, losses and n are divided by the design effect before they are tested.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import fsum, sqrt


def clustered_standard_error(differences: Sequence[float], clusters: Sequence[str]) -> float:
    """Standard error of the mean of values in -1..1 where items of one cluster may move together, 0..1.

    The sandwich with the factor k / (k - 1) for k clusters. A single cluster cannot show its spread: 1, the
    widest there is.
    """
    mean = fsum(differences) / _size(differences, clusters)
    sums: defaultdict[str, float] = defaultdict(float)
    for difference, cluster in zip(differences, clusters, strict=True):
        sums[cluster] += difference - mean
    k = len(sums)
    return 1.0 if k < 2 else sqrt(k / (k - 1) * fsum(s * s for s in sums.values())) / len(differences)


def design_effect(differences: Sequence[float], clusters: Sequence[str]) -> float:
    """How many clustered items tell as much as one independent item, 1..n.

    The clustered over the independent variance of the mean, each times the variance of Student's t at its
    number of clusters or items, because few clusters show their spread badly; with fewer than 4 it is n.

    It is 1 when nothing differs, for then nothing shows whether clusters move together. But a loss of m that
    falls on whole clusters stays unseen in k of them with probability (1 - m) ** k: a decision about a margin
    of m wants `least_items(m, alpha)` clusters, as it wants so many items.
    """
    n = _size(differences, clusters)
    k = len(set(clusters))
    mean = fsum(differences) / n
    squares = fsum((d - mean) ** 2 for d in differences)
    if k == n or max(differences) == min(differences):
        return 1.0
    if k < 4:
        return float(n)
    ratio = clustered_standard_error(differences, clusters) ** 2 * n * (n - 1) / squares
    return min(float(n), max(1.0, ratio * _spread_of_t(k) / _spread_of_t(n)))


def _spread_of_t(observations: int) -> float:
    return (observations - 1) / (observations - 3)


def _size(differences: Sequence[float], clusters: Sequence[str]) -> int:
    if not differences or len(differences) != len(clusters):
        raise ValueError("every difference needs its cluster, and there must be at least one")
    return len(differences)
