"""A checker in plain Python: the meaning of every rule in a few lines. It reads the table into memory."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import pyarrow.parquet as pq

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import (
    demand_enforceable,
    demand_typed,
    refuse,
    row_outcome,
    upload_outcome,
    within,
)
from pipelines.core.findings import Finding, Findings, Surroundings, Table, row_numbers
from pipelines.declarations.patterns import demand_re2, python_form
from pipelines.integrations.typed_batch import ARROW_TYPES

Breaks = Callable[[object], bool]


class RuleChecker:
    """Implements ports.Checker, SQL aside. A missing value breaks only `not_null`."""

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
        rows = pq.read_table(table.path)
        words = {arrow: word for word, arrow in ARROW_TYPES.items()}
        demand_typed({field.name: words.get(field.type, str(field.type)) for field in rows.schema}, contract)
        columns = {column.name: rows.column(column.name).to_pylist() for column in contract.columns}
        return tuple(_checked(rule, columns, rows.num_rows) for rule in contract.rules)


def _checked(rule: Rule, columns: Mapping[str, Sequence[object]], rows: int) -> Finding:
    if rule.check == "sql":
        refuse(rule, "a query", "a checker that knows SQL")
    if rule.check == "row_count":
        return Finding(upload_outcome(rule, rows, float(rows)), row_numbers())
    values = columns[rule.column or ""]
    if rule.check == "duplicate_share":
        return Finding(upload_outcome(rule, rows, _repeated_percent(values)), row_numbers())
    breaks = _breaks(rule, values)
    violating = row_numbers(number for number, value in enumerate(values) if breaks(value))
    return Finding(row_outcome(rule, rows, len(violating)), violating)


def _repeated_percent(values: Sequence[object]) -> float:
    present = [value for value in values if value is not None]
    return 100 * (len(present) - len(set(present))) / len(present) if present else 0.0


def _breaks(rule: Rule, values: Sequence[object]) -> Breaks:
    """Whether a value breaks the rule. A value that is used twice breaks `unique` wherever it stands."""
    if rule.check == "not_null":
        return lambda value: value is None
    if rule.check == "unique":
        counts = Counter(values)
        broken: Breaks = lambda value: counts[value] > 1  # noqa: E731
    elif rule.check == "length_between":
        broken = lambda value: not within(rule, len(str(value)))  # noqa: E731
    elif rule.check == "value_between":
        broken = lambda value: isinstance(value, int | float) and not within(rule, value)  # noqa: E731
    elif rule.check in ("matches", "not_matches"):
        search, wanted = _search(rule), rule.check == "matches"
        broken = lambda value: bool(search(str(value))) != wanted  # noqa: E731
    else:
        listed, wanted = frozenset(rule.values), rule.check == "in_set"
        broken = lambda value: (value in listed) != wanted  # noqa: E731
    return lambda value: value is not None and broken(value)


def _search(rule: Rule) -> Callable[[str], object]:
    pattern = rule.pattern or ""
    if (problem := demand_re2(pattern)) is not None:
        refuse(rule, problem, "a pattern that every engine can run")
    return re.compile(python_form(pattern)).search
