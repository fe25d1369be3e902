"""A decision's numbers under names that stay the same from run to run, for the charts of the registry."""

from __future__ import annotations

from pipelines.core.decision import GateDecision
from pipelines.core.review_report import ReviewReport


def metrics_of(report: ReviewReport) -> dict[str, float]:
    """Scores, differences, cost and speed, and the numbers of every reason under its position and field."""
    found = {
        f"score.{role}.{metric}": e.value
        for a in report.arms
        for role in a.roles
        for metric, e in a.scores.items()
    }
    found |= {
        f"difference.{rival}.{c.metric}": c.difference.value for c in report.contrasts for rival in c.rivals
    }
    mine = report.arm("candidate")
    usage = mine.usage if mine else None
    if usage:
        found |= {"p50_ms": usage.p50_ms, "p95_ms": usage.p95_ms}
    if mine and mine.cost_per_1000 is not None:
        found["cost_per_1000"] = mine.cost_per_1000
    if report.training:
        found["training_seconds"] = report.training.seconds
    return found | _reasons(report.decision)


def _reasons(decision: GateDecision) -> dict[str, float]:
    return {
        f"{number}.{reason.rule}.{field}": value
        for number, reason in enumerate(decision.reasons, start=1)
        for field, value in reason.numbers.items()
    }
