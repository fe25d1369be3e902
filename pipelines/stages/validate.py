"""Validate: read the landed files strictly, check the contract's rules, decide, and answer the steward."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.contract import Contract
from pipelines.core.errors import DeclarationError
from pipelines.core.findings import Surroundings
from pipelines.core.intake import HELD, REJECTED, Held, Intake, Rejected, intake
from pipelines.core.report import ValidationReport
from pipelines.core.rows import Reading
from pipelines.core.upload import Upload
from pipelines.core.validation import unjudged, untaken
from pipelines.ledger import Ledger
from pipelines.ports import ObjectStore
from pipelines.stages.examine import Desk, Examination, examine, report_of
from pipelines.stages.ingest import landed, look
from pipelines.stages.letter import send, write_letter

Neighbourhood = Callable[[Contract, Path], Surroundings]
"""Fetches what an upload is compared with into a folder."""


def validate(
    upload: Upload,
    *,
    contract: Contract,
    store: ObjectStore,
    archive: Archive,
    ledger: Ledger,
    desk: Desk,
    neighbourhood: Neighbourhood,
    scratch: Path,
) -> ValidationReport:
    """The report on an upload, kept, with the letter in the outbox; what is not accepted also in the ledger.

    The same upload, contract and surroundings give the same report and the same files, byte for byte. A
    rule that cannot run on this data is answered too. Raises Tampered when landed bytes changed.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    state = intake(ledger.entries())
    before = state.current.report if state.current else None
    previous = archive.fetch(ValidationReport, before).profile if before else None
    with TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        try:
            examination = _examined(upload, contract, state, store, desk, neighbourhood, folder)
        except DeclarationError as error:
            examination = Examination(unjudged(desk.redact(str(error))), Reading(None))
        table = archive.keep_file(examination.kept.table.path) if examination.kept else None
        report = report_of(examination, contract, upload=upload.digest, previous=previous, table=table)
        archive.keep(report)
        (folder / "letter").mkdir()
        letter = write_letter(upload, report, examination, contract, desk=desk, folder=folder / "letter")
        send(letter, folder / "letter", archive=archive, store=store, report=report.digest)
    if report.verdict != "accepted":
        _settle(report, contract, store=store, ledger=ledger)
    return report


def _examined(
    upload: Upload,
    contract: Contract,
    state: Intake,
    store: ObjectStore,
    desk: Desk,
    neighbourhood: Neighbourhood,
    folder: Path,
) -> Examination:
    if upload.left:
        decision = untaken([file.model_copy(update={"name": desk.redact(file.name)}) for file in upload.left])
        return Examination(decision, Reading(None), decision.errors)
    copies = []
    for number, file in enumerate(upload.files):
        # A copy is named by number, because a name is the steward's word.
        copy = folder / str(number)
        store.download_key(landed(upload, file), copy, sha256=file.sha256)
        copies.append((file.name, copy))
    reading = desk.read_files(copies, contract, folder / "spool.parquet")
    # What could not be read is compared with nothing.
    around = neighbourhood(contract, folder) if reading.table else Surroundings()
    taken = state.taken
    asked = (upload.digest, contract.digest)
    confirmed = taken is not None and taken.confirmed and (taken.upload, taken.contract) == asked
    return examine(reading, contract, around, desk=desk, folder=folder, confirmed=confirmed)


def _settle(report: ValidationReport, contract: Contract, *, store: ObjectStore, ledger: Ledger) -> None:
    """Close the upload in the ledger, unless it is closed already or a newer one was taken since."""
    entries = ledger.entries()
    state = intake(entries)
    if not state.open or state.taken is None or state.taken.upload != report.upload:
        return
    said = {
        "source": report.source,
        "upload": report.upload,
        "contract": report.contract,
        "report": report.digest,
    }
    if report.verdict == "held":
        # A marker that lies there now was written before the steward has read the letter.
        confirmation = look(report.source, store, contract.uploaders).confirmation
        held = Held.model_validate({**said, "confirmation": confirmation})
        ledger.append(entries, HELD, held, op=f"held/{len(entries)}/{report.digest}")
    else:
        rejected = Rejected.model_validate(said)
        ledger.append(entries, REJECTED, rejected, op=f"rejected/{len(entries)}/{report.digest}")
