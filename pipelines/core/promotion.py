"""A promotion, and what the model's ledger says of all of them together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import Field

from pipelines.core.answer import APPROVAL, REFUSAL, Approval, Refusal
from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.ledger import Entry
from pipelines.core.plan import Plan
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

    `decided_at` is the number of the entry that holds `last_decision`, `decided_on` its time. `carried_out`
    is the promotion that followed from it, `approval` and `refusal` what a person said to it: data that goes
    back and forth brings the very same decision more than once, and each time it is asked about again.
    `approvals` are those of promotions, by version. `golden_snapshots` names the golden set of every
    decision, oldest first.
    """

    promotions: tuple[Promotion, ...] = ()
    blocked: tuple[int, ...] = ()
    last_decision: GateDecision | None = None
    decided_at: int = 0
    decided_on: datetime | None = None
    carried_out: Promotion | None = None
    approval: Approval | None = None
    refusal: Refusal | None = None
    approvals: dict[int, Approval] = Field(default_factory=dict)
    golden_snapshots: tuple[Sha256, ...] = ()

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

    def decisions_on(self, golden_snapshot: str) -> int:
        """How many decisions were made on one golden set."""
        return self.golden_snapshots.count(golden_snapshot)

    def decisions_before(self, plan: Plan, golden_snapshot: str) -> int:
        """How many were made before that of a plan, which may stand in the ledger already."""
        again = self.last_decision is not None and self.last_decision.answers(plan)
        return self.decisions_on(golden_snapshot) - again

    def awaits_review(self, window: timedelta, now: datetime) -> bool:
        """Whether the newest decision passed and its `window` for a person's answer is still open."""
        if self.last_decision is None or self.last_decision.verdict != "PASS" or self.decided_on is None:
            return False
        settled = self.carried_out or self.approval or self.refusal
        return settled is None and now < self.decided_on + window

    def approval_of(self, decision: GateDecision) -> Approval | None:
        """A person's yes to a decision, the newest or an older one that was carried out."""
        if self.last_decision == decision:
            return self.approval
        given = (yes for yes in self.approvals.values() if yes.decision == decision.digest)
        return next(given, None)

    def rolled_back(self, candidate: str) -> bool:
        """Whether a promotion of this candidate was rolled back."""
        return any(p.version in self.blocked and p.candidate.digest == candidate for p in self.promotions)


def standing(entries: Iterable[Entry]) -> Standing:
    """Fold a model ledger, oldest entry first."""
    promotions: list[Promotion] = []
    blocked: list[int] = []
    last: GateDecision | None = None
    decided: Entry | None = None
    carried_out: Promotion | None = None
    approval: Approval | None = None
    refusal: Refusal | None = None
    approvals: dict[int, Approval] = {}
    golden_snapshots: list[str] = []
    for entry in entries:
        if entry.kind == DECISION:
            last, decided = GateDecision.model_validate(entry.body), entry
            carried_out, approval, refusal = None, None, None
            golden_snapshots.append(last.golden_snapshot)
        elif entry.kind == PROMOTION:
            carried_out = Promotion.model_validate(entry.body)
            promotions.append(carried_out)
        elif entry.kind == ROLLBACK:
            blocked.append(Rollback.model_validate(entry.body).version)
        elif entry.kind == APPROVAL:
            approval = Approval.model_validate(entry.body)
        elif entry.kind == REFUSAL:
            refusal = Refusal.model_validate(entry.body)
        if carried_out and approval:
            approvals[carried_out.version] = approval
    return Standing(
        promotions=tuple(promotions),
        blocked=tuple(blocked),
        last_decision=last,
        decided_at=decided.seq if decided else 0,
        decided_on=decided.at if decided else None,
        carried_out=carried_out,
        approval=approval,
        refusal=refusal,
        approvals=approvals,
        golden_snapshots=tuple(golden_snapshots),
    )
