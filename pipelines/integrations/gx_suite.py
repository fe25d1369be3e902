"""One Great Expectations checkpoint over one frame, whose answers are believed only when they are whole."""

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from pipelines.core.errors import DeclarationError

# Read when the library is imported, therefore before it.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

NAME = f"great-expectations {version('great-expectations')}"


class Expected(NamedTuple):
    """An expectation in the library's words, named by the rule that it stands for."""

    rule: str
    kind: str
    arguments: Mapping[str, object]


class Answer(NamedTuple):
    """Whether the library is content, and the places of the frame's rows with which it is not."""

    kept: bool
    violating: tuple[int, ...]


def answers(frame: pd.DataFrame, expected: Sequence[Expected]) -> dict[str, Answer]:
    """Every expectation's answer, by rule.

    Raises DeclarationError for an expectation that raised, or whose answer is not complete.
    """
    if not expected:
        return {}
    results = run(frame, expected)
    return {e.rule: answer(e, results.get(e.rule), len(frame)) for e in expected}


def run(frame: pd.DataFrame, expected: Sequence[Expected]) -> dict[str, "ExpectationValidationResult"]:
    """The library's own results, by rule."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("upload").add_dataframe_asset("rows")
        suite = gx.ExpectationSuite(name="contract", expectations=[_expectation(e) for e in expected])
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
        found = context.checkpoints.add(checkpoint).run(batch_parameters={"dataframe": frame})
    return {_rule_of(result): result for part in found.run_results.values() for result in part.results}


def answer(expected: Expected, result: "ExpectationValidationResult | None", rows: int) -> Answer:
    """What the library says of one rule."""
    if result is None:
        raise _unanswered(expected, "no result")
    if (raised := next(_raised(result.exception_info), None)) is not None:
        raise _unanswered(expected, raised)
    numbers = result.result or {}
    if "column" not in expected.arguments:
        if numbers.get("observed_value") != rows:
            raise _unanswered(expected, "another number of rows than were given")
        return Answer(bool(result.success), ())
    violating = tuple(sorted(int(index) for index in numbers.get("unexpected_index_list") or ()))
    if numbers.get("element_count") != rows or numbers.get("unexpected_count") != len(violating):
        raise _unanswered(expected, "an incomplete result")
    return Answer(not violating, violating)


def _expectation(expected: Expected) -> Any:
    arguments = dict(expected.arguments)
    return ExpectationConfiguration(expected.kind, arguments, {"rule": expected.rule}).to_domain_obj()


def _rule_of(result: "ExpectationValidationResult") -> str:
    configuration = result.expectation_config
    return "" if configuration is None else str((configuration.meta or {}).get("rule"))


def _raised(info: object) -> Iterator[str]:
    """The kinds of exceptions, at any depth: the library nests them by the id of a metric. Their messages
    may quote a row.
    """
    if isinstance(info, Mapping):
        if info.get("raised_exception"):
            yield "an exception"
        for value in info.values():
            yield from _raised(value)


def _unanswered(expected: Expected, found: str) -> DeclarationError:
    return DeclarationError(
        f"rule {expected.rule}",
        "a rule that cannot run stops the upload",
        found,
        "Correct the contract.",
    )
