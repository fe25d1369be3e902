"""Ingest: take a complete upload, copy its exact object versions to landing, claim it once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.contract import Contract
from pipelines.core.errors import ObjectChanged
from pipelines.core.intake import TAKEN, UNCHANGED, Intake, Taken, Unchanged, intake
from pipelines.core.upload import LandedFile, Listing, Upload, waiting_for
from pipelines.ledger import Ledger
from pipelines.ports import Clock, ObjectStore


def inbox(source: str) -> str:
    return f"inbox/{source}/"


def landing(upload: Upload) -> str:
    """Where the files of an upload stay for ever, under the digest of their content."""
    return f"landing/{upload.source}/{upload.digest}/"


def look(source: str, store: ObjectStore) -> Listing:
    prefix = inbox(source)
    return Listing(source=source, objects=store.list(prefix), pending=store.pending(prefix))


def pending(contract: Contract, *, store: ObjectStore, ledger: Ledger, clock: Clock) -> Listing | None:
    """What lies in the inbox, if it is complete and has no answer yet."""
    listing = look(contract.source, store)
    if waiting_for(listing, now=clock.now(), quiet_period=contract.quiet_period):
        return None
    return None if intake(ledger.entries()).decided(listing.fingerprint) else listing


def ingest(
    contract: Contract,
    *,
    store: ObjectStore,
    archive: Archive,
    ledger: Ledger,
    clock: Clock,
    scratch: Path,
) -> Upload | None:
    """The upload to validate now, or None when there is nothing new.

    Raises ObjectChanged when the steward writes while the files are being taken: the next look sees
    the newer state, and no mixture of the two is ever landed.
    """
    listing = pending(contract, store=store, ledger=ledger, clock=clock)
    if listing is None:
        return None
    entries = ledger.entries()
    claim = _claim_of(intake(entries), listing)
    if claim is None:
        with TemporaryDirectory(dir=scratch) as folder:
            taken_now = _take(listing, store=store, folder=Path(folder))
        archive.keep(taken_now)
        claim = Taken(source=contract.source, fingerprint=listing.fingerprint, upload=taken_now.digest)
        ledger.append(entries, TAKEN, claim, op=f"taken/{len(entries)}/{listing.fingerprint}")
        entries = ledger.entries()
    if intake(entries).repeats(claim.upload, contract.digest):
        unchanged = Unchanged(source=contract.source, upload=claim.upload)
        ledger.append(entries, UNCHANGED, unchanged, op=f"unchanged/{len(entries)}")
        return None
    return archive.fetch(Upload, claim.upload)


def _claim_of(state: Intake, listing: Listing) -> Taken | None:
    """The claim of an earlier attempt on the same listing, left open by a crash."""
    taken = state.taken
    return taken if taken and state.open and taken.fingerprint == listing.fingerprint else None


def _take(listing: Listing, *, store: ObjectStore, folder: Path) -> Upload:
    prefix = inbox(listing.source)
    copies: list[tuple[LandedFile, Path]] = []
    for number, version in enumerate(listing.data):
        copy = folder / str(number)
        sha256 = store.download(version, copy)
        name = version.key.removeprefix(prefix)
        copies.append((LandedFile(name=name, size=copy.stat().st_size, sha256=sha256), copy))
    if look(listing.source, store).fingerprint != listing.fingerprint:
        raise ObjectChanged(
            f"inbox of {listing.source}",
            "an upload must stay as it is while it is taken",
            "a write during the copy",
            "Nothing is lost: the newer state is taken next.",
        )
    upload = Upload(source=listing.source, files=tuple(sorted((f for f, _ in copies), key=lambda f: f.name)))
    for file, copy in copies:
        store.upload_file(copy, landing(upload) + file.name)
    return upload
