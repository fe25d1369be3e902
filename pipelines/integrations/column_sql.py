"""Rules about one column as SQL predicates, with the exact comparisons of Python's own numbers."""

from __future__ import annotations

import math
from typing import NamedTuple

from pipelines.core.contract import ColumnType, Rule
from pipelines.integrations.duckdb_session import quoted

# Far beyond a 64-bit integer, and still a number that DuckDB holds exactly.
_BEYOND = 2**100


class Predicate(NamedTuple):
    """True for a value that breaks the rule, false or NULL otherwise. `parameters` fill the `?` in `sql`."""

    sql: str
    parameters: tuple[object, ...] = ()


def broken(rule: Rule, kind: ColumnType) -> Predicate:
    """The predicate of a column rule over the view `rows`."""
    column = quoted(rule.column or "")
    match rule.check:
        case "not_null":
            return Predicate(f"{column} IS NULL")
        case "unique":
            repeated = f"SELECT {column} FROM rows GROUP BY {column} HAVING count(*) > 1"  # noqa: S608
            return Predicate(f"{column} IN ({repeated})")
        case "length_between":
            return _outside(rule, f"length({column})", whole=True)
        case "value_between":
            return _outside(rule, column, whole=kind == "integer")
        case "matches":
            return Predicate(f"NOT regexp_matches({column}, ?)", (rule.pattern,))
        case "not_matches":
            return Predicate(f"regexp_matches({column}, ?)", (rule.pattern,))
        case "in_set":
            return _one_of(rule, kind, "NOT ({} IN ({}))", f"{column} IS NOT NULL")
        case "not_in_set":
            return _one_of(rule, kind, "{} IN ({})", "false")
    raise AssertionError(rule.check)


def _one_of(rule: Rule, kind: ColumnType, sql: str, without: str) -> Predicate:
    """`without` is the predicate where none of the values can stand in the column."""
    listed = tuple(value for value in (_typed(value, kind) for value in rule.values) if value is not None)
    if not listed:
        return Predicate(without)
    return Predicate(sql.format(quoted(rule.column or ""), ", ".join("?" * len(listed))), listed)


def _outside(rule: Rule, value: str, *, whole: bool) -> Predicate:
    """A whole number is compared with whole bounds: as a float, 2^53 + 1 would equal 2^53."""
    sql, parameters = [], list[object]()
    if rule.minimum is not None:
        sql.append(f"{value} < ?")
        parameters.append(math.ceil(_bounded(rule.minimum)) if whole else rule.minimum)
    if rule.maximum is not None:
        sql.append(f"{value} > ?")
        parameters.append(math.floor(_bounded(rule.maximum)) if whole else rule.maximum)
    return Predicate(f"({' OR '.join(sql)})", tuple(parameters))


def _bounded(bound: float) -> float:
    return max(-_BEYOND, min(bound, _BEYOND))


def _typed(value: str | float, kind: ColumnType) -> str | float | None:
    """The value as a column of this type holds it, or None: "7" is no number, and 7.5 no whole one."""
    if isinstance(value, str) or kind == "string":
        return value if isinstance(value, str) and kind == "string" else None
    if not math.isfinite(value) or (kind == "integer" and abs(value) > _BEYOND):
        return None
    typed = int(value) if kind == "integer" else float(value)
    return typed if typed == value else None
