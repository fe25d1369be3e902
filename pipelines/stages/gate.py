"""Gate: read the evidence, decide, write the decision to the model's ledger."""

from __future__ import annotations

from pipelines.archive import Archive
from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.errors import DataError
from pipelines.core.evaluation import Arm, EvalReport
from pipelines.core.gate import Evidence, decide
from pipelines.core.golden_set import GoldenSet
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.core.promotion import DECISION, Promotion, Standing, standing
from pipelines.ledger import Ledger
from pipelines.stages.scoring import Scorer, arm_of


def gate(
    plan: Plan, spec: ModelSpec, candidate: Candidate, *, archive: Archive, ledger: Ledger, scorer: Scorer
) -> GateDecision:
    """Decide with the scores that exist: the gate itself never loads a model.

    A champion that changed since the plan was made leaves the candidate judged against another model
    than production's: the decision then fails closed for want of the champion's scores.
    """
    entries = ledger.entries()
    state = standing(entries)
    decision = decide(collect(plan, spec, candidate, state, archive=archive, scorer=scorer))
    archive.keep(decision)
    if state.last_decision != decision:
        ledger.append(entries, DECISION, decision, op=f"decision/{len(entries)}/{decision.digest}")
    return decision


def collect(
    plan: Plan, spec: ModelSpec, candidate: Candidate, state: Standing, *, archive: Archive, scorer: Scorer
) -> Evidence:
    """All evidence on one candidate, from the reports of the earlier stages."""

    def of(promotion: Promotion | None) -> EvalReport | None:
        return scorer.report(arm_of(promotion.candidate), "gate") if promotion else None

    champion = state.champion
    judged_against = champion if champion and champion.candidate.digest == plan.champion else None
    baselines = (
        scorer.report(Arm(kind="zero_shot", base=b.name, subject=b.sha256), "gate") for b in spec.ladder
    )
    return Evidence(
        spec=spec,
        plan=plan,
        candidate=_scored(scorer.report(arm_of(candidate), "gate"), candidate),
        baselines=tuple(b for b in baselines if b),
        champion=of(judged_against),
        anchor=of(state.anchor),
        expected_items=archive.fetch(GoldenSet, plan.golden).gate_items,
        rolled_back=state.rolled_back(candidate.digest),
    )


def _scored(report: EvalReport | None, candidate: Candidate) -> EvalReport:
    if report is None:
        raise DataError(
            f"candidate {candidate.digest[:12]}",
            "a candidate must be evaluated before it is judged",
            "no report on the locked items",
            "Run the evaluate stage first.",
        )
    return report
