"""A gate decision: PASS, FAIL or INCONCLUSIVE, with every reason and number behind it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.core.plan import Plan
from pipelines.core.value import Name, Sha256, Value

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE"]


class Reason(Value):
    """One rule's answer in one sentence. `numbers` are its inputs and results, for the reviewer."""

    rule: str
    verdict: Verdict
    text: str
    numbers: dict[str, float] = Field(default_factory=dict)


class GateDecision(Value):
    """Decides one candidate against one champion on one golden set; `champion` is None at first.

    `golden` names the split of the items, `golden_snapshot` the experts' upload that they come from.
    """

    model: Name
    spec: Sha256
    training_set: Sha256
    golden: Sha256
    golden_snapshot: Sha256
    candidate: Sha256
    champion: Sha256 | None
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def why(self) -> tuple[str, ...]:
        """The sentences that kept it from passing, or all of them when it passed."""
        blocking = tuple(r.text for r in self.reasons if r.verdict != "PASS")
        return blocking or tuple(r.text for r in self.reasons)

    def answers(self, plan: Plan) -> bool:
        """Whether it was made about exactly this plan."""
        mine = (self.spec, self.training_set, self.golden, self.champion)
        return mine == (plan.spec, plan.training_set, plan.golden, plan.champion)
