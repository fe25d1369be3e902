"""What a judge said of one item, and what it is worth to the candidate."""

from __future__ import annotations

from pipelines.core.rubric import Verdict
from pipelines.core.value import Value

WORTH: dict[Verdict, int] = {"A": 1, "B": -1, "tie": 0, "yes": 1, "no": 0}
"""The score of a verdict: of a comparison for A, of a criterion for the answer."""


class JudgedItem(Value):
    """`said` holds the verdicts on one question, None for an answer that could not be read.

    Of a comparison there are two: with the candidate as A, then with the candidate as B. Of a criterion
    there is one.
    """

    item: str
    said: tuple[Verdict | None, ...]

    @property
    def score(self) -> int | None:
        """Comparison: 1 or -1 when the candidate won or lost in both orders, else 0. Criterion: 1 when it
        is met, else 0. None when an answer could not be read.
        """
        worth = self._worth
        return None if worth is None else worth[0] if self.consistent else 0

    @property
    def consistent(self) -> bool:
        """Whether the order of the two answers made no difference."""
        worth = self._worth
        return worth is not None and len(set(worth)) == 1

    @property
    def leans(self) -> Verdict | None:
        """The place, A or B, that an inconsistent comparison prefers; None when there is none."""
        if self._worth is None or self.consistent:
            return None
        return "A" if "A" in self.said else "B"

    @property
    def _worth(self) -> tuple[int, ...] | None:
        """What each verdict is worth to the candidate."""
        worth = [WORTH[verdict] for verdict in self.said if verdict is not None]
        if len(worth) < len(self.said):
            return None
        return tuple(-w if place else w for place, w in enumerate(worth))
