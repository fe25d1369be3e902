"""An assertion: a known way to fail, looked for in every answer that a candidate writes."""

from __future__ import annotations

from typing import Literal

from pipelines.core.value import Name, Value


class Assertion(Value):
    """Every answer to `task` (on the `slices`, where some are named) must, or must not, match `pattern`, an
    RE2 expression searched for in the answer. `mostly` is the least share of answers, 0..1, that must keep
    it. A broken `critical` assertion blocks the candidate; a broken `warning` is shown.
    """

    id: Name
    task: Name
    must: Literal["match", "not_match"]
    pattern: str
    severity: Literal["critical", "warning"] = "critical"
    slices: tuple[str, ...] = ()
    mostly: float = 1.0
    text: str = ""


class AssertionResult(Value):
    """`broken` of `checked` answers break it; `examples` are the first items that do."""

    assertion: Assertion
    checked: int
    broken: int
    examples: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether enough answers keep it; one that was asked of no answer does not hold."""
        return self.checked > 0 and self.checked - self.broken >= self.assertion.mostly * self.checked
