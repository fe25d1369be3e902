"""DVC's object store: bytes under `files/md5/<first 2>/<other 30>`, in a folder or an S3 bucket.

DVC names bytes by md5, which proves nothing; so every object is also checked against the sha256 that its
snapshot states.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.errors import DataError, Tampered, Unavailable
from pipelines.integrations.whole_file import sync_folder, whole_file

if TYPE_CHECKING:
    from dvc_data.hashfile.db import HashFileDB
    from dvc_objects.fs.base import FileSystem

LAYOUT = ("files", "md5")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Digests:
    """The two names of the same bytes."""

    md5: str
    sha256: str


class DvcStore:
    """Where the bytes of the data registry lie, behind a cache on this machine.

    `remote` is a folder or `s3://bucket/prefix`; S3 credentials come from the environment alone.
    """

    def __init__(self, remote: str, cache: Path, *, endpoint: str | None = None) -> None:
        self.remote = remote
        self.cache = cache
        self.endpoint = endpoint

    def put(self, file: Path, sha256: str) -> str:
        """Uploads the file if the remote does not hold it, reads it back, and returns its md5.

        A damaged object of that name is replaced. Raises Tampered when the file is not the one named by
        `sha256`, or when the name is taken by other bytes of the same md5; Unavailable when the remote fails.
        """
        found = local_digests(file)
        if found.sha256 != sha256:
            raise wrong_bytes(f"file {file.name}", sha256, found.sha256, "Write the snapshot again.")
        with self.reachable():
            remote = self.objects()
            if self.usable(remote, found):
                return found.md5
            remote.add(str(file), local_files(), found.md5, check_exists=False)
            self.settle(Path(remote.oid_to_path(found.md5)))
            if stored_digests(remote, found.md5) != found:
                raise Unavailable(
                    f"object {found.md5}", "reads back as written", "other bytes", "Check the disk or bucket."
                )
        return found.md5

    def get(self, md5: str, sha256: str, to: Path) -> None:
        """Writes the object to `to`, from the cache when it holds good bytes, complete or not at all.

        Raises DataError when the remote has no such object, Tampered when its bytes are not `sha256`.
        """
        cached = self.cache.joinpath(*LAYOUT, md5[:2], md5[2:])
        if not (cached.is_file() and local_digests(cached).sha256 == sha256):
            self.download(md5, sha256, cached)
        with cached.open("rb") as stream, whole_file(to) as out:
            while chunk := stream.read(CHUNK):
                out.write(chunk)

    def download(self, md5: str, sha256: str, cached: Path) -> None:
        """Fills the cache from the remote; the cache never holds bytes that failed the check."""
        with self.reachable():
            remote = self.objects()
            try:
                with remote.fs.open(remote.oid_to_path(md5), "rb") as stream, whole_file(cached) as out:
                    digest = hashlib.sha256()
                    while chunk := stream.read(CHUNK):
                        digest.update(chunk)
                        out.write(chunk)
                    if digest.hexdigest() != sha256:
                        raise wrong_bytes(f"object {md5}", sha256, digest.hexdigest(), "Restore it.")
            except FileNotFoundError as missing:
                raise DataError(
                    f"object {md5}", "lies in the DVC remote", "no such object", "Publish it again."
                ) from missing

    def usable(self, remote: HashFileDB, wanted: Digests) -> bool:
        """Whether the remote holds exactly these bytes; a damaged object is removed."""
        try:
            found = stored_digests(remote, wanted.md5)
        except FileNotFoundError:
            return False
        if found == wanted:
            return True
        if found.md5 == wanted.md5:
            raise wrong_bytes(f"object {wanted.md5}", wanted.sha256, found.sha256, "Ask why they differ.")
        remote.fs.remove(remote.oid_to_path(wanted.md5))
        return False

    def settle(self, path: Path) -> None:
        """Makes an object in a folder survive a power cut, as the commit that will name it does."""
        if not self.remote.startswith("s3://"):
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
            sync_folder(path.parent)

    def objects(self) -> HashFileDB:
        """DVC's object database of the remote."""
        if not self.remote.startswith("s3://"):
            folder = Path(self.remote).absolute().joinpath(*LAYOUT)
            return database(local_files(), str(folder))
        from dvc_s3 import S3FileSystem  # type: ignore[import-untyped]

        # Another process may have written since the last listing, so nothing may be listed from memory.
        files = S3FileSystem(url=self.remote, endpointurl=self.endpoint)
        files.fs.invalidate_cache()
        return database(files, "/".join((self.remote.removeprefix("s3://").rstrip("/"), *LAYOUT)))

    @contextmanager
    def reachable(self) -> Iterator[None]:
        """Turns what the remote's client raises into Unavailable."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (OSError, BotoCoreError, ClientError) as failure:
            raise Unavailable(
                f"DVC remote {self.remote}",
                "must answer",
                f"{type(failure).__name__}: {failure}"[:300],
                "Check the address, the credentials in the environment and the free space; then try again.",
            ) from failure


def local_files() -> FileSystem:
    """The file system of this machine, as DVC sees it."""
    from dvc_objects.fs.local import LocalFileSystem

    files: FileSystem = LocalFileSystem()  # type: ignore[no-untyped-call]
    return files


def database(files: FileSystem, path: str) -> HashFileDB:
    """DVC's object database below a path."""
    from dvc_data.hashfile.db import get_odb

    objects: HashFileDB = get_odb(files, path, hash_name="md5")  # type: ignore[no-untyped-call]
    return objects


def local_digests(file: Path) -> Digests:
    """Both digests of a file, in one reading."""
    with file.open("rb") as stream:
        return digests(stream)


def stored_digests(objects: HashFileDB, md5: str) -> Digests:
    """Both digests of the object of that name. Raises FileNotFoundError when there is none."""
    with objects.fs.open(objects.oid_to_path(md5), "rb") as stream:
        return digests(stream)


def digests(stream: Any) -> Digests:
    """Both digests of what is left in a binary stream."""
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    while chunk := stream.read(CHUNK):
        md5.update(chunk)
        sha256.update(chunk)
    return Digests(md5.hexdigest(), sha256.hexdigest())


def wrong_bytes(subject: str, wanted: str, found: str, remedy: str) -> Tampered:
    """The error for bytes that are not what the snapshot states."""
    return Tampered(subject, f"must have the sha256 {wanted[:12]}", f"sha256 {found[:12]}", remedy)
