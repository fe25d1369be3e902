"""A person's answer to a passed decision. It permits nothing that the gate did not."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.core.value import Name, Sha256, Value

APPROVAL, REFUSAL = "approval", "refusal"


class Approval(Value):
    """A yes, by whom and when."""

    model: Name
    decision: Sha256
    by: str
    at: datetime
    reason: str

    @property
    def text(self) -> str:
        """Who approved it, when and why."""
        said = f"{self.by}, {self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return f"{said}: {self.reason}" if self.reason else said


class Refusal(Value):
    """A person's no to a passed decision. `by` is who said it, None where nobody answered in time."""

    model: Name
    decision: Sha256
    by: str | None
    at: datetime
    reason: str

    @property
    def text(self) -> str:
        """Who refused it and why, as a part of a sentence."""
        who = f"{self.by} refused it" if self.by else "nobody approved it in time"
        return f"{who}: {self.reason}" if self.reason else who
