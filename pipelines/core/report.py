"""A validation report: what the contract says about an upload, row by row."""

from __future__ import annotations

from typing import Literal

from pipelines.core.contract import Severity
from pipelines.core.value import Blob, Name, Sha256, Value

DataVerdict = Literal["accepted", "rejected"]


class RowError(Value):
    """One wrong place. `line` counts physical lines from 1; `value` is already masked."""

    file: str
    line: int | None
    column: str | None
    value: str | None
    rule: str
    problem: str
    fix: str
    severity: Severity = "critical"


class RuleOutcome(Value):
    """What one rule found. `violations` counts rows, out of `checked`."""

    rule: str
    text: str
    severity: Severity
    column: str | None
    checked: int
    violations: int
    passed: bool


class ValidationReport(Value):
    """The verdict on an upload. `table` is the canonical Parquet of the accepted rows.

    `errors` is bounded; `error_count` is the true number. `content` is the sha256 over the sorted
    row hashes: the same rows in another file order or format have the same content.
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
    content: Sha256 | None = None
    table: Blob | None = None
