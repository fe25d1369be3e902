"""Looks for known failures in answers with RE2, which ends in bounded time on whatever a model wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
from duckdb import DuckDBPyConnection

from pipelines.core.assertion import Assertion, AssertionResult
from pipelines.core.errors import DeclarationError
from pipelines.core.evaluation import Output
from pipelines.declarations.patterns import demand_re2

SHOWN = 10
"""How many items that break an assertion a result names."""
# DuckDB brings RE2 along, as the rules of contracts use it.
_SEARCH = """
    SELECT regexp_matches(answer, $pattern)
    FROM (SELECT unnest($answers) AS answer, generate_subscripts($answers, 1) AS place)
    ORDER BY place"""


class PatternChecker:
    """Implements `ports.AssertionChecker`."""

    def check(
        self, assertions: Sequence[Assertion], outputs: Sequence[Output], slices: Mapping[str, str]
    ) -> tuple[AssertionResult, ...]:
        """One result an assertion, in their order. Items are named, answers never quoted.

        Raises DeclarationError for a pattern that is not RE2.
        """
        if not assertions:
            return ()
        with duckdb.connect() as connection:
            return tuple(_checked(assertion, outputs, slices, connection) for assertion in assertions)


def _checked(
    assertion: Assertion,
    outputs: Sequence[Output],
    slices: Mapping[str, str],
    connection: DuckDBPyConnection,
) -> AssertionResult:
    asked = [
        output
        for output in outputs
        if output.task == assertion.task
        and (not assertion.slices or slices.get(output.item) in assertion.slices)
    ]
    matches = _search(assertion, [output.text for output in asked], connection)
    wanted = assertion.must == "match"
    broken = [output.item for output, found in zip(asked, matches, strict=True) if found != wanted]
    return AssertionResult(
        assertion=assertion, checked=len(asked), broken=len(broken), examples=tuple(broken[:SHOWN])
    )


def _search(assertion: Assertion, answers: Sequence[str], connection: DuckDBPyConnection) -> list[bool]:
    """Whether each answer holds a match."""
    problem = demand_re2(assertion.pattern)
    if problem is not None:
        raise DeclarationError(
            f"assertion {assertion.id}", "has an RE2 pattern", problem, "Correct the eval suite."
        )
    if not answers:
        return []
    values = {"pattern": assertion.pattern, "answers": list(answers)}
    return [bool(found) for (found,) in connection.execute(_SEARCH, values).fetchall()]
