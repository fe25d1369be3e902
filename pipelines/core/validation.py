"""The decision on an upload: which rows are taken, and why the others are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, get_args

from pipelines.core.contract import Contract, Rule, UploadCheck
from pipelines.core.enforceable import row_outcome, says
from pipelines.core.errors import DeclarationError
from pipelines.core.findings import Finding, Findings, row_numbers
from pipelines.core.report import DataVerdict, RowError, RuleOutcome
from pipelines.core.row_errors import Wrong, refused_files, unread_rows, wrong_rows
from pipelines.core.rows import Reading, Refusal
from pipelines.core.upload import LeftFile

UPLOAD_CHECKS = frozenset(get_args(UploadCheck))


class Decision(NamedTuple):
    """`out` has one byte for each row of the table, 1 where the row is left out; `groups` are the wrong
    places by rule, `errors` those that are known without looking at the rows again.
    """

    verdict: DataVerdict
    reasons: tuple[str, ...]
    rows_read: int = 0
    rows_accepted: int = 0
    out: bytes = b""
    outcomes: tuple[RuleOutcome, ...] = ()
    groups: tuple[Wrong, ...] = ()
    errors: tuple[RowError, ...] = ()

    @property
    def error_count(self) -> int:
        return len(self.errors) + sum(group.places for group in self.groups)

    def against(self, verdict: DataVerdict, reasons: Sequence[str]) -> Decision:
        """The same decision with another outcome: no row is taken."""
        return self._replace(verdict=verdict, reasons=tuple(reasons), rows_accepted=0)


def refused(refusals: Sequence[Refusal]) -> Decision:
    """The rejection of an upload with files that could not be read; nothing else is said about it."""
    count = len(refusals)
    reason = "One file cannot be read." if count == 1 else f"{count:,} files cannot be read."
    return Decision("rejected", (reason,), errors=refused_files(refusals))


def unjudged(why: str) -> Decision:
    """The answer to an upload on which a rule cannot run: that is for the owner of the contract to mend."""
    reason = (
        f"The upload could not be judged, because its contract cannot be checked on it. {why} "
        "Tell the owner of the contract, and drop the files again when it is mended."
    )
    return Decision("rejected", (reason,))


def untaken(left: Sequence[LeftFile]) -> Decision:
    """The answer to an upload of which files were not taken, so that none was read."""
    strangers = [file for file in left if file.code == "wrong_steward"]
    errors = refused_files([_refusal(file) for file in left])
    if not strangers:
        return refused([_refusal(file) for file in left])
    who = ", ".join(sorted({file.found for file in strangers}))
    return Decision("quarantined", (f"Files were put here by {who}, who may not write here.",), errors=errors)


def decide(contract: Contract, reading: Reading, findings: Findings) -> Decision:
    """Judge rows that were read by what every rule found among them.

    Rows that break a critical rule are left out within the contract's row budget and reject the upload above
    it. A critical rule about the whole upload, or one that must hold on a share of the rows only, rejects by
    itself. An upload without a row is held. Raises DeclarationError unless the findings answer exactly the
    contract's rules.
    """
    if reading.table is None:
        return refused(reading.refusals)
    _demand_answers(contract.rules, findings)
    out = _left_out(reading.table.rows, contract.rules, findings)
    groups = (*unread_rows(contract, reading.faults), *wrong_rows(contract, findings))
    rows_read = reading.table.rows + reading.unread
    wrong = sum(out) + reading.unread
    decision = Decision(
        verdict="accepted",
        reasons=tuple(_notes(contract, findings, wrong, rows_read)),
        rows_read=rows_read,
        rows_accepted=rows_read - wrong,
        out=out,
        outcomes=_outcomes(groups, findings, rows_read, contract),
        groups=groups,
    )
    if rows_read == 0:
        return decision.against("held", ["The upload holds no row, and no model can learn from nothing."])
    reasons = _against(contract.rules, findings) + _too_many(wrong, rows_read, contract)
    return decision.against("rejected", reasons) if reasons else decision


def whole_upload(contract: Contract) -> tuple[Rule, ...]:
    """The rules about an upload as a whole: they are checked again when rows were left out."""
    return tuple(rule for rule in contract.rules if rule.check in UPLOAD_CHECKS)


def remaining(decision: Decision, contract: Contract, findings: Findings, again: Findings) -> Findings:
    """What every rule says about the rows that are kept.

    `findings` are about all rows, `again` are those of `whole_upload(contract)` about the kept rows.
    Leaving rows out mends rows and can only worsen a share, so the other rules need not look again.
    """
    rules = whole_upload(contract)
    _demand_answers(rules, again)
    upload = dict(zip((rule.id for rule in rules), again, strict=True))
    return tuple(
        upload.get(rule.id) or _without(rule, finding, decision)
        for rule, finding in zip(contract.rules, findings, strict=True)
    )


def confirm(decision: Decision, contract: Contract, left: Findings) -> Decision:
    """The same decision, or a rejection where a rule held only thanks to rows that were left out.

    `left` is what every rule says about the rows that are kept.
    """
    reasons = [
        f"Without the wrong rows: {_failure(rule, finding.outcome)}"
        for rule, finding in zip(contract.rules, left, strict=True)
        if rule.severity == "critical" and not finding.outcome.passed
    ]
    return decision.against("rejected", reasons) if reasons else decision


def hold(decision: Decision, reasons: Sequence[str], *, confirmed: bool) -> Decision:
    """The same decision, waiting for the steward's word where there are reasons and it was not given."""
    if decision.verdict != "accepted" or not reasons:
        return decision
    if not confirmed:
        return decision.against("held", reasons)
    said = tuple(f"Confirmed by the steward: {reason}" for reason in reasons)
    return decision._replace(reasons=decision.reasons + said)


