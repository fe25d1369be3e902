"""The digest of a folder: sha256 of canonical JSON {relative POSIX path: sha256 of the file}."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipelines.core.errors import Tampered
from pipelines.core.value import canonical_json, sha256_hex


def file_sha256(path: Path) -> str:
    """sha256 of a file's bytes, 64 hex characters."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_files(folder: Path) -> dict[str, str]:
    """{relative POSIX path: sha256} of every file below `folder`, by path.

    Raises Tampered for a missing folder and for anything that is neither a plain file nor a plain
    folder: a link would let the bytes change without the digest noticing.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise Tampered(
            f"folder {folder.name}", "must be a plain folder", "no such folder", "Restore or rebuild it."
        )
    files: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise Tampered(
                f"folder {folder.name}",
                "holds plain files and folders only",
                f"a link or a special file at {name}",
                "Replace it by the file itself, or restore the folder.",
            )
        if path.is_file():
            files[name] = file_sha256(path)
    return files


def digest_of(files: dict[str, str]) -> str:
    """The digest of a folder whose files are these."""
    return sha256_hex(canonical_json(files))


def folder_sha256(folder: Path) -> str:
    """The digest of everything below `folder`. Raises Tampered as `folder_files` does."""
    return digest_of(folder_files(folder))
