"""Reviewing: whether a person is asked before a passed candidate goes into production."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pipelines.core.value import Value


class Reviewing(Value):
    """`automatic` asks nobody. `veto` waits `hours` and goes on unless somebody objects. `approval` waits
    `hours` for a yes and refuses without one.
    """

    mode: Literal["automatic", "veto", "approval"] = "automatic"
    hours: float = 24.0

    @property
    def window(self) -> timedelta:
        """How long an answer is waited for."""
        return timedelta(0) if self.mode == "automatic" else timedelta(hours=self.hours)
