"""Examine: the decision on rows that were read, and the rows that are kept. It writes nothing for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.core.contract import Contract
from pipelines.core.errors_csv import MOST_LISTED
from pipelines.core.findings import Findings, Kept, Peek, Surroundings, Table
from pipelines.core.holding import reasons_to_hold
from pipelines.core.letter import Letter
from pipelines.core.profile import Changes, Profile
from pipelines.core.redaction import (
    Redact,
    redacted_changes,
    redacted_findings,
    redacted_profile,
    redacted_reading,
)
from pipelines.core.report import RowError, ValidationReport
from pipelines.core.row_errors import Eyes, listed, sample
from pipelines.core.rows import Reading
from pipelines.core.validation import Decision, confirm, decide, hold, remaining, whole_upload
from pipelines.core.value import Blob
from pipelines.ports import Auditor, Checker

MOST_IN_REPORT = 200


class Desk(NamedTuple):
    """What validation needs from the integrations: to read files, look at rows, and write its answer."""

    read_files: Callable[[Sequence[tuple[str, Path]], Contract, Path], Reading]
    keep_rows: Callable[[Table, bytes, Contract, Path], Kept]
    peek: Callable[[Table], Peek]
    profile_of: Callable[[Table, Contract], Profile]
    compare: Callable[[Table, Contract, Surroundings], Changes | None]
    redact: Redact
    letter_page: Callable[[Letter], bytes]
    write_repair: Callable[[Table, bytes, Table | None, Contract, Path], None]
    checker: Checker
    auditor: Auditor


class Examination(NamedTuple):
    """What came of an upload. `errors` are bounded; `kept` are the accepted rows, None for other verdicts."""

    decision: Decision
    reading: Reading
    errors: tuple[RowError, ...] = ()
    kept: Kept | None = None
    profile: Profile | None = None
    changes: Changes | None = None
    confirmed: bool = False


def examine(
    reading: Reading,
    contract: Contract,
    around: Surroundings,
    *,
    desk: Desk,
    folder: Path,
    confirmed: bool = False,
) -> Examination:
    """Judge what was read. `confirmed` says that the steward has confirmed this very upload.

    Raises DeclarationError when a rule cannot run.
    """
    reading = redacted_reading(reading, desk.redact)
    table = reading.table
    if table is None:
        decision = decide(contract, reading, ())
        return Examination(decision, reading, decision.errors[:MOST_LISTED])
    findings = redacted_findings(desk.checker.check(table, contract, around), desk.redact)
    decision = decide(contract, reading, findings)
    kept, changes = None, None
    if decision.verdict == "accepted":
        kept = desk.keep_rows(table, decision.out, contract, folder / "table.parquet")
        decision = _audited(decision, findings, kept.table, contract, around, desk)
    if kept and decision.verdict == "accepted":
        changes = redacted_changes(desk.compare(kept.table, contract, around), desk.redact)
        before = around.previous.rows if around.previous else None
        reasons = reasons_to_hold(contract, kept.table.rows, before, changes)
        decision = hold(decision, (*reading.doubts, *reasons), confirmed=confirmed)
    return Examination(
        decision=decision,
        reading=reading,
        errors=listed(decision.groups, MOST_LISTED, Eyes(desk.peek(table), desk.redact)),
        kept=kept if decision.verdict == "accepted" else None,
        profile=redacted_profile(desk.profile_of(kept.table if kept else table, contract), desk.redact),
        changes=changes,
        confirmed=confirmed and decision.verdict == "accepted",
    )


def report_of(
    examination: Examination,
    contract: Contract,
    *,
    upload: str,
    previous: Profile | None = None,
    table: Blob | None = None,
) -> ValidationReport:
    """The report on an upload, with a fair sample of its errors; `table` is where the kept rows are."""
    decision, kept = examination.decision, examination.kept
    return ValidationReport(
        source=contract.source,
        upload=upload,
        contract=contract.digest,
        contract_version=contract.version,
        verdict=decision.verdict,
        reasons=decision.reasons,
        rows_read=decision.rows_read,
        rows_accepted=decision.rows_accepted,
        rules=decision.outcomes,
        errors=sample(examination.errors, MOST_IN_REPORT),
        error_count=decision.error_count,
        notes=examination.reading.notes,
        profile=examination.profile,
        previous=previous,
        changes=examination.changes,
        confirmed=examination.confirmed,
        content=kept.content if kept else None,
        table=table,
    )


def _audited(
    decision: Decision,
    findings: Findings,
    kept: Table,
    contract: Contract,
    around: Surroundings,
    desk: Desk,
) -> Decision:
    """The decision after the rows that remain were judged again, and by another judge."""
    left = findings
    if any(decision.out):
        upload = contract.with_rules(whole_upload(contract))
        again = redacted_findings(desk.checker.check(kept, upload, around), desk.redact)
        left = remaining(decision, contract, findings, again)
        decision = confirm(decision, contract, left)
    if decision.verdict != "accepted":
        return decision
    reasons = desk.auditor.audit(kept, contract, left)
    return decision.against("rejected", reasons) if reasons else decision
