"""A model declaration: which sources make it, on which bases, judged by what."""

from __future__ import annotations

from pipelines.core.base_model import ApprovedBase
from pipelines.core.eval_suite import EvalSuite
from pipelines.core.recipe import Recipe
from pipelines.core.value import Name, Value


class GatePolicy(Value):
    """`margin` is the largest loss against the champion, in score points 0..1, that may be overlooked;
    `alpha` the risk of overlooking a larger one; `min_slice` the fewest items for a slice test.
    """

    margin: float
    alpha: float = 0.05
    min_items: int = 100
    min_slice: int = 30


class ModelSpec(Value):
    """`ladder` ascends in size. `dev_share` is the share of golden items, 0..1, used to choose a rung."""

    name: Name
    description: str
    owner: str
    sources: tuple[Name, ...]
    golden: Name
    ladder: tuple[ApprovedBase, ...]
    recipe: Recipe
    suite: EvalSuite
    gate: GatePolicy
    dev_share: float
    privacy_class: str
    max_answer_tokens: int
