"""What a learning curve foretells."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from pipelines.core.explanation import CurvePoint


def foretold(curve: Sequence[CurvePoint], rows: int) -> float:
    """The score, 0..1, for so many rows, where the share of wrong answers falls as a power of their number:
    the law through the last two points (Hestness et al. 2017, https://arxiv.org/abs/1712.00409). A curve of
    one point, or one that has nothing left to gain, stays where it is.
    """
    *_, before, last = (curve[0], *curve)
    left, wrong = 1 - last.score, 1 - before.score
    if left <= 0 or wrong <= 0 or last.rows == before.rows:
        return last.score
    exponent = log(left / wrong) / log(last.rows / before.rows)
    return clipped(1 - left * (rows / last.rows) ** exponent)


def clipped(score: float) -> float:
    """The nearest score that there is."""
    return min(1.0, max(0.0, score))
