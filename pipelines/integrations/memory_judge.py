"""The shipped fake of a judge: a rule instead of a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.core.judge_answer import Ruling
from pipelines.core.judge_case import Case
from pipelines.core.rubric import Rubric, Verdict

Rule = Callable[[Rubric, Case], Verdict | None]


def by_reference(rubric: Rubric, case: Case) -> Verdict:
    """Right is what equals the reference in every turn; of two answers, a right one beats a wrong one."""
    right = [answers == case.question.reference for answers in case.shown]
    if rubric.kind == "criterion":
        return "yes" if right[0] else "no"
    return "tie" if right[0] == right[1] else "A" if right[0] else "B"


class MemoryJudge:
    """Implements `ports.Judge` by a rule. Counts what it was asked."""

    double = True

    def __init__(self, rule: Rule = by_reference, *, model: str = "memory") -> None:
        self._rule, self._model = rule, model
        self.asked = 0

    def ask(self, rubric: Rubric, cases: Sequence[Case]) -> tuple[Ruling, ...]:
        self.asked += len(cases)
        return tuple(Ruling(verdict=self._rule(rubric, case), model=self._model) for case in cases)
