"""The Great Expectations checks under `quality` that have a check of the core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipelines.core.contract import Check, Rule
from pipelines.declarations.document import Field
from pipelines.declarations.fields import number
from pipelines.declarations.odcs_entry import COMMON, Entry
from pipelines.declarations.odcs_subject import refuse_unknown

CUSTOM = (*COMMON, "engine", "implementation")


class Expectation(NamedTuple):
    """The check that a Great Expectations type stands for, and its arguments besides `mostly`."""

    check: Check
    arguments: tuple[str, ...] = ()


EXPECTATIONS: Mapping[str, Expectation] = {
    "expect_column_values_to_not_be_null": Expectation("not_null"),
    "expect_column_values_to_be_unique": Expectation("unique"),
    "expect_column_value_lengths_to_be_between": Expectation("length_between", ("min_value", "max_value")),
    "expect_column_values_to_be_between": Expectation("value_between", ("min_value", "max_value")),
    "expect_column_values_to_match_regex": Expectation("matches", ("regex",)),
    "expect_column_values_to_not_match_regex": Expectation("not_matches", ("regex",)),
    "expect_column_values_to_be_in_set": Expectation("in_set", ("value_set",)),
    "expect_column_values_to_not_be_in_set": Expectation("not_in_set", ("value_set",)),
}
ROW_COUNT = "expect_table_row_count_to_be_between"


def expectation_rules(entry: Entry) -> tuple[Rule, ...]:
    """The rule of a `type: custom` entry; none after its problems were kept."""
    if entry.data.get("engine") != "greatExpectations":
        remedy = "Write `engine: greatExpectations`, or use a metric."
        entry.problem(("engine",), "is greatExpectations", entry.data.get("engine"), remedy)
        return ()
    written = entry.data.get("implementation")
    if (
        not isinstance(written, dict)
        or set(written) != {"type", "kwargs"}
        or not isinstance(written["kwargs"], dict)
    ):
        remedy = "Write `implementation: {type: expect_..., kwargs: {...}}`, not a block of text."
        entry.problem(("implementation",), "is a mapping of `type` and `kwargs`", written, remedy)
        return ()
    kind, table = written["type"], entry.subject.column is None
    known = (ROW_COUNT,) if table else tuple(EXPECTATIONS)
    if kind not in known:
        place = "the table" if table else "a column"
        remedy = f"Use one of: {', '.join(known)}."
        entry.problem(
            ("implementation", "type"), f"is an expectation that can be checked for {place}", kind, remedy
        )
        return ()
    field = (*entry.field, "implementation", "kwargs")
    if table:
        return _custom_row_count(entry, written["kwargs"], field)
    return _expected(entry, EXPECTATIONS[kind], written["kwargs"], field)


def _custom_row_count(entry: Entry, kwargs: Mapping[str, Any], field: Field) -> tuple[Rule, ...]:
    if not refuse_unknown(entry.subject.document, field, kwargs, ("min_value", "max_value")):
        return ()
    bounds = entry.subject.bounded(kwargs, "min_value", "max_value", field, counts=True)
    if bounds is None:
        return ()
    if bounds.get("maximum", 1) < 1:
        remedy = "An empty upload never passes: raise it."
        entry.problem(("implementation", "kwargs", "max_value"), "allows at least one row", 0, remedy)
        return ()
    return (entry.rule("row_count", "row_count", **bounds),)


def _expected(
    entry: Entry, expectation: Expectation, kwargs: Mapping[str, Any], field: Field
) -> tuple[Rule, ...]:
    subject, check = entry.subject, expectation.check
    known = (*expectation.arguments, "mostly")
    if not refuse_unknown(subject.document, field, kwargs, known) or not subject.fits(check, field):
        return ()
    mostly = kwargs.get("mostly", 1.0)
    if not number(mostly) or not 0 < mostly <= 1:
        remedy = "Write the share of rows that keep the rule, such as 0.99."
        subject.document.problem((*field, "mostly"), "is above 0 and at most 1", mostly, remedy)
        return ()
    more: dict[str, Any] | None = {}
    if "min_value" in known:
        counts = check == "length_between"
        more = subject.bounded(kwargs, "min_value", "max_value", field, counts=counts)
    elif "regex" in known:
        pattern = subject.pattern(kwargs.get("regex"), (*field, "regex"))
        more = None if pattern is None else {"pattern": pattern}
    elif "value_set" in known:
        values = subject.values(kwargs.get("value_set"), (*field, "value_set"))
        more = None if values is None else {"values": values}
    return () if more is None else (entry.rule(check, check, mostly=float(mostly), **more),)
