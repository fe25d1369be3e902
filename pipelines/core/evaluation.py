"""An evaluation report: how one arm did on the golden items, item by item."""

from __future__ import annotations

from math import fsum

from pipelines.core.arm import Arm
from pipelines.core.golden_set import Split
from pipelines.core.usage import Usage
from pipelines.core.value import Blob, Sha256, Value


class ItemScore(Value):
    """One metric on one item. The hashes prove that two arms saw the same item and target; `prompt_hash` is
    of the whole prompt, which differs between arms that write it differently.
    """

    task: str
    metric: str
    item: str
    slice: str
    score: float
    doc_hash: str
    prompt_hash: str
    target_hash: str
    cluster: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.task, self.metric, self.item)


class Output(Value):
    """What an arm wrote for one item of a task. `cited` are the numbers of the sources it names, and
    `grounded` says whether one of them holds the expected answer, None for an arm that shows no sources.
    """

    task: str
    item: str
    text: str
    cited: tuple[int, ...] = ()
    grounded: bool | None = None


class Scores(Value):
    """All that one scoring of an arm brings."""

    items: tuple[ItemScore, ...]
    outputs: tuple[Output, ...] = ()
    usage: Usage | None = None


class EvalReport(Value):
    """`limited` marks a shortcut (fewer items than the split holds): it can never pass a gate. `outputs` is
    JSON Lines of `Output`. `citations` is the share of answers, 0..1, that cite a source which holds the
    expected answer; None for an arm that shows no sources.
    """

    arm: Arm
    golden: Sha256
    split: Split
    suite: Sha256
    items: tuple[ItemScore, ...]
    limited: bool = False
    outputs: Blob | None = None
    usage: Usage | None = None
    citations: float | None = None

    def on(self, task: str, metric: str) -> tuple[ItemScore, ...]:
        """The scores of one metric, in the order of the items."""
        return tuple(i for i in self.items if (i.task, i.metric) == (task, metric))

    def mean(self, task: str, metric: str) -> float | None:
        """Mean score 0..1 of one metric, whatever the order of its items; None when no item carries it."""
        scores = [i.score for i in self.on(task, metric)]
        return fsum(scores) / len(scores) if scores else None
