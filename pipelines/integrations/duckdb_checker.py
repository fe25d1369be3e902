"""A checker that answers all rules about columns in one scan of the table, whatever its size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import isfinite

import duckdb
import numpy as np
from duckdb import DuckDBPyConnection

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import NUMBER_CHECKS, demand_enforceable, refuse, row_outcome, upload_outcome
from pipelines.core.findings import Finding, Findings, Surroundings, Table, row_numbers
from pipelines.declarations.patterns import demand_re2
from pipelines.integrations.column_sql import broken
from pipelines.integrations.duckdb_session import NUMBER, VIEW, deadline, open_table, quoted, session

_BATCH = 65_536
_OBJECT = re.compile(r"\$?\{object\}")
# These speak of the query alone; other messages may quote a value of the table.
_ABOUT_THE_QUERY = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


class DuckDbChecker:
    """Implements ports.Checker. A missing value breaks only `not_null`. A rule in SQL gets `patience_s`."""

    def __init__(self, patience_s: float = 60.0) -> None:
        self._patience_s = patience_s

    def check(
        self,
        table: Table,
        contract: Contract,
        around: Surroundings,  # noqa: ARG002
    ) -> Findings:
        """One finding a rule.

        Raises DeclarationError for a rule that cannot run, DataError for a table of other columns.
        """
        demand_enforceable(contract)
        _demand_patterns(contract.rules)
        with session(table.path.parent, table.path) as connection:
            open_table(connection, table.path, contract)
            rows = int(_number(connection, "SELECT count(*) FROM rows"))
            found = dict(self._upload_findings(connection, contract.rules, rows))
            scanned = [rule for rule in contract.rules if rule.check not in NUMBER_CHECKS]
            found |= _column_findings(connection, contract, scanned, rows)
        return tuple(found[rule.id] for rule in contract.rules)

    def _upload_findings(
        self, connection: DuckDBPyConnection, rules: Sequence[Rule], rows: int
    ) -> Iterator[tuple[str, Finding]]:
        for rule in rules:
            observed: float | None = float(rows)
            if rule.check == "duplicate_share":
                observed = _number(connection, _REPEATED.format(quoted(rule.column or "")))
            elif rule.check == "sql":
                observed = self._answer(connection, rule, rows)
            elif rule.check != "row_count":
                continue
            yield rule.id, Finding(upload_outcome(rule, rows, observed), row_numbers())

    def _answer(self, connection: DuckDBPyConnection, rule: Rule, rows: int) -> float | None:
        """What the query of a rule works out; None over an empty table, where many a sum has no value."""
        query = _OBJECT.sub(VIEW, rule.query or "")
        try:
            statements = connection.extract_statements(query)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                refuse(rule, "something else", "one query that only reads")
            with deadline(connection, self._patience_s):
                answer = connection.execute(statements[0]).fetchmany(2)
        except duckdb.Error as error:
            refuse(rule, self._fault(error), "a query that runs")
        value = answer[0][0] if len(answer) == 1 and len(answer[0]) == 1 else answer
        if value is None and not rows:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not isfinite(value):
            refuse(rule, "another answer", "a query that answers with exactly one number")
        return float(value)

    def _fault(self, error: duckdb.Error) -> str:
        if isinstance(error, duckdb.InterruptException):
            return f"no answer within {self._patience_s:g} s"
        if isinstance(error, _ABOUT_THE_QUERY):
            return str(error).partition("\n")[0]
        return type(error).__name__


_REPEATED = """
    SELECT CASE WHEN sum(n) > 0 THEN 100.0::DOUBLE * (sum(n) - count(*)) / sum(n) ELSE 0 END
    FROM (SELECT count(*) AS n FROM rows WHERE {0} IS NOT NULL GROUP BY {0})"""


def _number(connection: DuckDBPyConnection, query: str) -> float:
    ((answer,),) = connection.execute(query).fetchall()
    return float(answer)


def _column_findings(
    connection: DuckDBPyConnection, contract: Contract, rules: Sequence[Rule], rows: int
) -> Mapping[str, Finding]:
    """One scan with a flag a rule, of which only rows with a flag come back."""
    if not rules:
        return {}
    types = {column.name: column.type for column in contract.columns}
    flags, parameters = [], list[object]()
    for number, rule in enumerate(rules):
        predicate = broken(rule, types[rule.column or ""])
        flags.append(f"coalesce({predicate.sql}, false) AS f{number}")
        parameters += predicate.parameters
    any_flag = " OR ".join(f"f{number}" for number in range(len(rules)))
    query = f"SELECT * FROM (SELECT {NUMBER}, {', '.join(flags)} FROM rows) WHERE {any_flag}"  # noqa: S608
    parts: list[list[np.ndarray]] = [[] for _ in rules]
    for batch in connection.sql(query, params=parameters).to_arrow_reader(_BATCH):
        numbers = batch.column(0).to_numpy()
        for place, part in enumerate(parts, 1):
            part.append(numbers[batch.column(place).to_numpy(zero_copy_only=False)])
    return {rule.id: _finding(rule, part, rows) for rule, part in zip(rules, parts, strict=True)}


def _finding(rule: Rule, parts: Sequence[np.ndarray], rows: int) -> Finding:
    violating = row_numbers()
    if parts:
        violating.frombytes(np.sort(np.concatenate(parts)).astype(np.int64).tobytes())
    return Finding(row_outcome(rule, rows, len(violating)), violating)


def _demand_patterns(rules: Sequence[Rule]) -> None:
    for rule in rules:
        problem = demand_re2(rule.pattern) if rule.pattern is not None else None
        if problem is not None:
            refuse(rule, problem, "a pattern that every engine can run")
