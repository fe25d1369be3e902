"""Rules in SQL: one query, one number, bounds that it must keep.

A query reads the upload as `{object}` and its own column as `{property}`, the standard's words for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelines.core.contract import Rule
from pipelines.declarations.document import Said
from pipelines.declarations.odcs_entry import COMMON, Entry
from pipelines.declarations.odcs_operator import OPERATORS, bounds, operator_of
from pipelines.declarations.odcs_rule import span

SQL = (*COMMON, "query", "unit", *OPERATORS)
TABLE = "{object}"
# The words of the standard before 3.1 mean the same.
_TABLE = re.compile(r"\$?\{(object|table)\}")
_COLUMN = re.compile(r"\$?\{(property|column)\}")
_UNKNOWN = re.compile(r"\$?\{\w*\}")
_READS = re.compile(r"\s*(--[^\n]*\n\s*)*(select|with|from)\b", re.IGNORECASE)


def sql_rules(entry: Entry) -> tuple[Rule, ...]:
    """The rule of a `type: sql` entry; none after its problems were kept."""
    operator = operator_of(entry)
    query = _query(entry)
    allowed = None if operator is None else bounds(entry, operator)
    if query is None or allowed is None:
        return ()
    return (entry.rule("sql", "sql", query=query, **allowed),)


def counted(entry: Entry, expression: str, name: str, meaning: str, bounds: Mapping[str, Any]) -> Rule:
    """A rule about one number over all rows, such as `count(DISTINCT "a")`; `meaning` is it in words."""
    query = f"SELECT {expression} FROM {TABLE}"  # noqa: S608
    rule = entry.rule("sql", name, query=query, **bounds)
    return (
        rule
        if entry.data.get("description")
        else rule.model_copy(update={"text": f"{meaning} must be {span(rule)}."})
    )


def quoted(column: str) -> str:
    """The name of a column, as SQL writes it."""
    return '"' + column.replace('"', '""') + '"'


def _query(entry: Entry) -> str | None:
    """The query with `{object}` for the upload, and its column by name."""
    written = str(entry.data.get("query") or "").strip().rstrip(";").rstrip()
    if not _READS.match(written):
        remedy = "Write one query that gives one number, such as 'SELECT count(*) FROM {object} WHERE ...'."
        entry.problem(("query",), "is one query that reads", entry.data.get("query"), remedy)
        return None
    if ";" in written:
        remedy = "Write a rule for each query."
        entry.problem(("query",), "is one query, without `;`", Said("several"), remedy)
        return None
    query = _TABLE.sub(TABLE, written)
    column = entry.subject.column
    if column is not None:
        query = _COLUMN.sub(lambda _: quoted(column), query)
    unknown = next((match for match in _UNKNOWN.findall(query.replace(TABLE, ""))), None)
    if unknown is not None:
        remedy = "Write `{object}` for the upload, `{property}` for the column that the rule stands under."
        entry.problem(("query",), "names only what can be filled in", Said(f"`{unknown}`"), remedy)
        return None
    if TABLE not in query:
        remedy = "Write `{object}` where the table of the upload is meant."
        entry.problem(("query",), "reads the upload", entry.data["query"], remedy)
        return None
    return query
