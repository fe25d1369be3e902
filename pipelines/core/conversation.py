"""Conversations: the golden items as a user would bring them up, for judges to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.core.golden_set import GoldenItem
from pipelines.core.judge_case import Outputs, Question
from pipelines.core.rubric import Rubric
from pipelines.core.value import Value


class Conversations(Value):
    """What one arm answered: item -> one answer a turn."""

    answers: dict[str, tuple[str, ...]]

    def to(self, questions: Sequence[Question]) -> Outputs:
        """The answers to these questions, as many turns as each has."""
        return {q.id: self.answers[q.id][: len(q.turns)] for q in questions if q.id in self.answers}


def turns_of(item: GoldenItem) -> tuple[str, ...]:
    """What the user says, one after the other."""
    return (item.prompt, item.follow_up) if item.follow_up else (item.prompt,)


def questions_of(rubric: Rubric, items: Iterable[GoldenItem]) -> tuple[Question, ...]:
    """What the judge of a rubric is asked about: every item with as many turns as the rubric has. The right
    answer goes along where every turn has one: experts write none to the second.
    """
    return tuple(
        Question(
            id=item.id,
            turns=turns_of(item)[: rubric.turns],
            reference=() if rubric.two_turns else (item.completion,),
        )
        for item in items
        if len(turns_of(item)) >= rubric.turns
    )
