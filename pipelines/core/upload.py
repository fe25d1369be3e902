"""An upload: what a steward left in the inbox, complete and frozen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Literal

from pipelines.core.manifest import Manifest
from pipelines.core.object_key import trouble_with
from pipelines.core.value import Name, Sha256, Value, canonical_json, sha256_hex

READY_MARKER = "_READY"
CONFIRM_MARKER = "_CONFIRM"


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
    or deleted here, where the bucket knows.
    """

    source: Name
    prefix: str = ""
    objects: tuple[ObjectVersion, ...]
    pending: tuple[str, ...] = ()
    manifest: Manifest | None = None
    changed: datetime | None = None

    @property
    def data(self) -> tuple[ObjectVersion, ...]:
        """The objects that are data: no marker, no hidden file, no folder placeholder."""
        return tuple(o for o in self.objects if not _is_furniture(o.key))

    @property
    def fingerprint(self) -> str:
        """Names exactly these object versions, markers included: it changes with every write."""
        return sha256_hex(canonical_json([[o.key, o.version] for o in self.objects]))

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
        """The version of the `_CONFIRM` marker."""
        marker = self._marker(CONFIRM_MARKER)
        return marker.version if marker else None

    def name(self, data: ObjectVersion) -> str:
        return data.key.removeprefix(self.prefix)

    def _marker(self, name: str) -> ObjectVersion | None:
        found = [o for o in self.objects if PurePosixPath(o.key).name == name]
        return max(found, key=lambda o: o.modified, default=None)


def _is_furniture(key: str) -> bool:
    name = PurePosixPath(key).name
    # A Mac leaves "Icon\r" in folders that were given a picture.
    hidden = name.startswith((".", "_")) and name != ".."
    return not name or key.endswith("/") or hidden or name == "Icon\r"


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
