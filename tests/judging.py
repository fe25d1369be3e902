"""What readers and checkers would say, written by hand, for tests of what is decided upon it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from upload_samples import rule

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import says
from pipelines.core.findings import Finding, Findings, Peek, Place, row_numbers
from pipelines.core.report import RuleOutcome
from pipelines.core.rows import FaultGroup, RowFault
from pipelines.core.validation import UPLOAD_CHECKS

FILLED = rule("not_null", text="question must be filled in", fix="Fill it in.")
UNIQUE = rule("unique", text="question must be written once")
ENOUGH = rule("row_count", None, minimum=2.0, text="the number of rows must be at least 2")


def fault(line: int, column: str | None = "year", value: object = "x") -> RowFault:
    """A value that is no whole number."""
    said = ("type", "the value is not a whole number", "Write a number.")
    return RowFault("a.csv", line, column, value, *said)


def in_groups(faults: Sequence[RowFault]) -> tuple[FaultGroup, ...]:
    codes = dict.fromkeys(fault.code for fault in faults)
    alike = {code: tuple(f for f in faults if f.code == code) for code in codes}
    return tuple(FaultGroup(code, len(first), first) for code, first in alike.items())


def found(of: Contract, violating: Mapping[str, Iterable[int]], rows: int) -> Findings:
    """These rows break these rules; `{id: ()}` fails a rule about the whole upload."""
    return tuple(_finding(rule, violating, rows) for rule in of.rules)


def _finding(rule: Rule, violating: Mapping[str, Iterable[int]], rows: int) -> Finding:
    broken = row_numbers(violating.get(rule.id, ()))
    whole = rule.check in UPLOAD_CHECKS
    passed = rule.id not in violating if whole else rows - len(broken) >= rule.mostly * rows
    outcome = RuleOutcome(
        rule=rule.id,
        text=says(rule),
        severity=rule.severity,
        column=rule.column,
        checked=rows,
        violations=len(broken),
        passed=passed,
    )
    return Finding(outcome, broken)


def peek_at(values: Mapping[int, object]) -> Peek:
    """Row n stands on line n + 2 of a.csv and holds these values in every column."""

    def peek(rows: Sequence[int], column: str | None) -> tuple[Place, ...]:
        return tuple(Place("a.csv", row + 2, values.get(row) if column else None) for row in rows)

    return peek
