"""The operator of a rule under `quality`: the numbers that are right."""

from __future__ import annotations

import math
from typing import Any

from pipelines.declarations.document import Said
from pipelines.declarations.fields import number
from pipelines.declarations.odcs_entry import Entry

OPERATORS = (
    "mustBe",
    "mustBeBetween",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
)
NEGATED = ("mustNotBe", "mustNotBeBetween")
# "Less than p percent" is a strict bound; Rule.mostly is not.
STRICTLY = 1e-9


def operator_of(entry: Entry) -> str | None:
    """The one operator of an entry; None after a problem was kept, or where none is written."""
    for negated in NEGATED:
        if negated in entry.data:
            remedy = "Say which numbers are right, such as `mustBe: 0` or `mustBeBetween: [1, 9]`."
            entry.problem((negated,), "says what is right, not what is wrong", entry.data[negated], remedy)
            return None
    return next((name for name in OPERATORS if name in entry.data), None)


def bounds(entry: Entry, operator: str) -> dict[str, Any] | None:
    """The operator as `minimum` and `maximum`, both allowed; None after a problem was kept."""
    written = entry.data[operator]
    numbers = written if isinstance(written, list) else [written]
    if not all(number(value) for value in numbers) or numbers != sorted(numbers):
        remedy = "Write numbers, the smaller first, such as `mustBeBetween: [1, 9]`."
        entry.problem((operator,), "is a number, or two in order", written, remedy)
        return None
    least, most = float(numbers[0]), float(numbers[-1])
    match operator:
        case "mustBeGreaterThan":
            return {"minimum": math.nextafter(least, math.inf)}
        case "mustBeGreaterOrEqualTo":
            return {"minimum": least}
        case "mustBeLessThan":
            return {"maximum": math.nextafter(most, -math.inf)}
        case "mustBeLessOrEqualTo":
            return {"maximum": most}
    return {"minimum": least, "maximum": most}


def in_percent(entry: Entry) -> bool | None:
    """Whether the numbers are percents of the rows; None after a problem was kept."""
    unit = entry.data.get("unit", "rows")
    if unit not in ("rows", "percent"):
        entry.problem(("unit",), "is rows or percent", unit, "Write percent, or leave it out.")
        return None
    return bool(unit == "percent")


def mostly(entry: Entry, operator: str) -> float | None:
    """The share of rows, 0..1, that must keep the rule; None after a problem was kept."""
    percent = in_percent(entry)
    if percent is None:
        return None
    value = entry.data[operator]
    if number(value):
        if operator == "mustBe" and value == 0:
            return 1.0
        if percent and operator == "mustBeLessThan" and 0 < value <= 100:
            return float(min(1.0, 1 - value / 100 + STRICTLY))
        if percent and operator == "mustBeLessOrEqualTo" and 0 <= value < 100:
            return float(1 - value / 100)
    rule = "is `mustBe: 0`, or `mustBeLessThan` or `mustBeLessOrEqualTo` with `unit: percent`"
    remedy = "Write `mustBe: 0`, or an upper bound between 0 and 100 with `unit: percent`."
    said = Said(f"`{operator}: {value}` in {'percent' if percent else 'rows'}")
    entry.problem((operator,), rule, said, remedy)
    return None
