"""The Great Expectations checks under `quality` that mean exactly what a check of the core means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipelines.core.contract import Check, Rule
from pipelines.declarations.document import Field
from pipelines.declarations.fields import number
from pipelines.declarations.odcs_entry import Entry
from pipelines.declarations.odcs_sql import counted, quoted
from pipelines.declarations.odcs_subject import refuse_unknown

BETWEEN = ("min_value", "max_value")


class Expectation(NamedTuple):
    """The check that a Great Expectations type stands for, and its arguments besides `mostly`."""

    check: Check
    arguments: tuple[str, ...] = ()


class Aggregate(NamedTuple):
    """The one number of a column that a Great Expectations type judges, in SQL and in words."""

    template: str
    words: str


EXPECTATIONS: Mapping[str, Expectation] = {
    "expect_column_values_to_not_be_null": Expectation("not_null"),
    "expect_column_values_to_be_unique": Expectation("unique"),
    "expect_column_value_lengths_to_be_between": Expectation("length_between", BETWEEN),
    "expect_column_value_lengths_to_equal": Expectation("length_between", ("value",)),
    "expect_column_values_to_be_between": Expectation("value_between", BETWEEN),
    "expect_column_values_to_match_regex": Expectation("matches", ("regex",)),
    "expect_column_values_to_not_match_regex": Expectation("not_matches", ("regex",)),
    "expect_column_values_to_be_in_set": Expectation("in_set", ("value_set",)),
    "expect_column_values_to_not_be_in_set": Expectation("not_in_set", ("value_set",)),
}
AGGREGATES: Mapping[str, Aggregate] = {
    "expect_column_min_to_be_between": Aggregate("min({column})", "The smallest"),
    "expect_column_max_to_be_between": Aggregate("max({column})", "The largest"),
    "expect_column_mean_to_be_between": Aggregate("avg({column})", "The mean"),
    "expect_column_median_to_be_between": Aggregate("median({column})", "The median"),
    "expect_column_sum_to_be_between": Aggregate("sum({column})", "The sum"),
    "expect_column_unique_value_count_to_be_between": Aggregate(
        "count(DISTINCT {column})", "The number of different values"
    ),
    "expect_column_proportion_of_unique_values_to_be_between": Aggregate(
        "count(DISTINCT {column}) / count({column})", "The share, from 0 to 1, of different values"
    ),
}
ROW_COUNTS = ("expect_table_row_count_to_be_between", "expect_table_row_count_to_equal")


def expectation_rules(entry: Entry, written: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rule of an entry; none after its problems were kept."""
    if set(written) != {"type", "kwargs"} or not isinstance(written["kwargs"], dict):
        remedy = "Write `implementation: {type: expect_..., kwargs: {...}}`."
        entry.problem(("implementation",), "is a mapping of `type` and `kwargs`", written, remedy)
        return ()
    kind, table = written["type"], entry.subject.column is None
    known = ROW_COUNTS if table else (*EXPECTATIONS, *AGGREGATES)
    if kind not in known:
        place = "the table" if table else "a column"
        rule = f"is an expectation that can be checked for {place}"
        entry.problem(("implementation", "type"), rule, kind, f"Use one of: {', '.join(known)}.")
        return ()
    field = (*entry.field, "implementation", "kwargs")
    if table:
        return _row_count(entry, kind, written["kwargs"], field)
    if kind in AGGREGATES:
        return _aggregate(entry, kind, written["kwargs"], field)
    return _expected(entry, EXPECTATIONS[kind], written["kwargs"], field)


def _row_count(entry: Entry, kind: str, kwargs: Mapping[str, Any], field: Field) -> tuple[Rule, ...]:
    names = ("value",) if kind.endswith("equal") else BETWEEN
    if not refuse_unknown(entry.subject.document, field, kwargs, names):
        return ()
    bounds = entry.subject.bounded(kwargs, names[0], names[-1], field, counts=True)
    if bounds is None:
        return ()
    if bounds.get("maximum", 1) < 1:
        remedy = "An empty upload never passes: raise it."
        entry.problem(("implementation", "kwargs", names[-1]), "allows at least one row", 0, remedy)
        return ()
    return (entry.rule("row_count", "row_count", **bounds),)


def _aggregate(entry: Entry, kind: str, kwargs: Mapping[str, Any], field: Field) -> tuple[Rule, ...]:
    """One number of a column, such as its mean. Great Expectations leaves missing values out, as SQL does."""
    subject, aggregate = entry.subject, AGGREGATES[kind]
    known = (*BETWEEN, "strict_min", "strict_max")
    if not refuse_unknown(subject.document, field, kwargs, known):
        return ()
    if not aggregate.template.startswith("count") and not subject.fits("value_between", field):
        return ()
    bounds = subject.bounded(kwargs, *BETWEEN, field)
    if bounds is None or not _strictness_is_told(entry, kwargs, field):
        return ()
    if kwargs.get("strict_min") and "minimum" in bounds:
        bounds["minimum"] = math.nextafter(bounds["minimum"], math.inf)
    if kwargs.get("strict_max") and "maximum" in bounds:
        bounds["maximum"] = math.nextafter(bounds["maximum"], -math.inf)
    name = kind.removeprefix("expect_column_").removesuffix("_to_be_between")
    expression = aggregate.template.format(column=quoted(str(subject.column)))
    return (counted(entry, expression, name, f"{aggregate.words} of `{subject.column}`", bounds),)


def _strictness_is_told(entry: Entry, kwargs: Mapping[str, Any], field: Field) -> bool:
    wrong = [name for name in ("strict_min", "strict_max") if not isinstance(kwargs.get(name, False), bool)]
    for name in wrong:
        document = entry.subject.document
        document.problem((*field, name), "is true or false", kwargs[name], "Write true or false.")
    return not wrong


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
    if expectation.arguments in (BETWEEN, ("value",)):
        names = expectation.arguments
        more = subject.bounded(kwargs, names[0], names[-1], field, counts=check == "length_between")
    elif "regex" in known:
        pattern = subject.pattern(kwargs.get("regex"), (*field, "regex"))
        more = None if pattern is None else {"pattern": pattern}
    elif "value_set" in known:
        values = subject.values(kwargs.get("value_set"), (*field, "value_set"))
        more = None if values is None else {"values": values}
    return () if more is None else (entry.rule(check, check, mostly=float(mostly), **more),)
