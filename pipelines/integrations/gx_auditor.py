"""An independent opinion on the rows about to be accepted, by Great Expectations.

Up to ROWS rows the library runs the rules about columns and the number of rows itself. Above that it would
need more memory than a machine has to spare, and it judges a table of what the checker counted, in which a
rule that was forgotten shows too. What no library of rules knows (language data, SQL) is always counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.core.contract import ColumnCheck, Contract, Rule
from pipelines.core.enforceable import demand_enforceable, row_outcome, says, upload_outcome
from pipelines.core.findings import Findings, Table
from pipelines.core.report import RuleOutcome
from pipelines.core.validation import UPLOAD_CHECKS
from pipelines.integrations.duckdb_session import quoted, scan, session
from pipelines.integrations.gx_suite import NAME, Expected, answers

ROWS = 20_000
BYTES = 100_000_000
_DISAGREES = "An independent check disagrees"
_KINDS = {
    "not_null": "expect_column_values_to_not_be_null",
    "unique": "expect_column_values_to_be_unique",
    "length_between": "expect_column_value_lengths_to_be_between",
    "value_between": "expect_column_values_to_be_between",
    "matches": "expect_column_values_to_be_in_set",
    "not_matches": "expect_column_values_to_be_in_set",
    "in_set": "expect_column_values_to_be_in_set",
    "not_in_set": "expect_column_values_to_not_be_in_set",
    "row_count": "expect_table_row_count_to_be_between",
}
_RUN = frozenset((*get_args(ColumnCheck), "row_count"))


class GxAuditor:
    """Implements ports.Auditor. Raises DeclarationError for a rule that cannot run."""

    name = NAME

    def audit(self, table: Table, contract: Contract, findings: Findings) -> tuple[str, ...]:
        """Why the rows may not be accepted. Only counts and outcomes of the findings are read."""
        rows = pq.read_metadata(table.path).num_rows
        if rows != table.rows:
            return (f"{_DISAGREES}: there are {rows:,} rows, not {table.rows:,}.",)
        small = rows <= ROWS and _text_bytes(table, contract) <= BYTES
        own = tuple(rule for rule in contract.rules if small and rule.check in _RUN)
        outcomes = evaluate(table, contract.with_rules(own))
        reasons = [
            _against(rule, outcome)
            for rule, outcome in zip(own, outcomes, strict=True)
            if rule.severity == "critical" and not outcome.passed
        ]
        return (*reasons, *_judge_counts(contract, own, rows, findings))


def evaluate(table: Table, contract: Contract) -> tuple[RuleOutcome, ...]:
    """What the library itself finds: the outcomes of rules about columns and the number of rows."""
    demand_enforceable(contract)
    if not contract.rules:
        return ()
    rows = pq.read_table(table.path, columns=[column.name for column in contract.columns])
    found = answers(_frame(rows, contract), [_expected(rule) for rule in contract.rules])
    return tuple(
        upload_outcome(rule, rows.num_rows, float(rows.num_rows)).model_copy(
            update={"passed": found[rule.id].kept}
        )
        if rule.column is None
        else row_outcome(rule, rows.num_rows, len(found[rule.id].violating))
        for rule in contract.rules
    )


def _text_bytes(table: Table, contract: Contract) -> int:
    """Bytes of all texts. The file's own sizes say little: it may hold one long text that all rows share."""
    lengths = [f"strlen({quoted(c.name)})" for c in contract.columns if c.type == "string"]
    total = " + ".join(f"coalesce(sum({length}), 0)" for length in lengths) or "0"
    with session(table.path.parent, table.path) as connection:
        ((size,),) = connection.execute(f"SELECT {total} FROM {scan(table.path)}").fetchall()  # noqa: S608
    return int(size)


def _frame(rows: pa.Table, contract: Contract) -> pd.DataFrame:
    """Columns of Python objects, so that 7 stays apart from 7.0; and, for each pattern, whether it is found,
    by Arrow's RE2, because the library's own engine takes exponential time for some.
    """
    columns = {name: rows.column(name) for name in rows.column_names}
    for rule in contract.rules:
        if rule.pattern is not None:
            columns[_found(rule)] = pc.match_substring_regex(columns[rule.column or ""], rule.pattern)
    series = {name: pd.Series(column.to_pylist(), dtype=object) for name, column in columns.items()}
    return pd.DataFrame(series, index=pd.RangeIndex(rows.num_rows))


def _found(rule: Rule) -> str:
    """The column that says where a pattern is found; no column of a contract begins like this."""
    return f"_found.{rule.id}"


def _expected(rule: Rule) -> Expected:
    """The rule in the library's words; its share (`mostly`) is applied to the counts afterwards."""
    arguments: dict[str, object] = {} if rule.column is None else {"column": rule.column}
    if rule.check in ("row_count", "length_between", "value_between"):
        arguments |= {"min_value": rule.minimum, "max_value": rule.maximum}
    elif rule.check in ("matches", "not_matches"):
        arguments = {"column": _found(rule), "value_set": [rule.check == "matches"]}
    elif rule.check in ("in_set", "not_in_set"):
        arguments["value_set"] = list(rule.values)
    return Expected(rule.id, _KINDS[rule.check], arguments)


def _judge_counts(contract: Contract, run: Sequence[Rule], rows: int, findings: Findings) -> Iterator[str]:
    """What the library says of a table with one line a rule: about all rows, and kept. `run` are the rules
    that it has run itself.
    """
    if [f.outcome.rule for f in findings] != [rule.id for rule in contract.rules]:
        yield f"{_DISAGREES}: not every rule was answered once, in order."
        return
    pairs = zip(contract.rules, findings, strict=True)
    counted = [(rule, finding.outcome) for rule, finding in pairs if rule not in run]
    frame = pd.DataFrame([_line(rule, outcome, rows) for rule, outcome in counted], dtype=object)
    if counted:
        found = answers(frame, _COUNTED)
        wrong = {*found["rows"].violating, *found["kept"].violating}
        for place in sorted(wrong):
            rule, outcome = counted[place]
            if rule.severity == "critical":
                yield _against(rule, outcome)


_COUNTED = (
    Expected("rows", "expect_column_values_to_be_in_set", {"column": "all_rows", "value_set": [True]}),
    Expected("kept", "expect_column_values_to_be_in_set", {"column": "kept", "value_set": [True]}),
)


def _line(rule: Rule, outcome: RuleOutcome, rows: int) -> Mapping[str, object]:
    about_rows = rule.check not in UPLOAD_CHECKS
    share = row_outcome(rule, outcome.checked, outcome.violations).passed if about_rows else True
    return {
        "all_rows": not about_rows or outcome.checked == rows,
        "kept": outcome.passed and share,
    }


def _against(rule: Rule, outcome: RuleOutcome) -> str:
    if rule.check in UPLOAD_CHECKS:
        return f"{_DISAGREES}: the upload breaks a rule. {says(rule)}"
    return f"{_DISAGREES}: {outcome.violations:,} of {outcome.checked:,} rows break a rule. {says(rule)}"
