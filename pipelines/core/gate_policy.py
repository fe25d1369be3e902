"""A gate policy: how much evidence a model asks for before it replaces the one in production."""

from __future__ import annotations

from pipelines.core.value import Value


class GatePolicy(Value):
    """`margin` is the largest loss against the champion, in score points 0..1, that may be overlooked, and
    `anchor_margin` the same against the anchor (`margin` where it is None); `alpha` is the risk of
    overlooking a larger one; `min_slice` the fewest items for a slice test.

    After `rotate_after` decisions on one golden set a tenth of its locked items is exchanged for others.
    `max_p95_ms` and `max_cost_per_1000` are budgets of the candidate; None is no budget.
    """

    margin: float
    anchor_margin: float | None = None
    alpha: float = 0.05
    min_items: int = 100
    min_slice: int = 30
    rotate_after: int = 50
    max_p95_ms: float | None = None
    max_cost_per_1000: float | None = None

    def margin_against(self, rival: str) -> float:
        """The margin against "champion" or "anchor"."""
        return self.margin if rival != "anchor" or self.anchor_margin is None else self.anchor_margin
