"""How well a judge agrees with experts, and whether its verdicts count for that.

What must reach the floor is the lower end of the interval of kappa, not its value: with few verdicts, or
after many tries at a wording, a judge that guesses can be lucky. The same holds for models at the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Literal

from pipelines.core.expert_verdict import ExpertVerdict, verdicts_digest
from pipelines.core.judge_conduct import Conduct
from pipelines.core.judged_item import WORTH, JudgedItem
from pipelines.core.judgement import JudgeReport
from pipelines.core.ledger import Entry
from pipelines.core.rubric import Rubric
from pipelines.core.statistics.agreement import Kappa, kappa
from pipelines.core.value import Name, Sha256, Value

AGREEMENT = "agreement"
_UNREAD = "unread"


class Agreement(Value):
    """One judge against experts. `kappa` has a two-sided 95 % interval; `agreed` is the share of equal
    verdicts.

    `verdicts` is the digest of what the experts said. The other fields are those of `JudgeReport`: an
    agreement holds for this judge, read under this prompt, and for no other.
    """

    rubric: Sha256
    name: Name
    prompt: Sha256
    judge_models: tuple[str, ...]
    double: bool
    verdicts: Sha256
    kappa: Kappa
    agreed: float
    conduct: Conduct

    @property
    def text(self) -> str:
        found = self.kappa
        interval = f"{found.lower:.2f} to {found.upper:.2f}"
        return f"kappa against {found.n} verdicts of experts is {found.value:.2f} ({interval})"


class JudgeStanding(Value):
    """Whether a judge's verdicts are evidence for the gate or are only shown, and why in one sentence."""

    verdict: Literal["counts", "reports_only"]
    reason: str

    @property
    def counts(self) -> bool:
        return self.verdict == "counts"


def agreement_of(rubric: Rubric, report: JudgeReport, verdicts: Sequence[ExpertVerdict]) -> Agreement:
    """The agreement of a report on the experts' own items, in their order. An answer that could not be read
    agrees with nobody.
    """
    experts = [verdict.verdict for verdict in verdicts]
    judged = [_label(item, rubric) for item in report.items]
    return Agreement(
        rubric=report.rubric,
        name=report.name,
        prompt=report.prompt,
        judge_models=report.judge_models,
        double=report.double,
        verdicts=verdicts_digest(verdicts),
        kappa=kappa(experts, judged),
        agreed=sum(e == j for e, j in zip(experts, judged, strict=True)) / len(experts),
        conduct=report.conduct,
    )


def newest_agreement(entries: Iterable[Entry], judge_models: Sequence[str], prompt: str) -> Agreement | None:
    """The fold of a rubric's ledger: the newest agreement of this judge under this prompt."""
    newest = None
    for entry in entries:
        if entry.kind == AGREEMENT:
            found = Agreement.model_validate(entry.body)
            if (found.judge_models, found.prompt) == (tuple(judge_models), prompt):
                newest = found
    return newest


def standing_of(report: JudgeReport, agreement: Agreement | None, rubric: Rubric) -> JudgeStanding:
    """Whether the verdicts of a report count. Whatever is missing or differs makes it report only."""
    for flaw in _flaws(report, rubric):
        return JudgeStanding(verdict="reports_only", reason=flaw)
    if agreement is None:
        judge = ", ".join(report.judge_models)
        reason = f"No agreement of {judge} with experts is on record for these words of rubric {rubric.name}."
        return JudgeStanding(verdict="reports_only", reason=reason)
    return _standing(
        agreement, rubric, chain(_differences(report, agreement), _weaknesses(agreement, rubric))
    )


def trusted(agreement: Agreement, rubric: Rubric) -> JudgeStanding:
    """Whether a judge of this agreement would count where it judges every item."""
    return _standing(agreement, rubric, _weaknesses(agreement, rubric))


def _standing(agreement: Agreement, rubric: Rubric, objections: Iterator[str]) -> JudgeStanding:
    for objection in objections:
        return JudgeStanding(verdict="reports_only", reason=objection)
    reason = f"Its {agreement.text}: even the lower end reaches the floor of {rubric.kappa_floor:.2f}."
    return JudgeStanding(verdict="counts", reason=reason)


def _flaws(report: JudgeReport, rubric: Rubric) -> Iterator[str]:
    if report.double:
        yield "The judge is a test double: what it says never counts."
    if report.rubric != rubric.digest:
        yield f"The report was made under another version of rubric {rubric.name}."
    if len(report.judge_models) != 1:
        yield f"More than one model answered: {', '.join(report.judge_models)}."
    if report.coverage < rubric.min_coverage:
        yield f"It judged {report.coverage:.1%} of the items, and {rubric.min_coverage:.1%} are needed."


def _differences(report: JudgeReport, agreement: Agreement) -> Iterator[str]:
    if agreement.judge_models != report.judge_models:
        judge, measured = ", ".join(report.judge_models), ", ".join(agreement.judge_models)
        yield f"The judge is {judge}, and the agreement with experts is that of {measured}."
    if agreement.prompt != report.prompt:
        yield "The agreement with experts was measured under other words than the judge was asked with."


def _weaknesses(agreement: Agreement, rubric: Rubric) -> Iterator[str]:
    if agreement.double:
        yield "The agreement with experts is that of a test double."
    if len(agreement.judge_models) != 1:
        yield f"More than one model answered the experts' items: {', '.join(agreement.judge_models)}."
    if agreement.kappa.n < rubric.min_verdicts:
        rests = f"The agreement rests on {agreement.kappa.n} experts' verdicts"
        yield f"{rests}, and {rubric.min_verdicts} are needed."
    if agreement.kappa.lower < rubric.kappa_floor:
        yield f"Its {agreement.text}: the lower end must reach the floor of {rubric.kappa_floor:.2f}."


def _label(item: JudgedItem, rubric: Rubric) -> str:
    """An item's score in the words of the experts."""
    if item.score is None:
        return _UNREAD
    return {score: verdict for verdict, score in WORTH.items() if verdict in rubric.verdicts}[item.score]
