"""What a rule means to whoever checks it: which rules can be run at all, and what an outcome says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NoReturn, get_args

from pipelines.core.contract import Column, ColumnCheck, Contract, Rule
from pipelines.core.errors import DataError, DeclarationError
from pipelines.core.report import RuleOutcome

_OF_TEXTS = frozenset({"length_between", "matches", "not_matches"})
NUMBER_CHECKS = frozenset({"row_count", "sql", "duplicate_share"})
"""The checks of the whole upload that are answered from its columns alone, as one number."""
_BOUNDED = NUMBER_CHECKS | {"length_between", "value_between"}
SCANNED_CHECKS = NUMBER_CHECKS | frozenset(get_args(ColumnCheck))
"""Every check that is answered from the columns alone."""


def demand_enforceable(contract: Contract) -> None:
    """Raises DeclarationError, which names the rule, unless every rule about columns, or about the upload
    as a whole, can be run.
    """
    columns = {column.name: column for column in contract.columns}
    for rule in contract.rules:
        if rule.check not in SCANNED_CHECKS:
            refuse(rule, f"the check {rule.check!r}", "a known check")
        if not 0 < rule.mostly <= 1:
            refuse(rule, f"mostly {rule.mostly}", "a share above 0 and up to 1")
        if rule.check in NUMBER_CHECKS and rule.mostly != 1:
            refuse(rule, f"mostly {rule.mostly}", "no share, for it is one number")
        if rule.check == "row_count" and rule.column is not None:
            refuse(rule, f"the column {rule.column}", "no column, for it counts rows")
        if rule.check not in ("row_count", "sql"):
            _demand_column(rule, columns)
        _demand_arguments(rule)
    ids = [rule.id for rule in contract.rules]
    for rule in contract.rules:
        if ids.count(rule.id) > 1:
            refuse(rule, "the same id twice", "an id of its own")


def demand_typed(types: Mapping[str, str], contract: Contract) -> None:
    """Raises DataError when a table lacks a column or has it in another type. `types` are those of the
    table: string, number, integer, or a library's word for anything else.
    """
    for column in contract.columns:
        found = types.get(column.name, "no such column")
        if found != column.type:
            raise DataError(
                f"the rows of {contract.source}",
                f"{column.name} is a column of type {column.type}",
                found,
                "Read the files again.",
            )


def row_outcome(rule: Rule, checked: int, violations: int) -> RuleOutcome:
    """The outcome of a rule about rows: `mostly` is a share of all rows that were checked."""
    # The rows that keep the rule are compared, so that 99 of 100 is enough for 0.99 in floating point too.
    return _outcome(rule, checked, violations, checked - violations >= rule.mostly * checked - 1e-9)


def upload_outcome(rule: Rule, rows: int, observed: float | None) -> RuleOutcome:
    """The outcome of a rule about one number; no number keeps no bound."""
    kept = observed is not None and within(rule, observed)
    return _outcome(rule, rows, 0, kept).model_copy(update={"observed": observed})


def within(rule: Rule, value: float) -> bool:
    """Whether a number lies within the rule's bounds, which both belong to it."""
    return (rule.minimum is None or value >= rule.minimum) and (rule.maximum is None or value <= rule.maximum)


def says(rule: Rule) -> str:
    """The rule in words."""
    return rule.text or f"{rule.column or 'the upload'} must keep the rule {rule.id}"


def refuse(rule: Rule, found: str, needed: str) -> NoReturn:
    """Raises DeclarationError: this rule cannot be run."""
    raise DeclarationError(
        f"rule {rule.id}", f"a rule of kind {rule.check} needs {needed}", found, "Correct the contract."
    )


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


def _demand_column(rule: Rule, columns: Mapping[str, Column]) -> None:
    column = columns.get(rule.column or "")
    if column is None:
        refuse(rule, f"the column {rule.column}", "a column of the contract")
    if rule.check in _OF_TEXTS and column.type != "string":
        refuse(rule, f"the {column.type} column {column.name}", "a column of texts")
    if rule.check == "value_between" and column.type == "string":
        refuse(rule, f"the string column {column.name}", "a column of numbers")


def _demand_arguments(rule: Rule) -> None:
    bounds = [bound for bound in (rule.minimum, rule.maximum) if bound is not None]
    if rule.check in _BOUNDED and (not bounds or any(math.isnan(bound) for bound in bounds)):
        refuse(rule, "no bound", "a minimum or a maximum")
    if rule.check in ("in_set", "not_in_set") and not rule.values:
        refuse(rule, "no values", "at least one value")
    if rule.check in ("matches", "not_matches") and rule.pattern is None:
        refuse(rule, "no pattern", "a regular expression")
    if rule.check == "sql" and not rule.query:
        refuse(rule, "no query", "a query")
