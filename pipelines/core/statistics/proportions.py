"""An interval for one proportion."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

_NORMAL = NormalDist()


def wilson_interval(successes: float, n: float, alpha: float) -> tuple[float, float]:
    """Interval of a proportion, 0..1. Each end errs with probability `alpha`: it covers with 1 - 2 * alpha.

    Counts may be fractions: counts of clustered items are divided by their design effect first.
    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    if not 0 < alpha < 0.5 or not 0 <= successes <= n or n <= 0:
        raise ValueError("wilson_interval needs 0 <= successes <= n, n > 0 and alpha in (0, 0.5)")
    z = _NORMAL.inv_cdf(1 - alpha)
    share, weight = successes / n, z * z / n
    middle = (share + weight / 2) / (1 + weight)
    reach = z * sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    # Rounding must not leave the share itself outside: at 0 and 1 it is one of the ends.
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))
