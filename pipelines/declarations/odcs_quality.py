"""The entries under `quality`: the standard's metrics, and custom expectations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.core.contract import Rule
from pipelines.declarations.document import Field, Said
from pipelines.declarations.fields import number, whole
from pipelines.declarations.odcs_entry import COMMON, SEVERITIES, Entry
from pipelines.declarations.odcs_expectation import CUSTOM, expectation_rules
from pipelines.declarations.odcs_subject import Subject, refuse_unknown

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "nullValues": (),
    "missingValues": ("missingValues",),
    "invalidValues": ("validValues", "pattern"),
    "duplicateValues": (),
    "rowCount": (),
}
OPERATORS = (
    "mustBe",
    "mustBeBetween",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
)
LIBRARY = (*COMMON, "metric", "arguments", "unit", *OPERATORS)
# "Less than p percent" is a strict bound; Rule.mostly is not.
STRICTLY = 1e-9


def quality_rules(subject: Subject, field: Field, data: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of one entry; none after its problems were kept."""
    entry = Entry(subject, field, data)
    document = subject.document
    kind = data.get("type", "library")
    if kind not in ("library", "custom"):
        remedy = "Use a metric, or a custom Great Expectations check."
        entry.problem(("type",), "is something that can be checked: library or custom", kind, remedy)
        return ()
    if data.get("severity") not in SEVERITIES:
        remedy = "Write one of these, or leave it out for error."
        entry.problem(("severity",), "is error, warning or info", data["severity"], remedy)
        return ()
    if not refuse_unknown(document, field, data, CUSTOM if kind == "custom" else LIBRARY):
        return ()
    return expectation_rules(entry) if kind == "custom" else _metric(entry)


def _metric(entry: Entry) -> tuple[Rule, ...]:
    metric = str(entry.data.get("metric"))
    arguments = entry.data.get("arguments", {})
    if metric not in ARGUMENTS:
        entry.problem(
            ("metric",), f"is one of {', '.join(ARGUMENTS)}", entry.data.get("metric"), "Write one of these."
        )
        return ()
    table = entry.subject.column is None
    if table != (metric == "rowCount"):
        rule = "counts rows, under the table" if table else "is about a column"
        remedy = (
            "Move the rule below its column." if table else "Move `rowCount` to the `quality` of the table."
        )
        entry.problem(("metric",), rule, metric, remedy)
        return ()
    if not refuse_unknown(entry.subject.document, (*entry.field, "arguments"), arguments, ARGUMENTS[metric]):
        return ()
    if table:
        return _row_count(entry)
    mostly = _mostly(entry)
    if mostly is None:
        return ()
    match metric:
        case "nullValues":
            return (entry.rule("not_null", metric, mostly=mostly),)
        case "missingValues":
            return _missing_values(entry, arguments, mostly)
        case "invalidValues":
            return _invalid_values(entry, arguments, mostly)
    return _duplicate_values(entry)


def _duplicate_values(entry: Entry) -> tuple[Rule, ...]:
    if entry.data.get("mustBe") != 0:
        entry.problem((), "is `mustBe: 0`", Said("a share of duplicates"), "Write `mustBe: 0`.")
        return ()
    return (entry.rule("unique", "duplicateValues"),)


def _missing_values(entry: Entry, arguments: Mapping[str, Any], mostly: float) -> tuple[Rule, ...]:
    field = ("arguments", "missingValues")
    listed = arguments.get("missingValues")
    texts = [value for value in listed if value is not None] if isinstance(listed, list) else listed
    rules: list[Rule] = []
    if texts or not listed:
        values = _placeholders(entry, listed)
        if values is None:
            return ()
        rules.append(entry.rule("not_in_set", "missingValues", values=values, mostly=mostly))
    if isinstance(listed, list) and None in listed and not (rules and entry.subject.required):
        null = entry.rule("not_null", "missingValues", ".null", mostly=mostly)
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


def _invalid_values(entry: Entry, arguments: Mapping[str, Any], mostly: float) -> tuple[Rule, ...]:
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
        return (entry.rule("matches", "invalidValues", pattern=pattern, mostly=mostly),)
    values = entry.subject.values(arguments["validValues"], (*field, "validValues"))
    return () if values is None else (entry.rule("in_set", "invalidValues", values=values, mostly=mostly),)


def _operator(entry: Entry) -> str:
    return next(name for name in OPERATORS if name in entry.data)


def _mostly(entry: Entry) -> float | None:
    """The share of rows that must keep the rule."""
    operator = _operator(entry)
    value, unit = entry.data.get(operator), entry.data.get("unit", "rows")
    if unit not in ("rows", "percent"):
        entry.problem(("unit",), "is rows or percent", unit, "Write percent, or leave it out.")
        return None
    if number(value):
        if operator == "mustBe" and value == 0:
            return 1.0
        if unit == "percent" and operator == "mustBeLessThan" and 0 < value <= 100:
            return float(min(1.0, 1 - value / 100 + STRICTLY))
        if unit == "percent" and operator == "mustBeLessOrEqualTo" and 0 <= value < 100:
            return float(1 - value / 100)
    rule = "is `mustBe: 0`, or `mustBeLessThan` or `mustBeLessOrEqualTo` with `unit: percent`"
    remedy = "Write `mustBe: 0`, or an upper bound between 0 and 100 with `unit: percent`."
    entry.problem((operator,), rule, Said(f"`{operator}: {value}` in {unit}"), remedy)
    return None


def _row_count(entry: Entry) -> tuple[Rule, ...]:
    operator = _operator(entry)
    written = entry.data.get(operator)
    numbers = written if isinstance(written, list) else [written]
    remedy = "Write whole numbers, the smaller first, such as `mustBeBetween: [100, 100000]`."
    if not all(whole(value) and 0 <= value < 2**53 for value in numbers) or numbers != sorted(numbers):
        entry.problem((operator,), "is a number of rows", written, remedy)
        return ()
    if entry.data.get("unit", "rows") != "rows":
        entry.problem(("unit",), "is rows", entry.data["unit"], "Remove it.")
        return ()
    bounds: dict[str, Any] = {
        "mustBe": {"minimum": numbers[0], "maximum": numbers[-1]},
        "mustBeBetween": {"minimum": numbers[0], "maximum": numbers[-1]},
        "mustBeGreaterThan": {"minimum": numbers[0] + 1},
        "mustBeGreaterOrEqualTo": {"minimum": numbers[0]},
        "mustBeLessThan": {"maximum": numbers[0] - 1},
        "mustBeLessOrEqualTo": {"maximum": numbers[0]},
    }[operator]
    if bounds.get("maximum", 1) < 1:
        entry.problem(
            (operator,), "allows at least one row", written, "An empty upload never passes: raise it."
        )
        return ()
    return (entry.rule("row_count", "rowCount", **bounds),)
