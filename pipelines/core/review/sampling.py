"""A sample of the golden items with what every arm answered, the losses first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.core.eval_suite import Metric
from pipelines.core.evaluation import EvalReport, ItemScore, Output
from pipelines.core.gate.evidence import Evidence
from pipelines.core.golden_set import GoldenItem
from pipelines.core.review.comparison import reports_of
from pipelines.core.review_report import Answer, Outcome, Role, Sample, Sampling
from pipelines.core.value import sha256_hex

MOST = 40
SHARES: dict[Outcome, int] = {
    "lost": 16,
    "won": 10,
    "both_wrong": 8,
    "both_right": 6,
    "wrong": 30,
    "right": 10,
}
"""How many items of each outcome are shown, more where another outcome has fewer."""
LONGEST = 1200
Outputs = Mapping[str, Sequence[Output]]
"""What the arms wrote, by the digest of their report."""
_RIGHT = 0.5


def sampling_of(
    evidence: Evidence, items: Sequence[GoldenItem], outputs: Outputs, seed: str
) -> Sampling | None:
    """At most 40 items, drawn by `seed`; None where the candidate wrote nothing. The metric is the first of
    the suite whose task the candidate wrote answers to, the rival the champion, else the prompting arm.
    """
    mine = evidence.candidate
    written = {output.task for output in outputs.get(mine.digest, ())}
    metric = next((m for m in evidence.spec.suite.metrics if m.task in written), None)
    if metric is None:
        return None
    role, rival = _rival(evidence)
    scores = _by_item(mine, metric)
    theirs = _by_item(rival, metric) if rival else {}
    outcomes: dict[Outcome, list[GoldenItem]] = {}
    for item in items:
        if item.id in scores and (rival is None or item.id in theirs):
            outcome = _outcome(scores[item.id].score, theirs[item.id].score if rival else None)
            outcomes.setdefault(outcome, []).append(item)
    drawn = _drawn(outcomes, seed)
    answers = _answers(evidence, metric, outputs)
    return Sampling(
        metric=metric.label,
        rival=role,
        counts={outcome: len(outcomes[outcome]) for outcome in SHARES if outcome in outcomes},
        samples=tuple(_sample(item, outcome, answers) for outcome, item in drawn),
    )


def _rival(evidence: Evidence) -> tuple[Role | None, EvalReport | None]:
    if evidence.champion is not None:
        return "champion", evidence.champion
    if evidence.prompting is not None and evidence.candidate.arm.trained:
        return "prompting", evidence.prompting
    return None, None


def _outcome(mine: float, theirs: float | None) -> Outcome:
    if theirs is None:
        return "right" if mine >= _RIGHT else "wrong"
    if mine != theirs:
        return "won" if mine > theirs else "lost"
    return "both_right" if mine >= _RIGHT else "both_wrong"


def _drawn(outcomes: Mapping[Outcome, Sequence[GoldenItem]], seed: str) -> list[tuple[Outcome, GoldenItem]]:
    """Outcomes in the order of SHARES, each a seeded draw. What one leaves over goes to the first in need."""
    share = {o: min(SHARES[o], len(outcomes[o])) for o in SHARES if o in outcomes}
    left = MOST - sum(share.values())
    for outcome in share:
        more = min(left, len(outcomes[outcome]) - share[outcome])
        share[outcome] += more
        left -= more
    return [
        (outcome, item)
        for outcome, most in share.items()
        for item in sorted(outcomes[outcome], key=lambda i: sha256_hex(f"{seed} {i.id}".encode()))[:most]
    ]


def _answers(evidence: Evidence, metric: Metric, outputs: Outputs) -> dict[str, list[Answer]]:
    """{item: the answers of the arms}, equal arms once."""
    found: dict[str, list[Answer]] = {}
    for roles, report in reports_of(evidence):
        scores = _by_item(report, metric)
        for output in outputs.get(report.digest, ()):
            if output.task == metric.task and output.item in scores:
                answer = Answer(
                    roles=roles,
                    text=shortened(output.text),
                    score=scores[output.item].score,
                    cited=output.cited,
                    grounded=output.grounded,
                )
                found.setdefault(output.item, []).append(answer)
    return found


def _sample(item: GoldenItem, outcome: Outcome, answers: Mapping[str, Sequence[Answer]]) -> Sample:
    return Sample(
        item=item.id,
        slice=item.slice,
        question=shortened(item.prompt),
        choices=tuple(shortened(choice) for choice in item.choices),
        expected=shortened(item.completion),
        outcome=outcome,
        answers=tuple(answers.get(item.id, ())),
    )


def _by_item(report: EvalReport, metric: Metric) -> dict[str, ItemScore]:
    return {score.item: score for score in report.on(metric.task, metric.name)}


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}\u2026"
