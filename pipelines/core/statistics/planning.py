"""How many items a decision needs, and what a number of items can decide."""

from __future__ import annotations

from math import ceil, log, log1p, sqrt
from statistics import NormalDist

from pipelines.core.statistics.paired import likeliest_losses

_NORMAL = NormalDist()


def items_needed(
    discordance: float, margin: float, alpha: float = 0.05, power: float = 0.8, difference: float = 0.0
) -> int:
    """Items with which `noninferiority_p` is at most alpha with probability `power`.

    `discordance` is the share of items on which the two arms differ, `difference` the true one, candidate
    minus other arm. Source: Nam (1997), Biometrics 53, 1422-1430, with a continuity correction for the exact
    tail. ValueError where the difference is a loss of `margin` or more: no number of items shows otherwise.
    """
    if not 0 < margin < 1 or margin + difference <= 0:
        raise ValueError("margin must lie in (0, 1) and exceed the loss that is assumed to be true")
    share = min(1.0, max(discordance, abs(difference)))
    if share == 0:
        return least_items(margin, alpha)
    losses = likeliest_losses((share + difference) / 2, (share - difference) / 2, 1.0, -margin)
    at_margin = sqrt(max(0.0, 2 * losses - margin - margin * margin))
    at_truth = sqrt(max(0.0, share - difference * difference))
    reach = _NORMAL.inv_cdf(1 - alpha) * at_margin + _NORMAL.inv_cdf(power) * at_truth
    distance = margin + difference
    root = (reach + sqrt(reach * reach + 2 * distance)) / (2 * distance)
    return max(ceil(root * root), least_items(margin, alpha))


def least_items(margin: float, alpha: float) -> int:
    """Items needed even when the two arms never differ: in fewer, a loss of `margin` may go unseen.

    The smallest n with (1 - margin) ** n <= alpha, about 3 / margin at alpha 0.05 (the "rule of three").
    """
    if not 0 < margin < 1 or not 0 < alpha < 1:
        raise ValueError("margin and alpha must lie in (0, 1)")
    return ceil(log(alpha) / log1p(-margin) - 1e-9)


def detectable_margin(discordance: float, n: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """The minimum detectable effect: the smallest margin that `n` items can decide for an equal candidate."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if items_needed(discordance, middle, alpha, power) <= n:
            high = middle
        else:
            low = middle
    return high
