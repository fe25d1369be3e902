"""An eval suite: versioned lm-evaluation-harness tasks and the metrics the gate reads from them."""

from __future__ import annotations

from pipelines.core.value import Name, Value


class Metric(Value):
    """One metric of one task. `minimum` is the least mean score, 0..1, that may reach production."""

    task: Name
    name: str
    minimum: float

    @property
    def label(self) -> str:
        return f"{self.task}.{self.name}"


class EvalTask(Value):
    """`definition` is the task's YAML text in lm-evaluation-harness form, as declared."""

    name: Name
    definition: str


class EvalSuite(Value):
    name: Name
    version: str
    tasks: tuple[EvalTask, ...]
    metrics: tuple[Metric, ...]
