"""A validation report: what the contract says about an upload, row by row."""

from __future__ import annotations

from typing import Literal

from pipelines.core.contract import Severity
from pipelines.core.profile import Changes, Profile
from pipelines.core.value import Blob, Name, Sha256, Value

DataVerdict = Literal["accepted", "held", "rejected", "quarantined"]
"""held: waits for the steward's `_CONFIRM`. quarantined: not read at all, because a stranger wrote it."""


class RowError(Value):
    """One wrong place. `line` counts physical lines from 1; `value` is already masked.

    `suggestion` is what to write instead, where that can be said; see core/suggestion.py.
    """

    file: str
    line: int | None
    column: str | None
    value: str | None
    rule: str
    problem: str
    fix: str
    severity: Severity = "critical"
    suggestion: str | None = None


class RuleOutcome(Value):
    """What one rule found. `violations` counts rows, out of `checked`.

    `observed` is the number that a rule about the whole upload judged.
    """

    rule: str
    text: str
    severity: Severity
    column: str | None
    checked: int
    violations: int
    passed: bool
    observed: float | None = None


class ValidationReport(Value):
    """The verdict on an upload. `table` is the canonical Parquet of the accepted rows.

    `errors` is bounded; `error_count` is the true number. `content` is the sha256 over the sorted
    row hashes: the same rows in another file order or format have the same content. `notes` are
    remarks of the readers (what was ignored, and where). `profile` describes the rows that were read,
    `previous` those of the last accepted upload.
    """

    source: Name
    upload: Sha256
    contract: Sha256
    contract_version: str
    verdict: DataVerdict
    reasons: tuple[str, ...]
    rows_read: int
    rows_accepted: int
    rules: tuple[RuleOutcome, ...]
    errors: tuple[RowError, ...]
    error_count: int
    notes: tuple[str, ...] = ()
    profile: Profile | None = None
    previous: Profile | None = None
    changes: Changes | None = None
    confirmed: bool = False
    content: Sha256 | None = None
    table: Blob | None = None
