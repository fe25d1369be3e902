"""Replay: a past decision made again from its evidence, under another policy."""

from __future__ import annotations

from datetime import datetime

from pipelines.core.decision import GateDecision
from pipelines.core.gate.decide import decide, prompting_suffices
from pipelines.core.gate.evidence import Evidence
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.value import Value


class Replayed(Value):
    """A decision of the ledger, the one that would be made instead, and when it was made. `again` is None
    where `lacking` says why it could not be made.

    It is made against the champion of its time: that an earlier decision would have brought another one is
    not followed up.
    """

    at: datetime
    was: GateDecision
    again: GateDecision | None
    lacking: str = ""

    @property
    def differs(self) -> bool:
        return self.again is not None and self.again.verdict != self.was.verdict

    @property
    def why(self) -> str:
        """The first sentence that decides now."""
        if self.again is None:
            return self.lacking
        package = " Its prompt package would be judged instead." if prompting_suffices(self.again) else ""
        return f"{self.again.why[0]}{package}"


def replay(evidence: Evidence, policy: GatePolicy) -> GateDecision:
    """What the gate decides on the evidence under a policy. It names the plan of the evidence, whose own
    policy may be another one.
    """
    spec = evidence.spec.model_copy(update={"gate": policy})
    return decide(evidence.model_copy(update={"spec": spec}))


def is_about(evidence: Evidence, decision: GateDecision) -> bool:
    """Whether a decision was made on this evidence."""
    same_spec = evidence.spec.digest == decision.spec
    return (
        same_spec and decision.answers(evidence.plan) and evidence.candidate.arm.subject == decision.candidate
    )
