"""The standard's library metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.core.contract import Rule
from pipelines.declarations.document import Said
from pipelines.declarations.fields import whole
from pipelines.declarations.odcs_entry import COMMON, Entry
from pipelines.declarations.odcs_operator import OPERATORS, bounds, in_percent, mostly, operator_of
from pipelines.declarations.odcs_sql import counted, quoted
from pipelines.declarations.odcs_subject import refuse_unknown

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "nullValues": (),
    "missingValues": ("missingValues",),
    "invalidValues": ("validValues", "pattern"),
    "duplicateValues": (),
    "rowCount": (),
}
TABLE_ARGUMENTS: Mapping[str, tuple[str, ...]] = {"rowCount": (), "duplicateValues": ("properties",)}
LIBRARY = (*COMMON, "metric", "arguments", "unit", *OPERATORS)


def metric_rules(entry: Entry) -> tuple[Rule, ...]:
    """The rules of a metric; none after its problems were kept."""
    metric = str(entry.data.get("metric"))
    arguments = entry.data.get("arguments", {})
    if metric not in ARGUMENTS:
        rule = f"is one of {', '.join(ARGUMENTS)}"
        entry.problem(("metric",), rule, entry.data.get("metric"), "Write one of these.")
        return ()
    table = entry.subject.column is None
    if not _stands_right(entry, metric, table):
        return ()
    known = (TABLE_ARGUMENTS if table else ARGUMENTS)[metric]
    if not refuse_unknown(entry.subject.document, (*entry.field, "arguments"), arguments, known):
        return ()
    operator = operator_of(entry)
    if operator is None:
        return ()
    if metric == "rowCount":
        return _row_count(entry, operator)
    if metric == "duplicateValues":
        together = _duplicates_together if table else _duplicate_values
        return together(entry, operator)
    return _row_metric(entry, metric, arguments, operator)


def _stands_right(entry: Entry, metric: str, table: bool) -> bool:
    """Whether the metric is written at what it is about."""
    if (metric in TABLE_ARGUMENTS) if table else metric != "rowCount":
        return True
    rule = "counts rows, under the table" if table else "is about a column"
    remedy = "Move the rule below its column." if table else "Move `rowCount` to the `quality` of the table."
    entry.problem(("metric",), rule, metric, remedy)
    return False


def _row_metric(entry: Entry, metric: str, arguments: Mapping[str, Any], operator: str) -> tuple[Rule, ...]:
    share = mostly(entry, operator)
    if share is None:
        return ()
    if metric == "nullValues":
        return (entry.rule("not_null", metric, mostly=share),)
    if metric == "missingValues":
        return _missing_values(entry, arguments, share)
    return _invalid_values(entry, arguments, share)


def _duplicate_values(entry: Entry, operator: str) -> tuple[Rule, ...]:
    """No duplicates are named row by row; a share of them is one number of the upload."""
    if entry.data[operator] == 0 and operator in ("mustBe", "mustBeLessOrEqualTo"):
        return () if in_percent(entry) is None else (entry.rule("unique", "duplicateValues"),)
    span = _upper_percent(entry, operator)
    return () if span is None else (entry.rule("duplicate_share", "duplicateValues", **span),)


def _upper_percent(entry: Entry, operator: str) -> dict[str, Any] | None:
    percent = in_percent(entry)
    if percent is None:
        return None
    span = bounds(entry, operator)
    if span is None:
        return None
    if not percent or "minimum" in span or not 0 <= span["maximum"] <= 100:
        found = Said(f"`{operator}: {entry.data[operator]}` in {'percent' if percent else 'rows'}")
        remedy = "Write `mustBe: 0`, or `mustBeLessThan: 2` with `unit: percent`."
        entry.problem((operator,), "is 0, or an upper bound with `unit: percent`", found, remedy)
        return None
    return span


def _duplicates_together(entry: Entry, operator: str) -> tuple[Rule, ...]:
    """Duplicates of several columns together."""
    names = entry.data.get("arguments", {}).get("properties")
    known = entry.subject.columns
    if not isinstance(names, list) or not names or not all(name in known for name in names):
        remedy = f"List columns of the table: {', '.join(known)}."
        entry.problem(("arguments", "properties"), "lists columns of the table", names, remedy)
        return ()
    percent = in_percent(entry)
    allowed = None if percent is None else bounds(entry, operator)
    if allowed is None:
        return ()
    copies = f"count(*) - count(DISTINCT ({', '.join(map(quoted, names))}))"
    expression = f"100.0 * ({copies}) / greatest(count(*), 1)" if percent else copies
    listed = " and ".join(f"`{name}`" for name in names)
    meaning = f"The {'percentage' if percent else 'number'} of rows that repeat another's {listed} together"
    return (counted(entry, expression, "duplicateValues", meaning, allowed),)


def _missing_values(entry: Entry, arguments: Mapping[str, Any], share: float) -> tuple[Rule, ...]:
    field = ("arguments", "missingValues")
    listed = arguments.get("missingValues")
    texts = [value for value in listed if value is not None] if isinstance(listed, list) else listed
    rules: list[Rule] = []
    if texts or not listed:
        values = _placeholders(entry, listed)
        if values is None:
            return ()
        rules.append(entry.rule("not_in_set", "missingValues", values=values, mostly=share))
    if isinstance(listed, list) and None in listed and not (rules and entry.subject.required):
        null = entry.rule("not_null", "missingValues", ".null", mostly=share)
        rules.append(null)
    if not rules:
        entry.problem(field, "lists at least one placeholder", listed, "Write a list, such as [N/A, TODO].")
    return tuple(rules)


def _placeholders(entry: Entry, listed: object) -> tuple[str | float | int, ...] | None:
    """The placeholders besides null, each judged at its own place in the list."""
    field = (*entry.field, "arguments", "missingValues")
    if not isinstance(listed, list):
        return entry.subject.values(listed, field)
    # A null keeps its place while the others are judged, so that a problem names the right line.
    stand_in = next((value for value in listed if value is not None), None)
    values = entry.subject.values([stand_in if value is None else value for value in listed], field)
    return None if values is None else tuple(dict.fromkeys(value for value in listed if value is not None))


def _invalid_values(entry: Entry, arguments: Mapping[str, Any], share: float) -> tuple[Rule, ...]:
    field = (*entry.field, "arguments")
    if len(arguments) != 1:
        remedy = "Write one of the two; a second one is a rule of its own."
        entry.problem(("arguments",), "has either `validValues` or `pattern`", arguments, remedy)
        return ()
    if "pattern" in arguments:
        field = (*field, "pattern")
        pattern = entry.subject.pattern(arguments["pattern"], field)
        if pattern is None or not entry.subject.fits("matches", field):
            return ()
        return (entry.rule("matches", "invalidValues", pattern=pattern, mostly=share),)
    values = entry.subject.values(arguments["validValues"], (*field, "validValues"))
    return () if values is None else (entry.rule("in_set", "invalidValues", values=values, mostly=share),)


def _row_count(entry: Entry, operator: str) -> tuple[Rule, ...]:
    written = entry.data[operator]
    numbers = written if isinstance(written, list) else [written]
    remedy = "Write whole numbers, the smaller first, such as `mustBeBetween: [100, 100000]`."
    if not all(whole(value) and 0 <= value < 2**53 for value in numbers) or numbers != sorted(numbers):
        entry.problem((operator,), "is a number of rows", written, remedy)
        return ()
    if entry.data.get("unit", "rows") != "rows":
        entry.problem(("unit",), "is rows", entry.data["unit"], "Remove it.")
        return ()
    span: dict[str, Any] = {
        "mustBe": {"minimum": numbers[0], "maximum": numbers[-1]},
        "mustBeBetween": {"minimum": numbers[0], "maximum": numbers[-1]},
        "mustBeGreaterThan": {"minimum": numbers[0] + 1},
        "mustBeGreaterOrEqualTo": {"minimum": numbers[0]},
        "mustBeLessThan": {"maximum": numbers[0] - 1},
        "mustBeLessOrEqualTo": {"maximum": numbers[0]},
    }[operator]
    if span.get("maximum", 1) < 1:
        remedy = "An empty upload never passes: raise it."
        entry.problem((operator,), "allows at least one row", written, remedy)
        return ()
    return (entry.rule("row_count", "rowCount", **span),)
