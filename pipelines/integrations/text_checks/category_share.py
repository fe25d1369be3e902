"""Category share: no group of rows crowds out the others, and none that is needed is missing."""

from __future__ import annotations

from typing import NamedTuple

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import row_outcome, says
from pipelines.core.findings import Finding, Surroundings, Table, row_numbers
from pipelines.core.row_errors import shown
from pipelines.integrations.duckdb_session import literal, quoted, session
from pipelines.integrations.personal_data import redact


class _Group(NamedTuple):
    """The rows with one value, as a percentage of all rows, and what they should be."""

    name: str
    share: float
    needed: str = ""


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:  # noqa: ARG001
    """The largest percentage of rows with one value of `rule.column` must be `rule.maximum` at most; each of
    `rule.values` must be there, on `rule.minimum` percent of the rows at least.

    The outcome names the group that breaks this, except in a personal column.
    """
    largest, wanted = _groups(table, rule)
    broken = _broken(rule, largest, wanted)
    outcome = row_outcome(rule, table.rows, 0).model_copy(update={"observed": largest.share})
    if broken is not None:
        personal = any(column.name == rule.column and column.personal for column in contract.columns)
        who = f"one `{rule.column}`" if personal else f"`{rule.column}` {shown(broken.name, redact)}"
        text = f"{says(rule)} {who} should make up {broken.needed} percent of the rows"
        outcome = outcome.model_copy(update={"observed": broken.share, "passed": False, "text": text})
    return Finding(outcome, row_numbers())


def _groups(table: Table, rule: Rule) -> tuple[_Group, tuple[_Group, ...]]:
    """The largest group, and those that must be there."""
    names = list(dict.fromkeys(str(value) for value in rule.values))
    values = f"SELECT CAST({quoted(rule.column or '')} AS VARCHAR) AS name FROM upload"  # noqa: S608
    counted = f"SELECT name, count(*) AS count FROM ({values}) WHERE name IS NOT NULL GROUP BY name"  # noqa: S608
    with session(table.path.parent, table.path) as connection:
        connection.execute(f"CREATE VIEW upload AS FROM read_parquet({literal(str(table.path))})")
        top = connection.execute(f"{counted} ORDER BY count DESC, name LIMIT 1").fetchone()
        found = connection.execute(
            f"SELECT * FROM ({counted}) WHERE list_contains(?, name)",  # noqa: S608
            [names],
        ).fetchall()
    counts = dict(found)
    rows = max(1, table.rows)
    largest = _Group(top[0], 100 * top[1] / rows) if top else _Group("", 0.0)
    return largest, tuple(_Group(name, 100 * counts.get(name, 0) / rows) for name in names)


def _broken(rule: Rule, largest: _Group, wanted: tuple[_Group, ...]) -> _Group | None:
    """The group that is furthest from what it should be: too large before too small."""
    if rule.maximum is not None and largest.share > rule.maximum:
        return largest._replace(needed=f"at most {rule.maximum:g}")
    least = min(wanted, key=lambda group: group.share, default=None)
    if least is None or (least.share > 0 and least.share >= (rule.minimum or 0)):
        return None
    return least._replace(needed=f"at least {rule.minimum:g}" if rule.minimum else "more than 0")
