"""What a steward's `_READY` file may say: which files belong to the upload, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import Field, ValidationError

from pipelines.core.value import Sha256, Value

LARGEST = 1_000_000
"""Bytes: a longer `_READY` file is not read."""


class ListedFile(Value):
    """`name` is relative to the inbox, `size` in bytes; without `sha256` only the size is compared."""

    name: str
    size: int = Field(ge=0)
    sha256: Sha256 | None = None


class Manifest(Value):
    """`problem` says why a manifest could not be read; it then fits nothing."""

    files: tuple[ListedFile, ...] = ()
    problem: str | None = None

    def fits(self, sizes: Mapping[str, int]) -> bool:
        """Whether exactly the listed files are there, in their sizes."""
        return self.problem is None and {f.name: f.size for f in self.files} == dict(sizes)

    def differences(self, found: Mapping[str, tuple[int, str]]) -> tuple[tuple[str, str], ...]:
        """(file name, what differs) between the listed files and those found, {name: (size, sha256)}."""
        if self.problem is not None:
            return (("_READY", self.problem),)
        listed = {file.name: file for file in self.files}
        differing = [(name, "it is listed and not there") for name in listed if name not in found]
        differing += [(name, "it is there and not listed") for name in found if name not in listed]
        for name, (size, sha256) in found.items():
            file = listed.get(name)
            if file and file.size != size:
                differing.append((name, f"it has {size:,} bytes and {file.size:,} are listed"))
            elif file and file.sha256 not in (None, sha256):
                differing.append((name, "its content has another sha256 than the listed one"))
        return tuple(sorted(differing))


def read_manifest(data: bytes) -> Manifest | None:
    """The manifest in a `_READY` file, None for an empty one: that only says that the upload is complete."""
    if not data.strip():
        return None
    if len(data) > LARGEST:
        return Manifest(problem=f"the list of files is longer than {LARGEST:,} bytes")
    try:
        document = json.loads(data)
        manifest = Manifest.model_validate(document)
    except (ValueError, RecursionError, ValidationError):
        return Manifest(problem='it is not a list like {"files": [{"name": "a.csv", "size": 120}]}')
    names = [file.name for file in manifest.files]
    if len(set(names)) < len(names) or manifest.problem is not None:
        return Manifest(problem="it lists a file twice")
    return manifest
