"""Judge: what a judging model says of the answers of two arms, or of one, and how it agrees with experts."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.archive import Archive
from pipelines.core.expert_agreement import AGREEMENT, Agreement, agreement_of, newest_agreement
from pipelines.core.expert_verdict import ExpertVerdict, arms_of
from pipelines.core.judge_case import Outputs, Question, cases_of
from pipelines.core.judge_prompt import prompt_digest
from pipelines.core.judgement import JudgeReport, outputs_digest, report_of
from pipelines.core.rubric import Rubric
from pipelines.core.value import canonical_json, sha256_hex
from pipelines.ledger import Ledger
from pipelines.ports import Judge

RESULT = "judge_report"


def judge(
    rubric: Rubric,
    questions: Sequence[Question],
    candidate: Outputs,
    rival: Outputs,
    *,
    judge: Judge,
    archive: Archive,
) -> JudgeReport:
    """Compare two arms by a pairwise rubric, every question in both orders. A report that exists stands.

    Raises DataError unless both arms answered every turn of every question.
    """
    return _settled(rubric, questions, (candidate, rival), judge=judge, archive=archive)


def grade(
    rubric: Rubric, questions: Sequence[Question], outputs: Outputs, *, judge: Judge, archive: Archive
) -> JudgeReport:
    """Grade the answers of one arm by a criterion, 1 or 0 each. A report that exists stands.

    Raises DataError unless the arm answered every turn of every question.
    """
    return _settled(rubric, questions, (outputs,), judge=judge, archive=archive)


def calibrate(
    rubric: Rubric, verdicts: Sequence[ExpertVerdict], *, judge: Judge, ledger: Ledger
) -> Agreement:
    """Let the judge judge what experts judged; its agreement goes to the rubric's ledger.

    Nothing is appended when the newest agreement of this judge says the same.
    """
    questions = [verdict.question for verdict in verdicts]
    agreement = agreement_of(rubric, _asked(rubric, questions, arms_of(verdicts), judge), verdicts)
    entries = ledger.entries()
    if newest_agreement(entries, agreement.judge_models, agreement.prompt) != agreement:
        ledger.append(entries, AGREEMENT, agreement, op=f"agreement/{len(entries)}/{agreement.digest}")
    return agreement


def _settled(
    rubric: Rubric, questions: Sequence[Question], arms: Sequence[Outputs], *, judge: Judge, archive: Archive
) -> JudgeReport:
    key = _key(rubric, questions, arms, double=judge.double)
    if report := archive.settled(RESULT, key, JudgeReport):
        return report
    return archive.settle(RESULT, key, _asked(rubric, questions, arms, judge))


def _asked(
    rubric: Rubric, questions: Sequence[Question], arms: Sequence[Outputs], judge: Judge
) -> JudgeReport:
    cases = cases_of(rubric, questions, arms)
    digests = [outputs_digest(questions, outputs) for outputs in arms]
    return report_of(rubric, cases, judge.ask(rubric, cases), digests, double=judge.double)


def _key(rubric: Rubric, questions: Sequence[Question], arms: Sequence[Outputs], *, double: bool) -> str:
    """A test double never settles what a judge would be asked."""
    asked = [question.model_dump(mode="json") for question in questions]
    digests = [outputs_digest(questions, outputs) for outputs in arms]
    return sha256_hex(canonical_json([rubric.digest, prompt_digest(rubric), asked, digests, double]))
