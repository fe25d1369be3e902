"""Ingest: take a complete upload, copy its exact object versions to landing, claim it once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.contract import Contract
from pipelines.core.errors import ObjectChanged
from pipelines.core.intake import TAKEN, UNCHANGED, Intake, Taken, Unchanged, intake
from pipelines.core.manifest import Manifest, read_manifest
from pipelines.core.upload import LandedFile, LeftFile, Listing, Upload, left_files, waiting_for
from pipelines.ledger import Ledger
from pipelines.ports import Clock, ObjectStore


def inbox(source: str) -> str:
    return f"inbox/{source}/"


def landed(upload: Upload, file: LandedFile) -> str:
    """Where a file of an upload stays for ever: under digests, because its name is the steward's word."""
    return f"landing/{upload.source}/{upload.digest}/{file.sha256}"


def look(source: str, store: ObjectStore, uploaders: tuple[str, ...] = ()) -> Listing:
    """What lies in an inbox; markers count where one of the `uploaders` wrote them, if any are named."""
    prefix = inbox(source)
    listing = Listing(
        source=source,
        prefix=prefix,
        objects=store.list(prefix),
        pending=store.pending(prefix),
        uploaders=uploaders,
    )
    marker = listing.ready
    if marker is None or marker.size == 0:
        return listing
    data = store.get(marker.key)
    manifest = Manifest(problem="it vanished while it was read") if data is None else read_manifest(data)
    return listing.model_copy(update={"manifest": manifest})


def pending(contract: Contract, *, store: ObjectStore, ledger: Ledger, clock: Clock) -> Listing | None:
    """What lies in the inbox, if it is complete and has no answer yet."""
    listing = look(contract.source, store, contract.uploaders)
    if waiting_for(listing, now=clock.now(), quiet_period=contract.quiet_period):
        return None
    if intake(ledger.entries()).decided(listing.fingerprint):
        return None
    # Asked last, because it takes another listing of the bucket.
    listing = listing.model_copy(update={"changed": store.changed(listing.prefix)})
    waiting = waiting_for(listing, now=clock.now(), quiet_period=contract.quiet_period)
    return None if waiting else listing


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
    claim = _claim_of(intake(entries), listing, contract)
    if claim is None:
        with TemporaryDirectory(dir=scratch) as folder:
            upload = _take(listing, contract, store=store, folder=Path(folder))
        archive.keep(upload)
        claim = Taken(
            source=contract.source,
            fingerprint=listing.fingerprint,
            upload=upload.digest,
            contract=contract.digest,
            confirmed=intake(entries).confirms(upload.digest, contract.digest, listing.confirmation),
        )
        ledger.append(entries, TAKEN, claim, op=f"taken/{len(entries)}/{listing.fingerprint}")
        entries = ledger.entries()
    if intake(entries).repeats(claim.upload, contract.digest) and not claim.confirmed:
        unchanged = Unchanged(source=contract.source, upload=claim.upload)
        ledger.append(entries, UNCHANGED, unchanged, op=f"unchanged/{len(entries)}")
        return None
    return archive.fetch(Upload, claim.upload)


def _claim_of(state: Intake, listing: Listing, contract: Contract) -> Taken | None:
    """The claim of an earlier attempt on the same listing under the same contract, left open by a crash."""
    taken = state.taken
    if taken is None or not state.open:
        return None
    same = (taken.fingerprint, taken.contract) == (listing.fingerprint, contract.digest)
    return taken if same else None


def _take(listing: Listing, contract: Contract, *, store: ObjectStore, folder: Path) -> Upload:
    """The upload, landed. Files that may not be taken are named in it, and then none is read."""
    left = left_files(listing, contract.uploaders)
    copies: list[tuple[LandedFile, Path]] = []
    for number, version in enumerate(() if left else listing.data):
        copy = folder / str(number)
        sha256 = store.download(version, copy)
        copies.append((LandedFile(name=listing.name(version), size=version.size, sha256=sha256), copy))
    if look(listing.source, store).fingerprint != listing.fingerprint:
        raise ObjectChanged(
            f"inbox of {listing.source}",
            "an upload must stay as it is while it is taken",
            "a write during the copy",
            "Nothing is lost: the newer state is taken next.",
        )
    files = tuple(sorted((file for file, _ in copies), key=lambda file: file.name))
    upload = Upload(source=listing.source, files=files, left=left or _against(listing.manifest, files))
    for file, copy in copies:
        store.upload_file(copy, landed(upload, file))
    return upload


def _against(manifest: Manifest | None, files: tuple[LandedFile, ...]) -> tuple[LeftFile, ...]:
    """What differs from the manifest that the steward wrote."""
    if manifest is None:
        return ()
    found = {file.name: (file.size, file.sha256) for file in files}
    return tuple(LeftFile(name=n, code="manifest", found=what) for n, what in manifest.differences(found))
