"""`core.rows.content_digest` over any number of hashes: sorted part by part, on disk where they are many."""

from __future__ import annotations

import hashlib
from binascii import hexlify, unhexlify
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

import numpy as np

_PARTS = 64
_IN_MEMORY = 500_000
"""Bytes of a part that are not written to disk."""
_SIZE = 32


class SortedHashes:
    """Hashes by their first bits, each part in a file of its own, so that a part fits into memory."""

    def __init__(self, parts: Sequence[IO[bytes]]) -> None:
        self._parts = parts

    def add(self, hashes: Iterable[str]) -> None:
        """Take hashes of 64 hex characters."""
        rows = np.frombuffer(unhexlify("".join(hashes)), np.uint8).reshape(-1, _SIZE)
        parts = rows[:, 0] // (256 // _PARTS)
        order = np.argsort(parts, kind="stable")
        ends = np.searchsorted(parts[order], np.arange(_PARTS), side="right")
        for part, held in zip(self._parts, np.split(rows[order], ends[:-1]), strict=True):
            part.write(held.tobytes())

    def digest(self) -> str:
        """sha256 over all of them in order, as hex characters."""
        digest = hashlib.sha256()
        for part in self._parts:
            part.seek(0)
            # NumPy leaves zeros at the end out of a comparison: among values of one length, nothing changes.
            held = np.frombuffer(part.read(), f"S{_SIZE}")
            digest.update(hexlify(np.sort(held).tobytes()))
        return digest.hexdigest()


@contextmanager
def sorted_hashes(folder: Path) -> Iterator[SortedHashes]:
    """A place for hashes; what is written to `folder` is gone afterwards."""
    with ExitStack() as stack:
        spooled = [
            stack.enter_context(SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))) for _ in range(_PARTS)
        ]
        yield SortedHashes(spooled)
