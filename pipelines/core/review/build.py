"""From evidence and decision to the report that a reviewer sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipelines.core.arm import WORDS
from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.evaluation import Output
from pipelines.core.explanation import Explanation
from pipelines.core.gate.case import Case
from pipelines.core.gate.evidence import Evidence, case_of
from pipelines.core.gate.judgement import Judgement
from pipelines.core.golden_set import GoldenItem, GoldenSet
from pipelines.core.review.comparison import arms_of, contrasts_of, sliced_against, slices_of
from pipelines.core.review.sampling import sampling_of
from pipelines.core.review_report import GoldenUse, Judged, ReviewReport, Role
from pipelines.core.training import Training
from pipelines.core.training_set import TrainingSet


class Exhibits(NamedTuple):
    """What a report shows beside evidence and decision. `items` are the locked golden items, `outputs` what
    the arms wrote, by the digest of their report; `training` is None for a prompt package.
    """

    candidate: Candidate
    training_set: TrainingSet
    golden: GoldenSet
    items: Sequence[GoldenItem]
    outputs: Mapping[str, Sequence[Output]]
    training: Training | None = None
    explanation: Explanation | None = None


def review_of(evidence: Evidence, decision: GateDecision, exhibits: Exhibits) -> ReviewReport:
    """The report. The same arguments give the same report."""
    spec, candidate, training = evidence.spec, exhibits.candidate, exhibits.training
    case = case_of(evidence) if _complete(decision) else None
    price = spec.price_of(candidate.base_sha256)
    return ReviewReport(
        decision=decision,
        evidence=evidence.digest,
        sentence=sentence_of(decision, candidate),
        because=because_of(decision),
        alpha=spec.gate.alpha,
        candidate=candidate,
        suite=f"{spec.suite.name} {spec.suite.version}",
        suite_digest=spec.suite.digest,
        rows=exhibits.training_set.rows,
        shares=exhibits.training_set.shares,
        kept_out=len(exhibits.training_set.removed),
        golden=GoldenUse(
            items=evidence.expected_items,
            uses=evidence.uses,
            rotate_after=spec.gate.rotate_after,
            rotation=exhibits.golden.rotation,
        ),
        metrics=tuple(metric.label for metric in spec.suite.metrics),
        minimums=tuple(metric.minimum for metric in spec.suite.metrics),
        arms=arms_of(evidence),
        contrasts=contrasts_of(case) if case else (),
        sliced_against=_sliced_against(case),
        slices=slices_of(case, evidence.candidate) if case else (),
        sampling=sampling_of(evidence, exhibits.items, exhibits.outputs, seed=decision.candidate),
        currency=price.currency if price else None,
        training=training,
        training_cost=price.of_training(training.seconds) if price and training else None,
        explanation=exhibits.explanation,
        judgements=tuple(_judged(judgement) for judgement in evidence.judgements),
    )


def sentence_of(decision: GateDecision, candidate: Candidate) -> str:
    """The verdict in plain words."""
    what, model = f"{WORDS[candidate.method]} of {candidate.base}", decision.model
    aim = f"become the first {model}" if decision.champion is None else f"replace the {model} in production"
    if decision.verdict == "INCONCLUSIVE":
        return f"It cannot be decided yet whether {what} may {aim}."
    return f"{what[:1].upper()}{what[1:]} {'may' if decision.verdict == 'PASS' else 'may not'} {aim}."


def because_of(decision: GateDecision) -> str:
    """The first reason for it, and how many more there are."""
    if decision.verdict == "PASS":
        return "Every rule holds."
    first = next(r.text for r in decision.reasons if r.verdict == decision.verdict)
    others = len(decision.why) - 1
    more = f" {others} more {'reason stands' if others == 1 else 'reasons stand'} below." if others else ""
    return f"{first}{more}"


def _judged(judgement: Judgement) -> Judged:
    """A judgement in short: of a comparison that with the champion, of a criterion the candidate's own."""
    rubric, standing = judgement.rubric, judgement.standing
    report = judgement.reports.get("champion" if rubric.kind == "pairwise" else "candidate")
    asked = report is not None and bool(report.items)
    return Judged(
        rubric=rubric.name,
        mean=report.mean if report and asked else None,
        items=len(report.items) if report else 0,
        counts=standing.counts,
        reason=standing.reason,
        remarks=report.remarks if report and asked else (),
    )


def _complete(decision: GateDecision) -> bool:
    return all(r.verdict == "PASS" for r in decision.reasons if r.rule == "coverage")


def _sliced_against(case: Case | None) -> Role | None:
    rival = sliced_against(case) if case else None
    return None if rival is None else "champion" if rival.name == "champion" else "prompting"
