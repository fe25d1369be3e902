"""Gate: read the evidence, decide, write the decision to the model's ledger."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.archive import Archive
from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision, Reason
from pipelines.core.errors import DataError
from pipelines.core.evaluation import EvalReport
from pipelines.core.gate.decide import decide, prompting_suffices
from pipelines.core.gate.evidence import Evidence
from pipelines.core.golden_set import GoldenSet
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.core.promotion import DECISION, Promotion, Standing, standing
from pipelines.ledger import Ledger
from pipelines.ports import AssertionChecker
from pipelines.stages.baseline import best_package
from pipelines.stages.panel import Panel, rivals_of
from pipelines.stages.scoring import Scorer

EVIDENCE = "evidence"
"""The kind of result under which a decision's evidence is kept, so that it can be decided again."""


@dataclass(frozen=True)
class Bench:
    """Where evidence is gathered: the reports of the earlier stages. No model is loaded here."""

    archive: Archive
    scorer: Scorer
    checker: AssertionChecker
    panel: Panel

    def evidence(self, plan: Plan, spec: ModelSpec, candidate: Candidate, state: Standing) -> Evidence:
        """All evidence on one candidate.

        A champion that changed since the plan was made leaves the candidate judged against another model
        than production's: the decision then fails closed for want of the champion's scores.
        """
        if candidate.training_set != plan.training_set:
            raise DataError(
                f"candidate {candidate.digest[:12]}",
                f"is judged as what the training set {plan.training_set[:12]} of its plan makes",
                f"made from {candidate.training_set[:12]}",
                "Judge the candidate that the train stage names for this plan.",
            )
        golden = self.archive.fetch(GoldenSet, plan.golden)
        report = self._scored(candidate)
        champion = state.champion
        judged_against = champion if champion and champion.candidate.digest == plan.champion else None
        return Evidence(
            spec=spec,
            plan=plan,
            golden_snapshot=golden.snapshot,
            candidate=report,
            prompting=self.scorer.report(best_package(plan, self.archive).arm, "gate"),
            champion=self._of(judged_against),
            anchor=self._of(state.anchor),
            assertions=self.checker.check(
                spec.suite.assertions,
                self.scorer.outputs(report),
                {item.item: item.slice for item in report.items},
            ),
            judgements=self.panel.judgements(candidate, rivals_of(judged_against, state.anchor)),
            expected_items=golden.gate_items,
            rolled_back=state.rolled_back(candidate.digest),
            uses=state.decisions_before(plan, golden.snapshot),
        )

    def _of(self, promotion: Promotion | None) -> EvalReport | None:
        return self.scorer.report(promotion.candidate.arm, "gate") if promotion else None

    def _scored(self, candidate: Candidate) -> EvalReport:
        report = self.scorer.report(candidate.arm, "gate")
        if report is None:
            raise DataError(
                f"candidate {candidate.digest[:12]}",
                "a candidate must be evaluated before it is judged",
                "no report on the locked items",
                "Run the evaluate stage first.",
            )
        return report


def gate(plan: Plan, spec: ModelSpec, candidate: Candidate, *, bench: Bench, ledger: Ledger) -> GateDecision:
    """Decide with the scores that exist, and say so in the ledger.

    A trained candidate that lacks nothing but the proof that it beats prompting gives way to the prompt
    package, if that passes.
    """
    entries = ledger.entries()
    state = standing(entries)
    evidence = bench.evidence(plan, spec, candidate, state)
    decision = decide(evidence)
    if prompting_suffices(decision):
        package = best_package(plan, bench.archive)
        on_package = bench.evidence(plan, spec, package, state)
        instead = decide(on_package)
        if instead.verdict == "PASS":
            decision, evidence = _instead(decision, instead), on_package
    bench.archive.settle(EVIDENCE, decision.digest, evidence)
    bench.archive.keep(decision)
    if state.last_decision != decision:
        ledger.append(entries, DECISION, decision, op=f"decision/{len(entries)}/{decision.digest}")
    return decision


def _instead(decision: GateDecision, instead: GateDecision) -> GateDecision:
    """The decision on the prompt package, which says why it is judged in the place of a trained candidate."""
    why = next(r for r in decision.reasons if r.verdict == "FAIL")
    text = f"Training is not needed. {why.text} The prompt package is judged instead."
    reason = Reason(rule=why.rule, verdict="PASS", text=text, numbers=why.numbers)
    return instead.model_copy(update={"reasons": (reason, *instead.reasons)})
