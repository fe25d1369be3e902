"""A case: all that the rules look at. It is made from evidence, or by a simulation of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pipelines.core.assertion import AssertionResult
from pipelines.core.decision import Reason
from pipelines.core.eval_suite import Metric
from pipelines.core.gate.opinion import Opinion
from pipelines.core.gate.tally import Tally
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.usage import Usage


@dataclass(frozen=True)
class Duel:
    """The candidate against one rival on one metric, over all items and slice by slice."""

    metric: Metric
    all: Tally
    slices: Mapping[str, Tally] = field(default_factory=dict)


@dataclass(frozen=True)
class Rival:
    """An arm that the candidate is compared with; `name` is its part, `label` says what it is."""

    name: str
    label: str
    duels: tuple[Duel, ...]


@dataclass(frozen=True)
class Case:
    """`items` is the size of the locked split, `scores` the candidate's mean on each metric, 0..1.

    `champion` and `anchor` are None for a model without one. `prompting` is the best arm that is not
    trained, None where the candidate is one itself. `change` says how the candidate differs in kind from
    the champion, None where only the data does. `uses` counts the earlier decisions on the golden set.
    """

    policy: GatePolicy
    items: int
    scores: Mapping[str, float]
    metrics: tuple[Metric, ...]
    champion: Rival | None = None
    anchor: Rival | None = None
    prompting: Rival | None = None
    change: str | None = None
    rolled_back: bool = False
    uses: int = 0
    usage: Usage | None = None
    cost_per_1000: float | None = None
    assertions: tuple[AssertionResult, ...] = ()
    opinions: tuple[Opinion, ...] = ()


Rule = Callable[[Case], Iterator[Reason]]
