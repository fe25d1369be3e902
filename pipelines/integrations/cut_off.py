"""Tells a table that was cut off while it was copied: the one kind of file that then still looks whole."""

from __future__ import annotations

from pathlib import Path

BLOCK = 4096
"""Bytes: programs copy whole blocks, and so does a copy that is interrupted."""


def doubt_about(name: str, path: Path) -> str | None:
    """Why a file may be the beginning of a longer one, or None.

    Every other format shows by itself that its end is missing. Of whole tables without a line end at their
    end, one in 4096 is asked about in vain.
    """
    size = path.stat().st_size
    if not name.lower().endswith((".csv", ".tsv")) or size == 0 or size % BLOCK:
        return None
    with path.open("rb") as stream:
        stream.seek(size - 1)
        if stream.read(1) in (b"\n", b"\r"):
            return None
    return (
        f"{name} ends in the middle of a line after {size // BLOCK:,} blocks of {BLOCK} bytes: the copy may "
        "have been interrupted. Drop it again; if it is whole, confirm the upload."
    )
