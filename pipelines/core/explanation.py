"""An explanation: what moved a candidate's score, found by training on parts of its data.

It decides nothing.
"""

from __future__ import annotations

from pipelines.core.value import Name, Sha256, Value


class CurvePoint(Value):
    """The mean score, 0..1, of a candidate trained on so many rows, with its interval."""

    rows: int
    score: float
    lower: float
    upper: float


class PartEffect(Value):
    """What a part of the upload did. `difference` is the score with it minus the score without it."""

    part: str
    rows: int
    score_with: float
    score_without: float
    difference: float
    lower: float
    upper: float


class SliceWinner(Value):
    """On one slice of `items`: the mean score of the `unified` candidate and of the best one trained on a
    single source. `winner` is "unified" unless the other is proven better.
    """

    slice: str
    items: int
    unified: float
    individual: float
    winner: str


class WeightDifference(Value):
    """How far a module moved from the champion's. `relative_norm` is the norm of the difference of the two
    updates over the norm of the champion's update; `cosine` is between the two updates.
    """

    module: str
    relative_norm: float
    cosine: float


class Explanation(Value):
    """About one candidate, on the dev items and the suite's first metric, `metric`.

    `predicted` is the score that the learning curve without its last point foretells for all rows, to be
    compared with the `actual` one; `doubling` is the gain that the whole curve foretells for twice as many
    rows. Both are None without a curve.
    """

    candidate: Sha256
    base: Name
    metric: str
    items: int
    actual: float
    curve: tuple[CurvePoint, ...] = ()
    predicted: float | None = None
    doubling: float | None = None
    parts: tuple[PartEffect, ...] = ()
    winners: tuple[SliceWinner, ...] = ()
    weights: tuple[WeightDifference, ...] = ()
