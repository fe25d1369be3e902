"""A data contract: what a steward promises about one source, ready to be checked."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pipelines.core.value import Name, Value

Severity = Literal["critical", "warning", "info"]
Purpose = Literal["training", "evaluation"]
ColumnType = Literal["string", "number", "integer"]
Check = Literal[
    "not_null",
    "unique",
    "length_between",
    "value_between",
    "matches",
    "not_matches",
    "in_set",
    "not_in_set",
    "row_count",
]


class Column(Value):
    """`personal` columns are masked wherever a value is shown."""

    name: str
    type: ColumnType
    personal: bool = False
    description: str = ""


class Rule(Value):
    """One enforceable promise. `column` is None for a rule about the whole upload.

    `mostly` is the share of rows, 0..1, that must keep it; `fix` is a sentence for the steward.
    """

    id: str
    check: Check
    severity: Severity
    column: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    values: tuple[str | float | int, ...] = ()
    mostly: float = 1.0
    text: str = ""
    fix: str = ""


class Roles(Value):
    """Which column plays which part in a training example or a golden item.

    A golden source names `item` (a stable id) and may name `choices`, the columns that hold the
    options of a multiple-choice question, and `slice`, by which scores are broken down.
    """

    prompt: str
    completion: str
    context: str | None = None
    item: str | None = None
    slice: str | None = None
    choices: tuple[str, ...] = ()


class Contract(Value):
    """Everything the product needs to know about one source. `source` is the file's stem."""

    source: Name
    id: str
    version: str
    steward: str
    purpose: Purpose
    description: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    roles: Roles
    quiet_seconds: float
    row_error_budget_percent: float = 0.0

    @property
    def quiet_period(self) -> timedelta:
        return timedelta(seconds=self.quiet_seconds)
