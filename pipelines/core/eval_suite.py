"""An eval suite: versioned lm-evaluation-harness tasks and the metrics the gate reads from them."""

from __future__ import annotations

from pipelines.core.assertion import Assertion
from pipelines.core.golden_set import GoldenItem
from pipelines.core.value import Name, Value


class Metric(Value):
    """One metric of one task. `minimum` is the least mean score, 0..1, that may reach production.

    A `guard` watches over safety, bias or refusals: it never chooses among arms, and harm to it blocks. A
    metric of `style` counts after all metrics of facts where arms are ranked.
    """

    task: Name
    name: str
    minimum: float
    guard: bool = False
    style: bool = False

    @property
    def label(self) -> str:
        return f"{self.task}.{self.name}"

    @property
    def facts(self) -> bool:
        """Whether it says how right the answers are; only such a metric may come first."""
        return not (self.guard or self.style)


class MetricGroup(Value):
    """One part of the use case, such as facts, form or safety. `metrics` are labels."""

    name: Name
    metrics: tuple[str, ...]


class EvalTask(Value):
    """`definition` is the task's YAML text in lm-evaluation-harness form, as declared.

    `items` are what a guard asks: they belong to the suite and never rotate. A task without any asks the
    golden items.
    """

    name: Name
    definition: str
    items: tuple[GoldenItem, ...] = ()


class EvalSuite(Value):
    """The first of `metrics` is the one that must be proven better where better is asked for. `groups` show
    a reviewer which part of the use case a metric is about; `assertions` are looked for in the answers of a
    candidate.
    """

    name: Name
    version: str
    tasks: tuple[EvalTask, ...]
    metrics: tuple[Metric, ...]
    groups: tuple[MetricGroup, ...] = ()
    assertions: tuple[Assertion, ...] = ()

    def own_items(self, task: str) -> tuple[GoldenItem, ...]:
        """The items that a task brings along, () for one that asks the golden items."""
        return next((t.items for t in self.tasks if t.name == task), ())