def _without(rule: Rule, finding: Finding, decision: Decision) -> Finding:
    violations = sum(not decision.out[row] for row in finding.rows)
    outcome = row_outcome(rule, decision.rows_accepted, violations)
    return Finding(outcome.model_copy(update={"text": finding.outcome.text}), row_numbers())


_LEFT = {
    "file_name": ("the file's name cannot be kept: {}", "Rename the file and drop it again."),
    "wrong_steward": (
        "the file was put here by {}, who may not write here",
        "Let the steward of this source upload it.",
    ),
    "manifest": (
        "the file differs from the list in `_READY`: {}",
        "Upload the file again, and write the list from the files as they are.",
    ),
}


def _refusal(file: LeftFile) -> Refusal:
    problem, fix = _LEFT[file.code]
    return Refusal(file.name, None, file.code, problem.format(file.found), fix)


def _left_out(rows: int, rules: Sequence[Rule], findings: Findings) -> bytes:
    out = bytearray(rows)
    for rule, finding in zip(rules, findings, strict=True):
        if _takes_out(rule):
            for row in finding.rows:
                out[row] = 1
    return bytes(out)


def _takes_out(rule: Rule) -> bool:
    """Whether a row that breaks the rule is left out: the others judge the upload as a whole."""
    return rule.severity == "critical" and rule.check not in UPLOAD_CHECKS and rule.mostly == 1


def _demand_answers(rules: Sequence[Rule], findings: Findings) -> None:
    asked = [rule.id for rule in rules]
    answered = [finding.outcome.rule for finding in findings]
    if asked != answered:
        raise DeclarationError(
            "the checks of an upload",
            "every rule is answered once, in order",
            f"answers to {len(answered)} rules for {len(asked)}",
            "Check with a checker that knows every rule.",
        )


def _against(rules: Sequence[Rule], findings: Findings) -> list[str]:
    return [
        _failure(rule, finding.outcome)
        for rule, finding in zip(rules, findings, strict=True)
        if rule.severity == "critical" and not _takes_out(rule) and not finding.outcome.passed
    ]


def _too_many(wrong: int, rows_read: int, contract: Contract) -> list[str]:
    if wrong == rows_read:
        return ["The only row is wrong." if wrong == 1 else f"All {wrong:,} rows are wrong."]
    budget = contract.row_error_budget_percent
    if 100 * wrong > budget * rows_read:
        are = "is" if wrong == 1 else "are"
        allowed = f"{budget:g} % are allowed" if budget else "none is allowed"
        return [f"{wrong:,} of {rows_read:,} rows {are} wrong, and {allowed}."]
    return []


def _notes(contract: Contract, findings: Findings, wrong: int, rows_read: int) -> list[str]:
    notes = [f"{wrong:,} of {rows_read:,} rows were left out."] if wrong else []
    return notes + [
        f"Note: {_failure(rule, finding.outcome)}"
        for rule, finding in zip(contract.rules, findings, strict=True)
        if rule.severity != "critical" and not finding.outcome.passed
    ]


def _failure(rule: Rule, outcome: RuleOutcome) -> str:
    text = outcome.text or says(rule)
    if rule.check not in UPLOAD_CHECKS:
        return f"{text}, and {outcome.violations:,} of {outcome.checked:,} rows break this."
    found = outcome.checked if outcome.observed is None else outcome.observed
    return f"{text}. It is {found:,.10g}."


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
    return unread + tuple(finding.outcome for finding in findings)
