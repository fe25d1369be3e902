"""What became of an upload: the end of the training run that it started, as far as it is known."""

from __future__ import annotations

from typing import Literal

from pipelines.core.value import Name, Value


class TrainingOutcome(Value):
    """One model's answer to an upload. `version` is the one that went into production, if one did;
    `sentence` says why, in a steward's words, and `findings` what in the upload moved the score.
    """

    model: Name
    verdict: Literal["pending", "PASS", "FAIL", "INCONCLUSIVE"]
    version: int | None = None
    sentence: str = ""
    findings: tuple[str, ...] = ()
