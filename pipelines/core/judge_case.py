"""What a judge is shown: a question of one or two turns, and the answers that one or two arms gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.core.errors import DataError
from pipelines.core.rubric import Rubric
from pipelines.core.value import Value

Outputs = Mapping[str, tuple[str, ...]]
"""What an arm answered: question id -> one answer a turn."""


class Question(Value):
    """`turns` are asked one after the other; `reference` is the right answer to each, where it is known."""

    id: str
    turns: tuple[str, ...]
    reference: tuple[str, ...] = ()


class Case(Value):
    """One thing to judge. `shown` are the answers of one arm after the other, in the order in which the
    judge sees them: two for a comparison, one for a criterion.
    """

    question: Question
    shown: tuple[tuple[str, ...], ...]


def cases_of(rubric: Rubric, questions: Sequence[Question], arms: Sequence[Outputs]) -> tuple[Case, ...]:
    """The cases of all questions: of a comparison two each, in which the first arm is shown first, then
    second; of a criterion one each.

    Raises DataError unless every arm answered every turn of every question.
    """
    _check(rubric, questions, arms)
    cases = []
    for question in questions:
        shown = tuple(_answers(outputs, question) for outputs in arms)
        orders = (shown, shown[::-1]) if rubric.kind == "pairwise" else (shown,)
        cases += [Case(question=question, shown=order) for order in orders]
    return tuple(cases)


def _check(rubric: Rubric, questions: Sequence[Question], arms: Sequence[Outputs]) -> None:
    subject = f"what rubric {rubric.name} judges"
    if len(arms) != rubric.conversations:
        rule = f"comes from {rubric.conversations} arms"
        raise DataError(subject, rule, f"{len(arms)}", "Choose another rubric.")
    if len({question.id for question in questions}) != len(questions) or not questions:
        found = "an id that stands twice" if questions else "no question"
        raise DataError(subject, "has questions, each under its own id", found, "Correct the items.")
    for question in questions:
        if len(question.turns) != rubric.turns or len(question.reference) not in (0, rubric.turns):
            found = f"{len(question.turns)} and {len(question.reference)} in {question.id}"
            rule = f"has questions of {rubric.turns} turns, with as many references or none"
            raise DataError(subject, rule, found, "Correct the item, or choose another rubric.")


def _answers(outputs: Outputs, question: Question) -> tuple[str, ...]:
    answers = outputs.get(question.id, ())
    if len(answers) != len(question.turns):
        raise DataError(
            f"an arm's answers to question {question.id}",
            f"are {len(question.turns)}, one a turn",
            f"{len(answers)}",
            "Let every arm answer every question before it is judged.",
        )
    return tuple(answers)
