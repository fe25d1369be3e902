"""What a learning curve foretells."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from pipelines.core.explanation import CurvePoint


def foretold(curve: Sequence[CurvePoint], rows: int) -> float:
    """The score, 0..1, for so many rows, where the share of wrong answers falls as a power of their number:
    the law through the last two numbers of rows (Hestness et al. 2017, https://arxiv.org/abs/1712.00409). A
    curve of one point, or one that has nothing left to gain, stays where it is.
    """
    last = curve[-1]
    before = next((point for point in reversed(curve) if point.rows < last.rows), last)
    left, wrong = 1 - last.score, 1 - before.score
    if left <= 0 or wrong <= 0 or before is last:
        return last.score
    exponent = log(left / wrong) / log(last.rows / before.rows)
    return 1 - exp(min(0.0, log(left) + exponent * log(rows / last.rows)))
