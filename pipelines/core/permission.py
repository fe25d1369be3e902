"""Which rows may be used on a day: consent and retention are promises to the people behind the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from pipelines.core.contract import Roles
from pipelines.core.training_set import Removal

ROW_HASH = "_row"
"""The column of a canonical table that holds the hash of the row."""

TableRow = Mapping[str, object]


def permitted(
    source: str, rows: Iterable[TableRow], roles: Roles, today: date
) -> tuple[tuple[TableRow, ...], tuple[Removal, ...]]:
    """Split rows into those that may be used and those that may not. What is not said is not allowed.

    A row may be used up to and including the day in its retention column.
    """
    kept: list[TableRow] = []
    removed: list[Removal] = []
    for row in rows:
        if reason := _forbids(row, roles, today):
            removed.append(Removal(source=source, row=str(row[ROW_HASH]), reason=reason))
        else:
            kept.append(row)
    return tuple(kept), tuple(removed)


def _forbids(row: TableRow, roles: Roles, today: date) -> str | None:
    if roles.consent and str(row[roles.consent]).strip().lower() not in ("yes", "true", "1"):
        return "no consent"
    if roles.retention:
        try:
            last = date.fromisoformat(str(row[roles.retention]).strip())
        except ValueError:
            return "no readable retention date"
        if today > last:
            return f"retention ended on {last.isoformat()}"
    return None
