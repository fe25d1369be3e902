"""Validate: read the landed files strictly, check the contract's rules, decide, and answer the steward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pipelines.archive import Archive
from pipelines.core.contract import Contract
from pipelines.core.intake import REJECTED, Rejected, intake
from pipelines.core.letter import Letter, errors_csv, letter_of, report_json
from pipelines.core.report import RowError, ValidationReport
from pipelines.core.row_errors import Findings
from pipelines.core.rows import Reading, Row, content_digest, row_hash
from pipelines.core.upload import Upload
from pipelines.core.validation import Decision, confirm, decide, refuse, report_of
from pipelines.ledger import Ledger
from pipelines.ports import Checker, ObjectStore
from pipelines.stages.ingest import landing


class Desk(NamedTuple):
    """What validation needs to read files and to write its answer, from the integrations."""

    read_files: Callable[[Sequence[tuple[str, Path]], Contract], Reading]
    write_table: Callable[[Sequence[Row], Contract, Path], None]
    letter_page: Callable[[Letter], bytes]


def outbox(source: str, upload: str) -> str:
    """Where the steward finds the letter on an upload, given by its digest."""
    return f"outbox/{source}/{upload[:12]}/"


def validate(
    upload: Upload,
    *,
    contract: Contract,
    store: ObjectStore,
    archive: Archive,
    checker: Checker,
    ledger: Ledger,
    desk: Desk,
    scratch: Path,
) -> ValidationReport:
    """The report on an upload, kept, with the letter in the outbox; a rejection also in the ledger.

    The same upload and contract give the same report and the same files, byte for byte. Raises
    Tampered when landed bytes changed, DeclarationError when a rule cannot run.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        reading = desk.read_files(_fetch(upload, store, Path(folder)), contract)
        decision = examine(reading, contract, checker)
        report = _report(upload, decision, reading, contract, archive, desk, Path(folder))
    archive.keep(report)
    _answer(report, decision.errors, outbox(upload.source, upload.digest), store, desk)
    if report.verdict == "rejected":
        _settle(report, ledger)
    return report


def examine(reading: Reading, contract: Contract, checker: Checker) -> Decision:
    """The decision on what was read; rows that remain after others were left out are checked again."""
    if reading.refusals:
        return refuse(reading.refusals)
    decision = decide(contract, reading, _check(reading.rows, contract, checker))
    if decision.verdict == "rejected" or len(decision.kept) == len(reading.rows):
        return decision
    kept = [reading.rows[index] for index in decision.kept]
    return confirm(decision, contract, _check(kept, contract, checker))


def _fetch(upload: Upload, store: ObjectStore, folder: Path) -> list[tuple[str, Path]]:
    """(name, copy) of every file; a copy is named by number, because a name is the steward's word."""
    copies = []
    for number, file in enumerate(upload.files):
        copy = folder / str(number)
        store.download_key(landing(upload) + file.name, copy, sha256=file.sha256)
        copies.append((file.name, copy))
    return copies


def _check(rows: Sequence[Row], contract: Contract, checker: Checker) -> Findings:
    names = [column.name for column in contract.columns]
    return checker.check([dict(zip(names, row.cells, strict=True)) for row in rows], contract)


def _report(
    upload: Upload,
    decision: Decision,
    reading: Reading,
    contract: Contract,
    archive: Archive,
    desk: Desk,
    folder: Path,
) -> ValidationReport:
    if decision.verdict == "rejected":
        return report_of(decision, contract, upload=upload.digest)
    rows = [reading.rows[index] for index in decision.kept]
    table = folder / "table.parquet"
    desk.write_table(rows, contract, table)
    return report_of(
        decision,
        contract,
        upload=upload.digest,
        content=content_digest(row_hash(row.cells, contract.columns) for row in rows),
        table=archive.keep_file(table),
    )


def _answer(
    report: ValidationReport, errors: Sequence[RowError], prefix: str, store: ObjectStore, desk: Desk
) -> None:
    """Write the letter. `report.json` comes last: where it stands, the letter is whole."""
    # An upload checked under an earlier contract may have left a list of errors that are none any more.
    if errors or store.get(f"{prefix}errors.csv") is not None:
        store.put(f"{prefix}errors.csv", errors_csv(errors))
    store.put(f"{prefix}report.html", desk.letter_page(letter_of(report)))
    store.put(f"{prefix}report.json", report_json(report))


def _settle(report: ValidationReport, ledger: Ledger) -> None:
    """Close the upload in the ledger, unless it is closed already or a newer one was taken since."""
    entries = ledger.entries()
    state = intake(entries)
    if not state.open or state.taken is None or state.taken.upload != report.upload:
        return
    rejected = Rejected(
        source=report.source, upload=report.upload, contract=report.contract, report=report.digest
    )
    ledger.append(entries, REJECTED, rejected, op=f"rejected/{len(entries)}/{report.digest}")
