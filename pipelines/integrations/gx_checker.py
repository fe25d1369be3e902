"""A checker that runs a contract's rules as one Great Expectations checkpoint."""

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import demand_enforceable, demand_typed, row_outcome, table_outcome
from pipelines.core.errors import DeclarationError
from pipelines.core.report import RuleOutcome

# Read when the library is imported, therefore before it.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations.expectation import Expectation

_TYPES = {
    "not_null": "expect_column_values_to_not_be_null",
    "unique": "expect_column_values_to_be_unique",
    "length_between": "expect_column_value_lengths_to_be_between",
    "value_between": "expect_column_values_to_be_between",
    "matches": "expect_column_values_to_match_regex",
    "not_matches": "expect_column_values_to_not_match_regex",
    "in_set": "expect_column_values_to_be_in_set",
    "not_in_set": "expect_column_values_to_not_be_in_set",
    "row_count": "expect_table_row_count_to_be_between",
}


class GxChecker:
    """Implements ports.Checker. A missing value breaks only `not_null`."""

    def check(
        self, rows: Sequence[Mapping[str, object]], contract: Contract
    ) -> tuple[tuple[RuleOutcome, tuple[int, ...]], ...]:
        """One (outcome, indices of the violating rows) a rule.

        Raises DeclarationError for a rule that cannot run or whose result is not complete, DataError for a
        value of another type.
        """
        demand_enforceable(contract)
        demand_typed(rows, contract)
        if not contract.rules:
            return ()
        results = _run(_frame(rows, contract), contract)
        return tuple(_finding(rule, results.get(rule.id), len(rows)) for rule in contract.rules)


def _frame(rows: Sequence[Mapping[str, object]], contract: Contract) -> pd.DataFrame:
    """Columns of Python objects: patterns then run in Python's own engine, and 7 stays apart from 7.0."""
    names = [column.name for column in contract.columns]
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=object) for name in names},
        index=pd.RangeIndex(len(rows)),
    )


def _run(frame: pd.DataFrame, contract: Contract) -> dict[str, "ExpectationValidationResult"]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("upload").add_dataframe_asset("rows")
        suite = gx.ExpectationSuite(
            name="contract", expectations=[_expectation(rule) for rule in contract.rules]
        )
        validation = gx.ValidationDefinition(
            name="validation",
            data=asset.add_batch_definition_whole_dataframe("all"),
            suite=context.suites.add(suite),
        )
        checkpoint = gx.Checkpoint(
            name="upload",
            validation_definitions=[context.validation_definitions.add(validation)],
            result_format={"result_format": "COMPLETE"},
        )
        answer = context.checkpoints.add(checkpoint).run(batch_parameters={"dataframe": frame})
    results = [result for run in answer.run_results.values() for result in run.results]
    return {_rule_of(result): result for result in results}


def _rule_of(result: "ExpectationValidationResult") -> str:
    configuration = result.expectation_config
    return "" if configuration is None else str((configuration.meta or {}).get("rule"))


def _expectation(rule: Rule) -> "Expectation":
    """The rule in the library's words; its share (`mostly`) is applied to the counts afterwards."""
    arguments: dict[str, object] = {}
    if rule.column is not None:
        arguments["column"] = rule.column
    if rule.check in ("row_count", "length_between", "value_between"):
        arguments |= {"min_value": rule.minimum, "max_value": rule.maximum}
    elif rule.check in ("matches", "not_matches"):
        arguments["regex"] = rule.pattern
    elif rule.check in ("in_set", "not_in_set"):
        arguments["value_set"] = list(rule.values)
    configuration = ExpectationConfiguration(_TYPES[rule.check], arguments, {"rule": rule.id})
    return configuration.to_domain_obj()


def _finding(
    rule: Rule, result: "ExpectationValidationResult | None", rows: int
) -> tuple[RuleOutcome, tuple[int, ...]]:
    """What the library says of one rule, believed only when it is complete."""
    if result is None:
        raise _unanswered(rule, "no result")
    if (raised := next(_raised(result.exception_info), None)) is not None:
        raise _unanswered(rule, raised)
    numbers = result.result or {}
    if rule.column is None:
        if numbers.get("observed_value") != rows:
            raise _unanswered(rule, "another number of rows than were given")
        return table_outcome(rule, rows), ()
    violating = tuple(sorted(int(index) for index in numbers.get("unexpected_index_list") or ()))
    if numbers.get("element_count") != rows or numbers.get("unexpected_count") != len(violating):
        raise _unanswered(rule, "an incomplete result")
    return row_outcome(rule, rows, len(violating)), violating


def _raised(info: object) -> Iterator[str]:
    """Messages of exceptions, at any depth: the library nests them by the id of a metric."""
    if isinstance(info, Mapping):
        if info.get("raised_exception"):
            yield str(info.get("exception_message") or "an exception")
        for value in info.values():
            yield from _raised(value)


def _unanswered(rule: Rule, found: str) -> DeclarationError:
    return DeclarationError(
        f"rule {rule.id}", "a rule that cannot run stops the upload", found, "Correct the contract."
    )
