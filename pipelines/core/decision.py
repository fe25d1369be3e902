"""A gate decision: PASS, FAIL or INCONCLUSIVE, with every reason and number behind it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipelines.core.value import Name, Sha256, Value

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE"]


class Reason(Value):
    """One rule's answer in one sentence. `numbers` are its inputs and results, for the reviewer."""

    rule: str
    verdict: Verdict
    text: str
    numbers: dict[str, float] = Field(default_factory=dict)


class GateDecision(Value):
    """Decides one candidate against one champion on one golden set; `champion` is None at first."""

    model: Name
    spec: Sha256
    training_set: Sha256
    golden: Sha256
    candidate: Sha256
    champion: Sha256 | None
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def why(self) -> tuple[str, ...]:
        """The sentences that kept it from passing, or all of them when it passed."""
        blocking = tuple(r.text for r in self.reasons if r.verdict != "PASS")
        return blocking or tuple(r.text for r in self.reasons)
