"""Snapshot: version the accepted rows in the data registry and make them the source's current data."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.contract import Contract
from pipelines.core.errors import DataError, Refused
from pipelines.core.intake import ACCEPTED, Accepted, intake
from pipelines.core.report import ValidationReport
from pipelines.core.snapshot import Snapshot
from pipelines.ledger import Ledger
from pipelines.ports import DataRegistry


def snapshot(
    report: ValidationReport,
    *,
    contract: Contract,
    archive: Archive,
    registry: DataRegistry,
    ledger: Ledger,
    scratch: Path,
) -> Snapshot:
    """Publish first, then say so in the ledger: no entry ever points at missing bytes.

    Raises Refused for an upload that was overtaken by a newer one, or checked under another contract.
    """
    if contract.digest != report.contract:
        raise Refused(
            f"upload {report.upload[:12]} of {report.source}",
            "a snapshot is made under the contract that its rows were checked by",
            "a contract that was changed since",
            "Nothing is lost: the upload is checked again under the new contract.",
        )
    frozen = freeze(report, contract)
    entries = ledger.entries()
    state = intake(entries)
    if isinstance(state.settled, Accepted) and state.settled.snapshot == frozen.digest:
        return frozen
    if not state.open or state.taken is None or state.taken.upload != report.upload:
        raise Refused(
            f"upload {report.upload[:12]} of {report.source}",
            "only the upload that was taken last may become current",
            "a newer one, or one that was settled already",
            "Nothing is lost: the newer upload has its own run.",
        )
    with TemporaryDirectory(dir=scratch) as folder:
        table = Path(folder) / "table.parquet"
        archive.fetch_file(frozen.table, table)
        revision = registry.publish(frozen, table)
    archive.keep(frozen)
    accepted = Accepted(
        source=report.source,
        upload=report.upload,
        contract=report.contract,
        report=report.digest,
        snapshot=frozen.digest,
        revision=revision,
    )
    ledger.append(entries, ACCEPTED, accepted, op=f"accepted/{len(entries)}/{frozen.digest}")
    return frozen


def freeze(report: ValidationReport, contract: Contract) -> Snapshot:
    """The snapshot of an accepted report. Raises DataError for any other."""
    if report.verdict != "accepted" or report.table is None or report.content is None:
        raise DataError(
            f"upload {report.upload[:12]} of {report.source}",
            "only accepted rows become a snapshot",
            f"a report that says {report.verdict}",
            "Mend the rows that the letter names and drop the files again.",
        )
    return Snapshot(
        source=report.source,
        purpose=contract.purpose,
        upload=report.upload,
        contract=report.contract,
        roles=contract.roles,
        rows=report.rows_accepted,
        content=report.content,
        table=report.table,
    )
