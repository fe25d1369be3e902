"""The decision on an upload: which rows are taken, and why the others are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import says
from pipelines.core.errors import DeclarationError
from pipelines.core.report import DataVerdict, RowError, RuleOutcome, ValidationReport
from pipelines.core.row_errors import (
    Findings,
    Wrong,
    listed,
    refused_files,
    sample,
    unread_rows,
    wrong_rows,
)
from pipelines.core.rows import Reading, Refusal
from pipelines.core.value import Blob

MOST_LISTED = 100_000
MOST_IN_REPORT = 200


class Decision(NamedTuple):
    """`kept` are the indices of the accepted rows; `errors` is bounded, `error_count` is the true number."""

    verdict: DataVerdict
    reasons: tuple[str, ...]
    rows_read: int
    kept: tuple[int, ...]
    outcomes: tuple[RuleOutcome, ...]
    errors: tuple[RowError, ...]
    error_count: int


def decide(contract: Contract, reading: Reading, findings: Findings) -> Decision:
    """Judge rows that were read by what every rule found among them.

    Rows that break a critical rule are left out within the contract's row budget and reject the upload above
    it. A critical rule about the whole upload, or one that must hold on a share of the rows only, rejects by
    itself. Raises DeclarationError unless the findings answer exactly the contract's rules.
    """
    _demand_answers(contract, findings)
    groups = unread_rows(contract, reading.faults) + wrong_rows(contract, reading.rows, findings)
    unread = {(fault.file, fault.line) for fault in reading.faults}
    out = {index for rule, (_, rows) in _paired(contract, findings) if _takes_out(rule) for index in rows}
    rows_read = len(reading.rows) + len(unread)
    wrong = len(out) + len(unread)
    reasons = _against(contract, findings) + _too_many(wrong, rows_read, contract.row_error_budget_percent)
    verdict: DataVerdict = "rejected" if reasons else "accepted"
    kept = tuple(index for index in range(len(reading.rows)) if index not in out)
    return Decision(
        verdict=verdict,
        reasons=tuple(reasons or _notes(contract, findings, wrong, rows_read)),
        rows_read=rows_read,
        kept=kept if verdict == "accepted" else (),
        outcomes=_outcomes(groups, findings, rows_read, contract),
        errors=listed(groups, MOST_LISTED),
        error_count=sum(group.places for group in groups),
    )


def confirm(decision: Decision, contract: Contract, findings: Findings) -> Decision:
    """The same decision once the rows that remain were checked again, or a rejection where they fail.

    `findings` are about the kept rows. A rule that held only thanks to rows that were left out must not
    slip through. Raises DeclarationError unless they answer exactly the contract's rules.
    """
    _demand_answers(contract, findings)
    failed = [
        (rule, outcome)
        for rule, (outcome, rows) in _paired(contract, findings)
        if rule.severity == "critical" and (not outcome.passed or (rows and _takes_out(rule)))
    ]
    if decision.verdict == "rejected" or not failed:
        return decision
    reasons = tuple(f"Without the wrong rows: {_failure(rule, outcome)}" for rule, outcome in failed)
    return decision._replace(verdict="rejected", reasons=reasons, kept=())


def refuse(refusals: Sequence[Refusal]) -> Decision:
    """The rejection of an upload with files that could not be read; nothing else is said about it."""
    errors = refused_files(refusals)
    count = len(errors)
    reason = "One file cannot be read." if count == 1 else f"{count:,} files cannot be read."
    return Decision("rejected", (reason,), 0, (), (), errors[:MOST_LISTED], count)


def report_of(
    decision: Decision,
    contract: Contract,
    *,
    upload: str,
    content: str | None = None,
    table: Blob | None = None,
) -> ValidationReport:
    """The report on an upload, with a fair sample of its errors."""
    return ValidationReport(
        source=contract.source,
        upload=upload,
        contract=contract.digest,
        contract_version=contract.version,
        verdict=decision.verdict,
        reasons=decision.reasons,
        rows_read=decision.rows_read,
        rows_accepted=len(decision.kept),
        rules=decision.outcomes,
        errors=sample(decision.errors, MOST_IN_REPORT),
        error_count=decision.error_count,
        content=content,
        table=table,
    )


def _demand_answers(contract: Contract, findings: Findings) -> None:
    asked = [rule.id for rule in contract.rules]
    answered = [outcome.rule for outcome, _ in findings]
    if asked != answered:
        raise DeclarationError(
            f"contract {contract.source}",
            "every rule is answered once, in order",
            f"answers to {len(answered)} rules for {len(asked)}",
            "Check with a checker that knows every rule.",
        )


def _paired(contract: Contract, findings: Findings) -> list[tuple[Rule, tuple[RuleOutcome, tuple[int, ...]]]]:
    return list(zip(contract.rules, findings, strict=True))


def _takes_out(rule: Rule) -> bool:
    """Whether a row that breaks the rule is left out: the others judge the upload as a whole."""
    return rule.severity == "critical" and rule.column is not None and rule.mostly == 1


def _against(contract: Contract, findings: Findings) -> list[str]:
    return [
        _failure(rule, outcome)
        for rule, (outcome, _) in _paired(contract, findings)
        if rule.severity == "critical" and not _takes_out(rule) and not outcome.passed
    ]


def _too_many(wrong: int, rows_read: int, budget_percent: float) -> list[str]:
    if rows_read == 0:
        return ["The upload holds no row."]
    if wrong == rows_read:
        return ["The only row is wrong." if wrong == 1 else f"All {wrong:,} rows are wrong."]
    if 100 * wrong > budget_percent * rows_read:
        are = "is" if wrong == 1 else "are"
        allowed = f"{budget_percent:g} % are allowed" if budget_percent else "none is allowed"
        return [f"{wrong:,} of {rows_read:,} rows {are} wrong, and {allowed}."]
    return []


def _notes(contract: Contract, findings: Findings, wrong: int, rows_read: int) -> list[str]:
    notes = [f"{wrong:,} of {rows_read:,} rows were left out."] if wrong else []
    return notes + [
        f"Note: {_failure(rule, outcome)}"
        for rule, (outcome, _) in _paired(contract, findings)
        if rule.severity != "critical" and not outcome.passed
    ]


def _failure(rule: Rule, outcome: RuleOutcome) -> str:
    text = says(rule)
    if rule.column is None:
        return f"{text}, and it is {outcome.checked:,}."
    return f"{text}, and {outcome.violations:,} of {outcome.checked:,} rows break this."


def _outcomes(
    groups: Sequence[Wrong], findings: Findings, rows_read: int, contract: Contract
) -> tuple[RuleOutcome, ...]:
    """What every rule found, and before it what could not be read."""
    known = {rule.id for rule in contract.rules}
    unread = tuple(
        RuleOutcome(
            rule=group.rule,
            text=group.text,
            severity=group.severity,
            column=None,
            checked=rows_read,
            violations=group.places,
            passed=False,
        )
        for group in groups
        if group.rule not in known
    )
    return unread + tuple(outcome for outcome, _ in findings)
