"""An evaluation report: how one arm did on the golden items, item by item."""

from __future__ import annotations

from typing import Literal

from pipelines.core.golden_set import Split
from pipelines.core.value import Name, Sha256, Value

ArmKind = Literal["zero_shot", "fine_tuned"]


class Arm(Value):
    """One way to solve the task. `subject` is the candidate's digest, or the base's for a prompt."""

    kind: ArmKind
    base: Name
    subject: Sha256


class ItemScore(Value):
    """One metric on one item. The hashes prove that two arms saw the same question and target."""

    task: str
    metric: str
    item: str
    slice: str
    score: float
    doc_hash: str
    prompt_hash: str
    target_hash: str

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.task, self.metric, self.item)


class EvalReport(Value):
    """`limited` marks a shortcut (fewer items than the split holds): it can never pass a gate."""

    arm: Arm
    golden: Sha256
    split: Split
    suite: Sha256
    items: tuple[ItemScore, ...]
    limited: bool = False

    def mean(self, task: str, metric: str) -> float | None:
        """Mean score 0..1 of one metric, None when no item carries it."""
        scores = [i.score for i in self.items if (i.task, i.metric) == (task, metric)]
        return sum(scores) / len(scores) if scores else None
