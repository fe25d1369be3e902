"""A deployment: a promotion that answers requests, with the proof that it is the model that was judged."""

from __future__ import annotations

from pipelines.core.value import Name, Value


class Deployment(Value):
    """`logit_difference` is the largest absolute difference to the trainer's reference logits."""

    model: Name
    version: int
    logit_difference: float
