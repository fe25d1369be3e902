"""The decision: every rule is asked, and the strictest answer counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.core.decision import GateDecision, Reason, Verdict
from pipelines.core.gate.admission import (
    enough_items,
    golden_set_is_fresh,
    no_known_failure,
    not_rolled_back,
)
from pipelines.core.gate.case import Case, Rule
from pipelines.core.gate.coverage import coverage
from pipelines.core.gate.evidence import Evidence, case_of
from pipelines.core.gate.guards import guards_hold
from pipelines.core.gate.judged import judged
from pipelines.core.gate.quality import minimums, no_slice_harmed, not_worse, superior_after_a_change
from pipelines.core.gate.worth import PROMPTING, beats_prompting, within_budget

RULES: tuple[Rule, ...] = (
    not_rolled_back,
    enough_items,
    golden_set_is_fresh,
    minimums,
    not_worse,
    superior_after_a_change,
    no_slice_harmed,
    guards_hold,
    judged,
    beats_prompting,
    no_known_failure,
    within_budget,
)


def decide(evidence: Evidence) -> GateDecision:
    """Apply every rule. One FAIL fails; otherwise one INCONCLUSIVE is inconclusive."""
    reasons = tuple(coverage(evidence))
    if all(r.verdict == "PASS" for r in reasons):
        reasons += judge(case_of(evidence))
    plan = evidence.plan
    return GateDecision(
        model=plan.model,
        spec=plan.spec,
        training_set=plan.training_set,
        golden=plan.golden,
        golden_snapshot=evidence.golden_snapshot,
        candidate=evidence.candidate.arm.subject,
        champion=plan.champion,
        verdict=strictest(reasons),
        reasons=reasons,
    )


def judge(case: Case, rules: Sequence[Rule] = RULES) -> tuple[Reason, ...]:
    """Every rule's reasons on a case."""
    return tuple(reason for rule in rules for reason in rule(case))


def strictest(reasons: Iterable[Reason]) -> Verdict:
    found = {r.verdict for r in reasons}
    return "FAIL" if "FAIL" in found else "INCONCLUSIVE" if "INCONCLUSIVE" in found else "PASS"


def prompting_suffices(decision: GateDecision) -> bool:
    """Whether all that a trained candidate lacks is the proof that it beats prompting."""
    failed = {r.rule for r in decision.reasons if r.verdict == "FAIL"}
    return failed == {PROMPTING}
