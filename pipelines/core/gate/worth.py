"""Rules about worth: that training was needed, and what an answer may cost."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.decision import Reason
from pipelines.core.gate.case import Case

PROMPTING = "prompting"
"""The one rule whose breach means that the prompting arm is to be judged instead."""


def beats_prompting(case: Case) -> Iterator[Reason]:
    """Training must prove its worth against the best arm without it, on the suite's first metric."""
    if case.prompting is None:
        return
    duel = case.prompting.duels[0]
    p = duel.all.better()
    better = p <= case.policy.alpha
    yield Reason(
        rule=PROMPTING,
        verdict="PASS" if better else "FAIL",
        text=f"{duel.metric.label}: {'better' if better else 'not proven better'} than "
        f"{case.prompting.label} ({duel.all.wins} won, {duel.all.losses} lost of {duel.all.n}, p={p:.3g}).",
        numbers={"wins": duel.all.wins, "losses": duel.all.losses, "n": duel.all.n, "p": p},
    )


def within_budget(case: Case) -> Iterator[Reason]:
    """Latency and cost hold their budgets; what was not measured holds none."""
    latency = case.usage.p95_ms if case.usage else None
    if case.policy.max_p95_ms is not None:
        yield _budget("latency", latency, case.policy.max_p95_ms, "ms for 95 of 100 answers")
    if case.policy.max_cost_per_1000 is not None:
        yield _budget("cost", case.cost_per_1000, case.policy.max_cost_per_1000, "for 1,000 requests")


def _budget(what: str, found: float | None, most: float, unit: str) -> Reason:
    if found is None:
        text = f"The {what} was not measured, and its budget is {most:g} {unit}."
        return Reason(rule="budget", verdict="FAIL", text=text, numbers={"budget": most})
    held = found <= most
    return Reason(
        rule="budget",
        verdict="PASS" if held else "FAIL",
        text=f"The {what} is {found:.3g} {unit}, {'within' if held else 'above'} the budget of {most:g}.",
        numbers={"found": found, "budget": most},
    )
