"""The property `hold`: when an upload waits for its steward's word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from pipelines.core.contract import HoldRules
from pipelines.declarations.document import Document, Field
from pipelines.declarations.fields import number
from pipelines.declarations.odcs_subject import refuse_unknown

EXAMPLE = "{property: hold, value: {shrinkPercent: 50, categoryColumns: [topic]}}"


class Limit(NamedTuple):
    """A limit that null switches off: the field of HoldRules, what it must be, an example, the test."""

    field: str
    rule: str
    example: str
    holds: Callable[[float], bool]


LIMITS: Mapping[str, Limit] = {
    "shrinkPercent": Limit("shrink_percent", "is above 0 and at most 100", "50", lambda x: 0 < x <= 100),
    "psi": Limit("psi", "is above 0", "0.25", lambda x: x > 0),
    "auc": Limit("auc", "is above 0.5 and below 1", "0.9", lambda x: 0.5 < x < 1),
    "noveltyPercent": Limit("novelty_percent", "is above 0 and at most 100", "80", lambda x: 0 < x <= 100),
}
COLUMNS = "categoryColumns"


def read_hold(document: Document, written: object, field: Field) -> HoldRules:
    """The hold rules; what is not written keeps its default. Problems are kept in the document."""
    if not isinstance(written, dict):
        document.problem(field, "is a mapping of limits", written, f"Write {EXAMPLE}.")
        return HoldRules()
    refuse_unknown(document, field, written, (*LIMITS, COLUMNS))
    filled: dict[str, Any] = {}
    for name, limit in LIMITS.items():
        value = written.get(name)
        if name not in written:
            continue
        if value is not None and not (number(value) and limit.holds(value)):
            remedy = f"Write a number such as {limit.example}, or null to switch it off."
            document.problem((*field, name), limit.rule, value, remedy)
        else:
            filled[limit.field] = None if value is None else float(value)
    if COLUMNS in written:
        filled["category_columns"] = _columns(document, written[COLUMNS], (*field, COLUMNS))
    return HoldRules(**filled)


def check_hold(document: Document, hold: HoldRules, field: Field, columns: Iterable[str]) -> None:
    """Every category column is a column of the table."""
    known = tuple(columns)
    for place, name in enumerate(hold.category_columns):
        if name not in known:
            remedy = f"Name one of: {', '.join(known)}."
            document.problem((*field, COLUMNS, place), "is a column of the table", name, remedy)


def _columns(document: Document, written: object, field: Field) -> tuple[str, ...]:
    listed = written if isinstance(written, list) else []
    if not isinstance(written, list) or not all(isinstance(name, str) for name in listed):
        document.problem(field, "lists columns", written, "Write a list, such as [topic].")
        return ()
    if len(set(listed)) < len(listed):
        document.problem(field, "lists every column once", written, "Remove the repeated one.")
    return tuple(listed)
