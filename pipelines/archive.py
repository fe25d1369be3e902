"""Values, results and files, each under its own digest or decided once."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import ValidationError

from pipelines.core.candidate import Bundle, BundleFile
from pipelines.core.errors import DataError, ObjectChanged, Tampered, Unavailable
from pipelines.core.object_key import check_key
from pipelines.core.value import Blob, Value, sha256_hex
from pipelines.ports import ObjectStore

V = TypeVar("V", bound=Value)
RESTORE = "Restore it from a backup."
RETRY = "Run the step again."


class Archive:
    """Nothing here is ever changed: every read is verified against a digest that the reader brings."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def keep(self, value: Value) -> str:
        """Stores the value under its digest, which is returned. Safe to repeat."""
        self._keep_exactly(f"values/{type(value).__name__}/{value.digest}.json", value.to_json())
        return value.digest

    def fetch(self, type_: type[V], digest: str) -> V:
        key = f"values/{type_.__name__}/{digest}.json"
        return _parsed(type_, self._exactly(key, digest), key)

    def settle(self, kind: str, key: str, value: V) -> V:
        """Stores the result of one piece of work unless there is one; returns the one that stands."""
        place = f"results/{kind}/{key}.json"
        if self._store.put_if_absent(place, value.to_json(), owner=value.digest):
            return value
        winner = self.settled(kind, key, type(value))
        if winner is None:
            raise Unavailable(f"object {place}", "stands once it was written", "nothing", RETRY)
        return winner

    def settled(self, kind: str, key: str, type_: type[V]) -> V | None:
        place = f"results/{kind}/{key}.json"
        data = self._store.get(place)
        return None if data is None else _parsed(type_, data, place)

    def keep_bytes(self, data: bytes) -> Blob:
        blob = Blob(sha256=sha256_hex(data), size=len(data))
        self._keep_exactly(_blob_key(blob.sha256), data)
        return blob

    def read_blob(self, blob: Blob) -> bytes:
        """The whole content in memory; `fetch_file` is for large ones."""
        return self._exactly(_blob_key(blob.sha256), blob.sha256)

    def keep_file(self, path: Path) -> Blob:
        """Stores a file of any size; ObjectChanged when somebody wrote to it meanwhile."""
        blob = _blob_of(path)
        key = _blob_key(blob.sha256)
        if not any(found.key == key and found.size == blob.size for found in self._store.list(key)):
            self._store.upload_file(path, key)
            if _blob_of(path) != blob:
                raise ObjectChanged(f"file {path.name}", "rests while it is stored", "a change", RETRY)
        return blob

    def fetch_file(self, blob: Blob, to: Path) -> None:
        """Writes the verified file to `to`, whole or not at all."""
        self._store.download_key(_blob_key(blob.sha256), to, sha256=blob.sha256)

    def keep_folder(self, folder: Path) -> Bundle:
        """Stores every file of a folder; links are refused with DataError."""
        kept = [(path, self.keep_file(folder / path)) for path in _files(folder)]
        return Bundle(
            files=tuple(BundleFile(path=path, sha256=blob.sha256, size=blob.size) for path, blob in kept)
        )

    def fetch_folder(self, bundle: Bundle, to: Path) -> None:
        """Makes the folder `to` hold exactly the bundle, verified, complete or absent.

        A folder that already does is left alone; anything else in its place is Tampered.
        """
        paths = _safe_paths(bundle)
        if not os.path.lexists(to):
            to.parent.mkdir(parents=True, exist_ok=True)
            scratch = Path(tempfile.mkdtemp(prefix=".folder-", dir=to.parent))
            try:
                for path, file in zip(paths, bundle.files, strict=True):
                    self.fetch_file(Blob(sha256=file.sha256, size=file.size), scratch / path)
                scratch.chmod(0o755)
                if _renamed(scratch, to):
                    return
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        _check_folder(bundle, to)

    def _keep_exactly(self, key: str, data: bytes) -> None:
        digest = sha256_hex(data)
        if not self._store.put_if_absent(key, data, owner=digest):
            self._exactly(key, digest)

    def _exactly(self, key: str, digest: str) -> bytes:
        data = self._store.get(key)
        if data is None:
            raise DataError(f"object {key}", "must be in the archive", "nothing", RESTORE)
        if sha256_hex(data) != digest:
            raise Tampered(f"object {key}", "has the digest of its name", sha256_hex(data), RESTORE)
        return data


def _parsed(type_: type[V], data: bytes, key: str) -> V:
    try:
        return type_.model_validate_json(data)
    except ValidationError as error:
        raise Tampered(
            f"object {key}", f"is a {type_.__name__}", f"{error.error_count()} faults", RESTORE
        ) from error


def _blob_key(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256}"


def _blob_of(path: Path) -> Blob:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Blob(sha256=digest, size=stream.tell())


def _files(folder: Path) -> list[str]:
    """Relative POSIX paths of all files, sorted."""
    found = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise DataError(f"file {name}", "is a regular file", "a link or a device", "Copy its content.")
        if path.is_file():
            found.append(check_key(name))
    return sorted(found)


def _safe_paths(bundle: Bundle) -> list[PurePosixPath]:
    paths = [PurePosixPath(check_key(file.path)) for file in bundle.files]
    files = set(paths)
    if len(files) != len(paths) or any(above in files for path in paths for above in path.parents):
        raise DataError("bundle", "names each file once", "a path that repeats or contains another", RESTORE)
    return paths


def _renamed(scratch: Path, to: Path) -> bool:
    """False when another process was first; an empty folder in the way gives way."""
    try:
        scratch.rename(to)
    except OSError:
        if os.path.lexists(to):
            return False
        raise
    return True


def _check_folder(bundle: Bundle, folder: Path) -> None:
    wanted = {file.path: Blob(sha256=file.sha256, size=file.size) for file in bundle.files}
    real = folder.is_dir() and not folder.is_symlink()
    found = {path: _blob_of(folder / path) for path in _files(folder)} if real else {}
    if not real or found != wanted:
        names = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        raise Tampered(
            f"folder {folder.name}",
            "holds exactly the files of its bundle",
            f"a difference in {', '.join(names[:3]) or 'kind'}",
            "Remove it; it is fetched again.",
        )
