"""The panel: a model's judges on the answers of its arms, before the gate reads what they said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipelines.archive import Archive
from pipelines.core.candidate import Candidate
from pipelines.core.conversation import questions_of
from pipelines.core.errors import DataError, Unavailable, UsageError
from pipelines.core.gate.judgement import Judgement, Part, judgement_of, parts_of, relied_on
from pipelines.core.judge_answer import Ruling
from pipelines.core.judge_case import Case
from pipelines.core.judgement import JudgeReport
from pipelines.core.ledger import Entry
from pipelines.core.model_spec import ModelSpec
from pipelines.core.promotion import Promotion
from pipelines.core.rubric import Rubric
from pipelines.ports import Judge, Progress
from pipelines.stages.conversing import Interviewer
from pipelines.stages.judge import grade, judge

Rivals = Mapping[Part, Candidate]
"""Which candidate plays which part beside the one that is judged."""


class Panel:
    """`judge_of` raises UsageError for a rubric whose judge is not configured; `entries_of` reads the ledger
    of a rubric, by its name.
    """

    def __init__(
        self,
        spec: ModelSpec,
        *,
        archive: Archive,
        interviewer: Interviewer,
        judge_of: Callable[[Rubric], Judge],
        entries_of: Callable[[str], Sequence[Entry]],
        progress: Progress,
    ) -> None:
        self._spec, self._archive, self._interviewer = spec, archive, interviewer
        self._judge_of, self._entries_of, self._progress = judge_of, entries_of, progress

    def hear(self, subjects: Sequence[Candidate], rivals: Rivals) -> None:
        """Let every judge judge each subject. Reports that exist are reused.

        A rubric that would only report never holds up a run: why it was not asked is said and no more.
        Raises Unavailable while the judge of a rubric that the gate relies on cannot be asked, and DataError
        where it cannot take what it is asked.
        """
        for rubric in self._spec.judges:
            try:
                asked = self._judge_of(rubric)
                for subject in subjects:
                    for arms in _arms(rubric, subject, rivals).values():
                        self._report(rubric, arms, asked)
            except (UsageError, DataError, Unavailable) as error:
                if relied_on(rubric, self._entries_of(rubric.name)):
                    raise _unavailable(error) from error
                self._progress(f"rubric {rubric.name} reports only, and was not asked: {error}")

    def judgements(self, subject: Candidate, rivals: Rivals) -> tuple[Judgement, ...]:
        """What was said of a subject, a rubric after the other; without one that the gate relies on and
        that was not judged. Nobody is asked.
        """
        found = [self._judgement(rubric, subject, rivals) for rubric in self._spec.judges]
        return tuple(judgement for judgement in found if judgement is not None)

    def _judgement(self, rubric: Rubric, subject: Candidate, rivals: Rivals) -> Judgement | None:
        known = {part: self._known(rubric, arms) for part, arms in _arms(rubric, subject, rivals).items()}
        reports = {part: report for part, report in known.items() if report is not None}
        return judgement_of(rubric, reports, tuple(rivals), self._entries_of(rubric.name))

    def _known(self, rubric: Rubric, arms: Sequence[Candidate]) -> JudgeReport | None:
        """The report on these arms if there is one; a judge's before a test double's."""
        if any(self._interviewer.answered(arm.arm) is None for arm in arms):
            return None
        for double in (False, True):
            try:
                return self._report(rubric, arms, _Silent(double))
            except _NotJudged:
                continue
        return None

    def _report(self, rubric: Rubric, arms: Sequence[Candidate], asked: Judge) -> JudgeReport:
        questions = questions_of(rubric, self._interviewer.items())
        outputs = [self._interviewer.ask(arm).to(questions) for arm in arms]
        if rubric.kind == "pairwise":
            return judge(rubric, questions, *outputs, judge=asked, archive=self._archive)
        return grade(rubric, questions, *outputs, judge=asked, archive=self._archive)


def rivals_of(champion: Promotion | None, anchor: Promotion | None) -> Rivals:
    """The candidates in production and first in it, by their parts."""
    named: tuple[tuple[Part, Promotion | None], ...] = (("champion", champion), ("anchor", anchor))
    return {part: promotion.candidate for part, promotion in named if promotion is not None}


class _NotJudged(Exception):
    """A report would have to be asked for."""


class _Silent:
    """The judge of a gate, which reads what was judged and asks nobody."""

    def __init__(self, double: bool) -> None:
        self.double = double

    def ask(self, rubric: Rubric, cases: Sequence[Case]) -> tuple[Ruling, ...]:
        raise _NotJudged(f"{len(cases)} cases of rubric {rubric.name}")


def _arms(rubric: Rubric, subject: Candidate, rivals: Rivals) -> dict[Part, tuple[Candidate, ...]]:
    """Whose answers each report of a judgement is about, the subject's first."""
    parts = parts_of(rubric, rivals)
    if rubric.kind == "pairwise":
        return {part: (subject, rivals[part]) for part in parts}
    return {part: (rivals.get(part, subject),) for part in parts}


def _unavailable(error: UsageError | DataError | Unavailable) -> DataError | Unavailable:
    """A judge that is not configured may be soon, as one that is down."""
    if not isinstance(error, UsageError):
        return error
    return Unavailable(error.subject, error.rule, error.found, error.remedy)
