"""Account: write down what a run cost, once, when it is decided."""

from __future__ import annotations

from pipelines.core.candidate import Candidate
from pipelines.core.cost import COST, ArmCost, RunCost, TrainingCost
from pipelines.core.evaluation import EvalReport
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.ledger import Ledger
from pipelines.stages.arms import contest, trained_of
from pipelines.stages.scoring import Scorer
from pipelines.stages.workshop import Workshop


def account(
    plan: Plan,
    spec: ModelSpec,
    decision: str,
    *,
    workshop: Workshop,
    scorer: Scorer,
    ledger: Ledger,
) -> RunCost:
    """The costs of a run as they stand in the ledger, by the digest of its decision."""
    trained = trained_of(plan, spec, workshop)
    trainings = (_training(candidate, spec, workshop) for candidate in trained)
    reports = contest(plan, spec, workshop=workshop, scorer=scorer)
    run = RunCost(
        model=plan.model,
        plan=plan.digest,
        decision=decision,
        trainings=tuple(t for t in trainings if t),
        arms=tuple(_arm(report, spec) for report in reports),
        currency=next((b.price.currency for b in spec.ladder if b.price), "USD"),
    )
    entries = ledger.entries()
    entry = ledger.append(entries, COST, run, op=f"cost/{decision}")
    return RunCost.model_validate(entry.body)


def _training(candidate: Candidate, spec: ModelSpec, workshop: Workshop) -> TrainingCost | None:
    took = workshop.effort(candidate)
    if took is None:
        return None
    price = spec.price_of(candidate.base_sha256)
    return TrainingCost(
        candidate=candidate.digest,
        base=candidate.base,
        seconds=took.seconds,
        tokens=took.tokens,
        peak_memory_mib=took.peak_memory_mib,
        price=price.of_training(took.seconds) if price else None,
    )


def _arm(report: EvalReport, spec: ModelSpec) -> ArmCost:
    price = spec.price_of(report.arm.base_sha256)
    per_1000 = price.per_thousand(report.usage) if price and report.usage else None
    return ArmCost(arm=report.arm, usage=report.usage, per_1000=per_1000)
