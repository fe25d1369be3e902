"""What a rule means to whoever checks it: which rules can be run at all, and what an outcome says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

from pipelines.core.contract import Column, Contract, Rule
from pipelines.core.errors import DataError, DeclarationError
from pipelines.core.report import RuleOutcome

_TEXT_CHECKS = frozenset({"length_between", "matches", "not_matches"})
_BOUNDED = frozenset({"length_between", "value_between", "row_count"})
_CHECKS = _TEXT_CHECKS | _BOUNDED | {"not_null", "unique", "in_set", "not_in_set"}
_KINDS: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float)}


def demand_enforceable(contract: Contract) -> None:
    """Raises DeclarationError, which names the rule, unless every rule of the contract can be run."""
    columns = {column.name: column for column in contract.columns}
    for rule in contract.rules:
        if rule.check not in _CHECKS:
            _refuse(rule, f"the check {rule.check!r}", "a known check")
        if not 0 < rule.mostly <= 1:
            _refuse(rule, f"mostly {rule.mostly}", "a share above 0 and up to 1")
        if rule.check == "row_count":
            _demand_table_rule(rule)
        else:
            _demand_column_rule(rule, columns)
        _demand_arguments(rule)
    ids = [rule.id for rule in contract.rules]
    for rule in contract.rules:
        if ids.count(rule.id) > 1:
            _refuse(rule, "the same id twice", "an id of its own")


def demand_typed(rows: Sequence[Mapping[str, object]], contract: Contract) -> None:
    """Raises DataError when a row lacks a column or holds a value of another type than the column's."""
    for column in contract.columns:
        kinds = _KINDS[column.type]
        for number, row in enumerate(rows, 1):
            value = row.get(column.name, _ABSENT)
            if value is not None and (not isinstance(value, kinds) or isinstance(value, bool)):
                raise DataError(
                    f"contract {contract.source}",
                    f"every value of {column.name} is a {column.type} or missing",
                    f"{'no value' if value is _ABSENT else type(value).__name__} in row {number}",
                    "Read the files again.",
                )


def row_outcome(rule: Rule, checked: int, violations: int) -> RuleOutcome:
    """The outcome of a rule about rows: `mostly` is a share of all rows that were checked."""
    # The rows that keep the rule are compared, so that 99 of 100 is enough for 0.99 in floating point too.
    return _outcome(rule, checked, violations, checked - violations >= rule.mostly * checked - 1e-9)


def table_outcome(rule: Rule, rows: int) -> RuleOutcome:
    """The outcome of a rule about the number of rows."""
    return _outcome(rule, rows, 0, within(rule, rows))


def within(rule: Rule, value: float) -> bool:
    """Whether a number lies within the rule's bounds, which both belong to it."""
    return (rule.minimum is None or value >= rule.minimum) and (rule.maximum is None or value <= rule.maximum)


def says(rule: Rule) -> str:
    """The rule in words."""
    return rule.text or f"{rule.column or 'the upload'} must keep the rule {rule.id}"


_ABSENT = object()


def _outcome(rule: Rule, checked: int, violations: int, passed: bool) -> RuleOutcome:
    return RuleOutcome(
        rule=rule.id,
        text=says(rule),
        severity=rule.severity,
        column=rule.column,
        checked=checked,
        violations=violations,
        passed=passed,
    )


def _demand_table_rule(rule: Rule) -> None:
    if rule.column is not None:
        _refuse(rule, f"the column {rule.column}", "no column, for it counts rows")
    if rule.mostly != 1:
        _refuse(rule, f"mostly {rule.mostly}", "no share, for it counts rows")


def _demand_column_rule(rule: Rule, columns: Mapping[str, Column]) -> None:
    column = columns.get(rule.column or "")
    if column is None:
        _refuse(rule, f"the column {rule.column}", "a column of the contract")
    if rule.check in _TEXT_CHECKS and column.type != "string":
        _refuse(rule, f"the {column.type} column {column.name}", "a column of texts")
    if rule.check == "value_between" and column.type == "string":
        _refuse(rule, f"the string column {column.name}", "a column of numbers")


def _demand_arguments(rule: Rule) -> None:
    if rule.check in _BOUNDED and rule.minimum is None and rule.maximum is None:
        _refuse(rule, "no bound", "a minimum or a maximum")
    if rule.check in ("in_set", "not_in_set") and not rule.values:
        _refuse(rule, "no values", "at least one value")
    if rule.check in ("matches", "not_matches"):
        if rule.pattern is None:
            _refuse(rule, "no pattern", "a regular expression")
        try:
            re.compile(rule.pattern)
        except re.error as error:
            _refuse(rule, f"a pattern that is no regular expression ({error})", "a regular expression")


def _refuse(rule: Rule, found: str, needed: str) -> NoReturn:
    raise DeclarationError(
        f"rule {rule.id}", f"a rule of kind {rule.check} needs {needed}", found, "Correct the contract."
    )
