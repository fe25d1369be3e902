"""What a judge said of every item, and how far it can be relied on."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.core.judge_answer import Ruling
from pipelines.core.judge_case import Case, Outputs, Question
from pipelines.core.judge_conduct import Conduct, conduct_of
from pipelines.core.judge_prompt import prompt_digest
from pipelines.core.judged_item import JudgedItem
from pipelines.core.rubric import Kind, Rubric
from pipelines.core.value import Name, Sha256, Value, canonical_json, sha256_hex


class JudgeReport(Value):
    """One judge on all items. `arms` are the digests of the answers, the candidate's first.

    `prompt` is the digest of all that the judge reads besides the texts, `judge_models` the name by which
    the endpoint answered, or the names. `double` marks a judge that is a test double.
    """

    rubric: Sha256
    name: Name
    kind: Kind
    prompt: Sha256
    judge_models: tuple[str, ...]
    double: bool
    arms: tuple[Sha256, ...]
    items: tuple[JudgedItem, ...]

    @property
    def coverage(self) -> float:
        """The share of items that were judged, 0..1."""
        return sum(item.score is not None for item in self.items) / len(self.items)

    @property
    def scores(self) -> dict[str, int]:
        """Item -> score, for the gate. One that could not be judged counts as lost: as -1, or as not met."""
        lost = -1 if self.kind == "pairwise" else 0
        return {item.item: lost if item.score is None else item.score for item in self.items}

    @property
    def mean(self) -> float:
        """Net wins a question, -1..1, or the share of answers that meet the criterion, 0..1."""
        return sum(self.scores.values()) / len(self.items)

    @property
    def conduct(self) -> Conduct:
        return conduct_of(self.items, self.kind)

    @property
    def remarks(self) -> tuple[str, ...]:
        """How the judge worked, in sentences for a reviewer."""
        judged = sum(item.score is not None for item in self.items)
        said = f"{', '.join(self.judge_models)} judged {judged} of {len(self.items)} items."
        return (said, *(["It is a test double."] if self.double else []), *self.conduct.remarks)


def report_of(
    rubric: Rubric,
    cases: Sequence[Case],
    rulings: Sequence[Ruling],
    arms: Sequence[str],
    *,
    double: bool,
) -> JudgeReport:
    """The report on cases as `cases_of` gives them, and the rulings in their order."""
    each = rubric.conversations  # a comparison is asked in every order of its conversations
    verdicts = [ruling.verdict for _, ruling in zip(cases, rulings, strict=True)]
    return JudgeReport(
        rubric=rubric.digest,
        name=rubric.name,
        kind=rubric.kind,
        prompt=prompt_digest(rubric),
        judge_models=tuple(sorted({ruling.model for ruling in rulings})),
        double=double,
        arms=tuple(arms),
        items=tuple(
            JudgedItem(item=cases[at].question.id, said=tuple(verdicts[at : at + each]))
            for at in range(0, len(cases), each)
        ),
    )


def outputs_digest(questions: Sequence[Question], outputs: Outputs) -> str:
    """Names what one arm answered to these questions, whatever else it answered."""
    return sha256_hex(canonical_json({q.id: list(outputs.get(q.id, ())) for q in questions}))
