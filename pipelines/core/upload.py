"""An upload: what a steward left in the inbox, complete and frozen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from pipelines.core.manifest import Manifest
from pipelines.core.object_key import trouble_with
from pipelines.core.value import Name, Sha256, Value, canonical_json, sha256_hex

READY_MARKER = "_READY"
CONFIRM_MARKER = "_CONFIRM"
DATA_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".gz", ".zip")


class ObjectVersion(Value):
    """One object as a listing showed it. `version` pins the bytes; `modified` is UTC; `owner` is the
    principal who wrote it, as the bucket names it, None where it does not say.
    """

    key: str
    size: int
    version: str
    modified: datetime
    owner: str | None = None


class LandedFile(Value):
    """One file as taken. `name` is relative to the source's inbox, `size` in bytes."""

    name: str
    size: int
    sha256: Sha256


class LeftFile(Value):
    """A file that was not taken. `name` is made printable; `found` is what was wrong with it."""

    name: str
    code: Literal["file_name", "wrong_steward", "manifest"]
    found: str


class Upload(Value):
    """The files of a source at one moment. The digest depends on names and bytes only.

    With `left` files it is answered without being read.
    """

    source: Name
    files: tuple[LandedFile, ...]
    left: tuple[LeftFile, ...] = ()


class Listing(Value):
    """What lies in a source's inbox right now, below `prefix`; `pending` names uploads in parts that are
    still open, `manifest` is what the `_READY` marker says, and `changed` when something was last written
    or deleted here, where the bucket knows. Markers count only directly below `prefix`, and where there are
    `uploaders`, only those that one of them wrote.
    """

    source: Name
    prefix: str = ""
    objects: tuple[ObjectVersion, ...]
    pending: tuple[str, ...] = ()
    manifest: Manifest | None = None
    changed: datetime | None = None
    uploaders: tuple[str, ...] = ()

    @property
    def data(self) -> tuple[ObjectVersion, ...]:
        """The objects that are data: no marker, nothing hidden, no folder placeholder."""
        return tuple(o for o in self.objects if not is_furniture(self.name(o)))

    @property
    def fingerprint(self) -> str:
        """Names exactly these object versions, markers included: it changes with every write, also of the
        same bytes to a bucket that names versions by their bytes."""
        return sha256_hex(canonical_json([[o.key, _written(o)] for o in self.objects]))

    @property
    def ready(self) -> ObjectVersion | None:
        """The `_READY` marker, unless data was written or deleted after it."""
        marker = self._marker(READY_MARKER)
        known = [o.modified for o in self.data] + ([self.changed] if self.changed else [])
        return marker if marker and all(marker.modified >= moment for moment in known) else None

    def quiet_for(self, now: datetime) -> timedelta:
        """How long ago the last write or deletion was."""
        known = [o.modified for o in self.objects] + ([self.changed] if self.changed else [])
        return now - max(known)

    @property
    def confirmation(self) -> str | None:
        """Names one writing of the `_CONFIRM` marker."""
        marker = self._marker(CONFIRM_MARKER)
        return _written(marker) if marker else None

    def name(self, data: ObjectVersion) -> str:
        return data.key.removeprefix(self.prefix)

    def _marker(self, name: str) -> ObjectVersion | None:
        return next((o for o in self.objects if self.name(o) == name and self._counts(o)), None)

    def _counts(self, marker: ObjectVersion) -> bool:
        return not self.uploaders or marker.owner in self.uploaders


def _written(found: ObjectVersion) -> str:
    return f"{found.version} {found.modified.isoformat()}"


def is_furniture(name: str) -> bool:
    """Whether a name below the inbox is nobody's data. A program that copies into a hidden folder is not
    done yet; what begins with an underscore is a note or a marker unless it ends like a table."""
    *folders, last = name.split("/")
    if not last or any(part.startswith(".") and part not in (".", "..") for part in (*folders, last)):
        return True
    # A Mac leaves "Icon\r" in folders that were given a picture.
    return last == "Icon\r" or (last.startswith("_") and not last.lower().endswith(DATA_ENDINGS))


def waiting_for(listing: Listing, *, now: datetime, quiet_period: timedelta) -> str | None:
    """Why the upload is not complete yet, in words, or None when it is.

    Complete means: some data, no upload in parts still open, and either a `_READY` marker that is not
    older than the newest data object, or whose manifest is fulfilled, or no write and no deletion for
    `quiet_period`: a set that is half deleted looks like a set.
    """
    if not listing.data:
        return "no data file"
    if listing.pending:
        return f"an upload in parts is still open: {listing.pending[0]}"
    sizes = {listing.name(o): o.size for o in listing.data}
    complete = listing.manifest.fits(sizes) if listing.manifest else listing.ready is not None
    if complete:
        return None
    quiet = listing.quiet_for(now)
    if quiet < quiet_period:
        return f"the last write is {max(0.0, quiet.total_seconds()):.0f} s old"
    return None


def left_files(listing: Listing, uploaders: Collection[str]) -> tuple[LeftFile, ...]:
    """The files that may not be taken: written by a stranger, or with a name that no store can keep."""
    left = []
    for data in listing.data:
        name = listing.name(data)
        shown = name[:200].encode("unicode_escape").decode() if trouble_with(data.key) else name
        if uploaders and data.owner not in uploaders:
            left.append(LeftFile(name=shown, code="wrong_steward", found=data.owner or "an unknown account"))
        elif found := trouble_with(data.key):
            left.append(LeftFile(name=shown, code="file_name", found=found))
    return tuple(left)
