"""A judgement: what the judge of one rubric said of the candidate and its rivals, and whether it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pipelines.core.expert_agreement import (
    AGREEMENT,
    Agreement,
    JudgeStanding,
    newest_agreement,
    standing_of,
    trusted,
)
from pipelines.core.judge_prompt import prompt_digest
from pipelines.core.judgement import JudgeReport
from pipelines.core.ledger import Entry
from pipelines.core.rubric import Rubric
from pipelines.core.value import Value

Part = Literal["candidate", "champion", "anchor"]

NOT_ASKED = "It was not asked: its judge is not configured, did not answer, or had no item to judge."
NO_RIVAL = "There is no model in production to compare with."


class Judgement(Value):
    """`reports` holds, of a comparison, the candidate's report against the champion under `champion`; of a
    criterion the report of each arm under its part.
    """

    rubric: Rubric
    reports: dict[Part, JudgeReport]
    standing: JudgeStanding

    @property
    def double(self) -> bool:
        """Whether a test double judged any of it."""
        return any(report.double for report in self.reports.values())


def parts_of(rubric: Rubric, rivals: Iterable[Part]) -> tuple[Part, ...]:
    """Under which parts a whole judgement has reports, when these rivals were scored."""
    if rubric.kind == "pairwise":
        return tuple(part for part in rivals if part == "champion")
    return ("candidate", *rivals)


def judgement_of(
    rubric: Rubric, reports: Mapping[Part, JudgeReport], rivals: Sequence[Part], entries: Sequence[Entry]
) -> Judgement | None:
    """The judgement that reports make, by the agreements in the rubric's ledger. None when one is missing
    although the gate relies on this rubric: without it nothing can be decided.
    """
    parts = parts_of(rubric, rivals)
    if any(part not in reports for part in parts):
        if relied_on(rubric, entries):
            return None
        standing = _only(NOT_ASKED)
    else:
        standing = _standing(rubric, reports, entries) if parts else _only(NO_RIVAL)
    return Judgement(rubric=rubric, reports=dict(reports), standing=standing)


def relied_on(rubric: Rubric, entries: Sequence[Entry]) -> bool:
    """Whether a judge was measured under this rubric's words whose verdicts would count."""
    prompt = prompt_digest(rubric)
    judges = {Agreement.model_validate(e.body).judge_models for e in entries if e.kind == AGREEMENT}
    found = (newest_agreement(entries, judge, prompt) for judge in judges)
    return any(trusted(agreement, rubric).counts for agreement in found if agreement)


def _standing(rubric: Rubric, reports: Mapping[Part, JudgeReport], entries: Sequence[Entry]) -> JudgeStanding:
    """The first that keeps a report from counting."""
    if len({report.judge_models for report in reports.values()}) > 1:
        return _only("The arms were graded by different judges.")
    standings = [
        standing_of(report, newest_agreement(entries, report.judge_models, report.prompt), rubric)
        for report in reports.values()
    ]
    return next((standing for standing in standings if not standing.counts), standings[0])


def _only(reason: str) -> JudgeStanding:
    return JudgeStanding(verdict="reports_only", reason=reason)
