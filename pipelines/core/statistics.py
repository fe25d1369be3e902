"""Tests for paired 0/1 scores of two arms on the same items. Standard library only.

Notation: of `n` items, `wins` are solved by the candidate alone and `losses` by the other arm alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, comb, sqrt
from statistics import NormalDist

_NORMAL = NormalDist()


def mcnemar_exact(wins: int, losses: int) -> float:
    """One-sided exact McNemar p-value of "the candidate is better", 0..1.

    Source: McNemar (1947), exact binomial form. Swap the arguments to ask whether it is worse.
    """
    trials = wins + losses
    if trials == 0:
        return 1.0
    tail = sum(comb(trials, k) for k in range(wins, trials + 1))
    return float(tail / 2**trials)


def noninferiority_p(wins: int, losses: int, n: int, margin: float) -> float:
    """p-value of "the candidate loses less than `margin`", by the score test for paired proportions.

    Source: Tango (1998), Statistics in Medicine 17, 891-908; Nam (1997), Biometrics 53, 1422-1430.
    Unlike the interval around the raw difference it keeps its level when few items are discordant.
    """
    if not 0 < margin < 1 or n <= 0:
        raise ValueError("margin must lie in (0, 1) and n must be positive")
    delta = -margin
    b = -wins - losses + (2 * n - wins + losses) * delta
    c = -losses * delta * (1 - delta)
    expected_losses = max(margin, (sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n))
    variance = n * (2 * expected_losses + delta * (1 - delta))
    if variance <= 0:
        return 1.0
    return 1.0 - _NORMAL.cdf((wins - losses - n * delta) / sqrt(variance))


def items_needed(discordance: float, margin: float, alpha: float = 0.05, power: float = 0.8) -> int:
    """Items for which an equal candidate is shown non-inferior with probability `power`.

    `discordance` is the share of items on which the two arms differ.
    """
    z = _NORMAL.inv_cdf(1 - alpha) + _NORMAL.inv_cdf(power)
    return max(ceil(z * z * discordance / margin**2), ceil(_least_items(margin, alpha)))


def _least_items(margin: float, alpha: float) -> float:
    """Items needed even when the two arms never differ."""
    z = _NORMAL.inv_cdf(1 - alpha)
    return z * z * (1 - margin) / margin


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's step-down adjustment: the family-wise error stays at the level of one test."""
    adjusted: dict[str, float] = {}
    running = 0.0
    ordered: Sequence[tuple[str, float]] = sorted(p_values.items(), key=lambda pair: pair[1])
    for rank, (name, p) in enumerate(ordered):
        running = max(running, (len(ordered) - rank) * p)
        adjusted[name] = min(1.0, running)
    return adjusted
