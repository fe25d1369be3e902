"""A bucket in a local folder. Exclusive links give put-if-absent on any POSIX file system."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from pipelines.core.errors import DataError, ObjectChanged, Refused, Tampered
from pipelines.core.object_key import check_key, check_prefix
from pipelines.core.upload import ObjectVersion
from pipelines.core.value import sha256_hex
from pipelines.integrations.directory_tree import (
    RESERVED,
    disk_faults,
    folder_changed,
    object_versions,
    open_regular,
    version_of,
)
from pipelines.integrations.whole_file import sync_folder, whole_file

CHUNK = 1 << 20
ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class DirectoryStore:
    """Objects are the regular files below `root`, so people may drop files there with any program.

    Unfinished writes and owners' claims lie in the hidden folder `.store`, which is never listed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def list(self, prefix: str) -> tuple[ObjectVersion, ...]:
        folder = self._real(check_prefix(prefix).rpartition("/")[0])
        with disk_faults(prefix):
            found = object_versions(self._root, prefix) if folder.is_dir() else ()
            return tuple(sorted(found, key=lambda version: version.key))

    def pending(self, prefix: str) -> tuple[str, ...]:
        """Always empty: a folder has no uploads in parts; a growing file shows in its version."""
        check_prefix(prefix)
        return ()

    def changed(self, prefix: str) -> datetime | None:
        folder = self._real(check_prefix(prefix).rpartition("/")[0])
        with disk_faults(prefix):
            return folder_changed(folder) if folder.is_dir() else None

    def get(self, key: str) -> bytes | None:
        path = self._path(key)
        with disk_faults(key):
            try:
                with os.fdopen(open_regular(path), "rb") as stream:
                    return stream.read()
            except ABSENT:
                return None

    def put(self, key: str, data: bytes) -> None:
        with self._replacing(key) as stream:
            stream.write(data)

    def upload_file(self, source: Path, key: str) -> None:
        with source.open("rb") as content, self._replacing(key) as stream:
            shutil.copyfileobj(content, stream, CHUNK)

    def put_if_absent(self, key: str, data: bytes, *, owner: str) -> bool:
        path = self._path(key)
        with disk_faults(key):
            claims, folder = self._folder(self._claims(key, owner)), self._folder(path.parent)
            claim = claims / uuid4().hex
            won = False
            try:
                _write_synced(claim, data)
                # The claim reaches the disk before the object, so a visible object always has its owner.
                sync_folder(claims)
                won = _linked(claim, path)
            finally:
                if not won:
                    claim.unlink(missing_ok=True)
            # Also for an earlier try of this owner, which may have ended before its name was on the disk.
            sync_folder(folder)
            return won or self._is_mine(path, claims, data)

    def download(self, version: ObjectVersion, to: Path) -> str:
        path = self._path(version.key)
        with disk_faults(version.key):
            try:
                with os.fdopen(open_regular(path), "rb") as stream, whole_file(to) as copy:
                    _unchanged(version, stream)
                    digest = _copy(stream, copy)
                    _unchanged(version, stream)
                    return digest
            except ABSENT as error:
                raise _changed(version, "nothing") from error

    def download_key(self, key: str, to: Path, *, sha256: str) -> None:
        path = self._path(key)
        with disk_faults(key):
            try:
                with os.fdopen(open_regular(path), "rb") as stream, whole_file(to) as copy:
                    digest = _copy(stream, copy)
                    if digest != sha256:
                        raise Tampered(
                            f"object {key}", f"has the sha256 {sha256}", digest, "Restore it from a backup."
                        )
            except ABSENT as error:
                raise DataError(
                    f"object {key}", "must be in the archive", "nothing", "Restore it from a backup."
                ) from error

    @contextmanager
    def _replacing(self, key: str) -> Iterator[BinaryIO]:
        path = self._path(key)
        with disk_faults(key):
            temporary = self._folder(self._root / RESERVED / "temporary") / uuid4().hex
            try:
                with temporary.open("xb") as stream:
                    yield stream
                    stream.flush()
                    os.fsync(stream.fileno())
                temporary.replace(self._folder(path.parent) / path.name)
                sync_folder(path.parent)
            finally:
                temporary.unlink(missing_ok=True)

    def _is_mine(self, path: Path, claims: Path, data: bytes) -> bool:
        status = path.lstat()
        mine = any(os.path.samestat(status, claim.stat()) for claim in claims.iterdir())
        return mine and self.get(path.relative_to(self._root).as_posix()) == data

    def _claims(self, key: str, owner: str) -> Path:
        named = sha256_hex(key.encode())
        return self._root / RESERVED / "claims" / named[:2] / named / sha256_hex(owner.encode())

    def _path(self, key: str) -> Path:
        folder, _, name = check_key(key).rpartition("/")
        if key == RESERVED:
            raise _reserved(key)
        return self._real(folder) / name

    def _real(self, folder: str) -> Path:
        """A folder that is reached through no link below the root; it may be missing."""
        if folder.split("/")[0] == RESERVED:
            raise _reserved(folder)
        path = self._root / folder
        if path.resolve() != self._root.resolve() / folder:
            raise Refused(f"folder {folder}", "is a real folder", "a link", "Put a folder in its place.")
        return path

    def _folder(self, folder: Path) -> Path:
        """Creates `folder` and those above it so that they survive a power cut."""
        if not folder.is_dir():
            self._folder(folder.parent)
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
        return folder


def _reserved(key: str) -> DataError:
    return DataError(f"object {key}", f"lies outside {RESERVED}", "a reserved name", "Use another key.")


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _linked(claim: Path, path: Path) -> bool:
    try:
        os.link(claim, path, follow_symlinks=False)
    except FileExistsError:
        return False
    return True


def _copy(source: BinaryIO, to: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        to.write(chunk)
    return digest.hexdigest()


def _unchanged(version: ObjectVersion, stream: BinaryIO) -> None:
    found = version_of(version.key, os.fstat(stream.fileno()))
    if found != version:
        raise _changed(version, found.version)


def _changed(version: ObjectVersion, found: str) -> ObjectChanged:
    return ObjectChanged(
        f"object {version.key}",
        f"is version {version.version}",
        found,
        "List the folder again and take what is there.",
    )
