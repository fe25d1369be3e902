"""Costs: what a run spent on training, and what each arm would cost to ask, entry by entry in a ledger."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.core.arm import Arm
from pipelines.core.ledger import Entry
from pipelines.core.usage import Usage
from pipelines.core.value import Name, Sha256, Value

COST = "cost"


class ArmCost(Value):
    """An arm as measured. `per_1000` is the price of 1,000 requests, None for a base without a price."""

    arm: Arm
    usage: Usage | None
    per_1000: float | None


class TrainingCost(Value):
    """What one training took. `price` is None for a base without one. A candidate that was there already
    from an earlier run costs nothing again.
    """

    candidate: Sha256
    base: Name
    seconds: float
    tokens: int
    peak_memory_mib: float
    price: float | None


class RunCost(Value):
    """One run of a model, from its plan to its decision."""

    model: Name
    plan: Sha256
    decision: Sha256
    trainings: tuple[TrainingCost, ...]
    arms: tuple[ArmCost, ...]
    currency: str = "USD"


class Spent(Value):
    """A model's costs so far: a fold of its cost ledger. `price` sums what has one."""

    runs: int = 0
    trainings: int = 0
    seconds: float = 0.0
    tokens: int = 0
    price: float = 0.0


def runs_of(entries: Iterable[Entry]) -> tuple[RunCost, ...]:
    return tuple(RunCost.model_validate(e.body) for e in entries if e.kind == COST)


def spent(runs: Iterable[RunCost]) -> Spent:
    """Every training counts once, by its candidate, however many runs judged it."""
    listed = tuple(runs)
    trainings = {t.candidate: t for run in listed for t in run.trainings}.values()
    return Spent(
        runs=len(listed),
        trainings=len(trainings),
        seconds=sum(t.seconds for t in trainings),
        tokens=sum(t.tokens for t in trainings),
        price=sum(t.price or 0.0 for t in trainings),
    )
