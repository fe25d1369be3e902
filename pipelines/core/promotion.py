"""A promotion, and what the model's ledger says of all of them together."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.ledger import Entry
from pipelines.core.value import Name, Sha256, Value

DECISION, PROMOTION, ROLLBACK = "decision", "promotion", "rollback"


class Promotion(Value):
    """A candidate made champion. `version` counts the model's promotions from 1 and is never reused."""

    model: Name
    version: int
    candidate: Candidate
    decision: Sha256

    @property
    def served_as(self) -> str:
        """The immutable name under which a serving process loads it."""
        return f"{self.model}-v{self.version}"


class Rollback(Value):
    """`version` is blocked for ever; production goes back to the newest promotion that is not."""

    model: Name
    version: int
    reason: str


class Standing(Value):
    """The state of a model: a fold of its ledger, nothing else.

    `decided_at` is the number of the entry that holds `last_decision`, and `carried_out` the promotion
    that followed from it: data that goes back and forth brings the very same decision more than once.
    """

    promotions: tuple[Promotion, ...] = ()
    blocked: tuple[int, ...] = ()
    last_decision: GateDecision | None = None
    decided_at: int = 0
    carried_out: Promotion | None = None

    @property
    def live(self) -> tuple[Promotion, ...]:
        """Promotions that were not rolled back, oldest first."""
        return tuple(p for p in self.promotions if p.version not in self.blocked)

    @property
    def champion(self) -> Promotion | None:
        return self.live[-1] if self.live else None

    @property
    def previous(self) -> Promotion | None:
        return self.live[-2] if len(self.live) > 1 else None

    @property
    def anchor(self) -> Promotion | None:
        """The first promotion still standing: the fixed point against slow decay."""
        return self.live[0] if self.live else None

    @property
    def next_version(self) -> int:
        return len(self.promotions) + 1

    def rolled_back(self, candidate: str) -> bool:
        """Whether a promotion of this candidate was rolled back."""
        return any(p.version in self.blocked and p.candidate.digest == candidate for p in self.promotions)


def standing(entries: Iterable[Entry]) -> Standing:
    """Fold a model ledger, oldest entry first."""
    promotions: list[Promotion] = []
    blocked: list[int] = []
    last: GateDecision | None = None
    decided_at = 0
    carried_out: Promotion | None = None
    for entry in entries:
        if entry.kind == DECISION:
            last, decided_at, carried_out = GateDecision.model_validate(entry.body), entry.seq, None
        elif entry.kind == PROMOTION:
            carried_out = Promotion.model_validate(entry.body)
            promotions.append(carried_out)
        elif entry.kind == ROLLBACK:
            blocked.append(Rollback.model_validate(entry.body).version)
    return Standing(
        promotions=tuple(promotions),
        blocked=tuple(blocked),
        last_decision=last,
        decided_at=decided_at,
        carried_out=carried_out,
    )
