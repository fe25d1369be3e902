"""A data contract: what a steward promises about one source, ready to be checked."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, Self

from pipelines.core.value import Name, Value

Severity = Literal["critical", "warning", "info"]
Purpose = Literal["training", "evaluation"]
PrivacyClass = Literal["public", "internal", "confidential", "restricted"]
ColumnType = Literal["string", "number", "integer"]
ColumnCheck = Literal[
    "not_null",
    "unique",
    "length_between",
    "value_between",
    "matches",
    "not_matches",
    "in_set",
    "not_in_set",
]
"""Checks of one value a row, which every checker knows."""
TextCheck = Literal[
    "near_unique",
    "one_answer",
    "substantial",
    "language",
    "tokens_between",
    "no_personal_data",
    "no_secrets",
    "no_terms",
    "no_golden",
]
"""Checks of the language data in a row, beyond its schema."""
UploadCheck = Literal["row_count", "sql", "duplicate_share", "teacher_share", "category_share"]
"""Checks of an upload as a whole: one number, within bounds."""
Check = ColumnCheck | TextCheck | UploadCheck


class Column(Value):
    """`personal` columns are masked wherever a value is shown."""

    name: str
    type: ColumnType
    personal: bool = False
    description: str = ""


class Rule(Value):
    """One enforceable promise. `column` is None for a rule about whole rows or the whole upload.

    `minimum` and `maximum` belong to the allowed range; of `near_unique`, `minimum` is the similarity,
    0..1, from which two texts count as the same. `mostly` is the share of rows, 0..1, that must keep the
    rule; `query` is the SQL of an `sql` check; `fix` is a sentence for the steward.
    """

    id: str
    check: Check
    severity: Severity
    column: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    values: tuple[str | float | int, ...] = ()
    query: str | None = None
    mostly: float = 1.0
    text: str = ""
    fix: str = ""


class Roles(Value):
    """Which column plays which part in a training example or a golden item.

    A golden source names `item` (a stable id) and may name `choices`, the columns that hold the
    options of a multiple-choice question, `slice`, by which scores are broken down (in a training source:
    the part of the data that a row belongs to), and `cluster`, what several items share, such as the fact
    they all ask for, and `follow_up`, what the user says after the answer. `origin` says
    who wrote a row (human, synthetic, or the name of a teacher model). A row is used only while
    `consent` is yes, and until the date in `retention`.
    """

    prompt: str
    completion: str
    context: str | None = None
    item: str | None = None
    slice: str | None = None
    cluster: str | None = None
    follow_up: str | None = None
    origin: str | None = None
    consent: str | None = None
    retention: str | None = None
    choices: tuple[str, ...] = ()


class HoldRules(Value):
    """When an upload waits for its steward's word. Every limit compares with the last accepted upload.

    `shrink_percent`: fewer rows by at least so much. `category_columns`: none of their values may vanish.
    `psi`: largest population stability index of lengths and categories. `auc`: largest area under the
    curve of a classifier that tells old rows from new. `novelty_percent`: largest share of rows that are
    new or changed. None switches a rule off.
    """

    shrink_percent: float | None = 50
    category_columns: tuple[str, ...] = ()
    psi: float | None = None
    auc: float | None = None
    novelty_percent: float | None = None


class Contract(Value):
    """Everything the product needs to know about one source. `source` is the file's stem.

    `uploaders` are the principals whose files are taken, as the bucket names them; empty means that the
    bucket's own access rules decide. `edition` names the issue of the data, such as a tax year.
    """

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
    hold: HoldRules = HoldRules()
    privacy: PrivacyClass = "internal"
    edition: str | None = None
    uploaders: tuple[str, ...] = ()

    @property
    def quiet_period(self) -> timedelta:
        return timedelta(seconds=self.quiet_seconds)

    def with_rules(self, rules: tuple[Rule, ...]) -> Self:
        """The same contract with only these rules."""
        return self.model_copy(update={"rules": rules})
