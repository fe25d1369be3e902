"""How a judge worked, whatever it said: what it left unread, and what the order of the answers did to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.core.judged_item import JudgedItem
from pipelines.core.rubric import Kind
from pipelines.core.statistics.paired import mcnemar_exact
from pipelines.core.value import Value

_PROVEN = 0.05


class PositionBias(Value):
    """Of the comparisons that the order decided, how many preferred what was shown first and second."""

    first: int
    second: int

    @property
    def share(self) -> float | None:
        """Of the first place, 0..1; None when the order never mattered."""
        decided = self.first + self.second
        return self.first / decided if decided else None

    @property
    def p(self) -> float:
        """Two-sided p-value of "neither place is preferred", by the binomial distribution."""
        more, fewer = max(self.first, self.second), min(self.first, self.second)
        return min(1.0, 2 * mcnemar_exact(more, fewer))

    @property
    def proven(self) -> bool:
        return self.p <= _PROVEN

    @property
    def text(self) -> str:
        decided = self.first + self.second
        if not decided:
            return "The order of the answers decided nothing."
        said = f"The order decided {decided} comparisons; the first place won {self.first} of them"
        if not self.proven:
            return f"{said}: no preference is proven (p={self.p:.2g})."
        place = "first" if self.first > self.second else "second"
        return f"{said}: the judge prefers the {place} place (p={self.p:.2g})."


class Conduct(Value):
    """`parse_failures` counts answers that could not be read; `consistency` is the share of judged
    comparisons that came out alike in both orders. It and the bias are None for a criterion.
    """

    parse_failures: int
    consistency: float | None
    position_bias: PositionBias | None

    @property
    def remarks(self) -> tuple[str, ...]:
        """In sentences, for a reviewer."""
        return tuple(self._remarks())

    def _remarks(self) -> Iterator[str]:
        if self.parse_failures:
            yield f"{self.parse_failures} of its answers could not be read."
        if self.consistency is not None:
            yield f"{self.consistency:.0%} of its comparisons came out alike in both orders."
        if self.position_bias is not None:
            yield self.position_bias.text


def conduct_of(items: Sequence[JudgedItem], kind: Kind) -> Conduct:
    judged = [item for item in items if item.score is not None]
    compared = kind == "pairwise"
    leans = [item.leans for item in judged]
    return Conduct(
        parse_failures=sum(item.said.count(None) for item in items),
        consistency=sum(i.consistent for i in judged) / len(judged) if compared and judged else None,
        position_bias=PositionBias(first=leans.count("A"), second=leans.count("B")) if compared else None,
    )
