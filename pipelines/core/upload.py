"""An upload: what a steward left in the inbox, complete and frozen."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePosixPath

from pipelines.core.value import Name, Sha256, Value, canonical_json, sha256_hex

READY_MARKER = "_READY"


class ObjectVersion(Value):
    """One object as a listing showed it. `version` pins the bytes; `modified` is UTC."""

    key: str
    size: int
    version: str
    modified: datetime


class LandedFile(Value):
    """One file as taken. `name` is relative to the source's inbox, `size` in bytes."""

    name: str
    size: int
    sha256: Sha256


class Upload(Value):
    """The files of a source at one moment. The digest depends on names and bytes only."""

    source: Name
    files: tuple[LandedFile, ...]


class Listing(Value):
    """What lies in a source's inbox right now; `pending` names multipart uploads in progress."""

    source: Name
    objects: tuple[ObjectVersion, ...]
    pending: tuple[str, ...] = ()

    @property
    def data(self) -> tuple[ObjectVersion, ...]:
        """The objects that are data: no marker, no hidden file, no folder placeholder."""
        return tuple(o for o in self.objects if not _is_furniture(o.key))

    @property
    def fingerprint(self) -> str:
        """Names exactly these object versions, markers included: it changes with every write."""
        return sha256_hex(canonical_json([[o.key, o.version] for o in self.objects]))


def _is_furniture(key: str) -> bool:
    name = PurePosixPath(key).name
    # A Mac leaves "Icon\r" in folders that were given a picture.
    return not name or key.endswith("/") or name.startswith((".", "_")) or name == "Icon\r"


def waiting_for(listing: Listing, *, now: datetime, quiet_period: timedelta) -> str | None:
    """Why the upload is not complete yet, in words, or None when it is.

    Complete means: some data, no multipart upload pending, and either a `_READY` marker that is not
    older than the newest data object, or no write for `quiet_period`.
    """
    if not listing.data:
        return "no data file"
    if listing.pending:
        return f"an upload in parts is still open: {listing.pending[0]}"
    newest = max(o.modified for o in listing.data)
    markers = (o for o in listing.objects if PurePosixPath(o.key).name == READY_MARKER)
    if any(m.modified >= newest for m in markers):
        return None
    quiet = now - max(o.modified for o in listing.objects)
    if quiet < quiet_period:
        return f"the last write is {max(0.0, quiet.total_seconds()):.0f} s old"
    return None
