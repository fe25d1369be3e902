"""How much of an upload is read before it is refused: the bounds that make every reader safe on any bytes."""

import io
import os
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from pipelines.integrations.unreadable import unreadable

BLOCK = 1 << 20


class Limits(NamedTuple):
    """Bounds of one upload.

    `rows` and `unpacked` (bytes after unpacking) hold for all its files together, `cell` and `line` are
    characters, `ratio` is how many times its own size an archive may unpack to once it has passed `small`
    bytes, `members` is the number of files in an archive.
    """

    rows: int = 10_000_000
    unpacked: int = 20_000_000_000
    ratio: int = 200
    small: int = 10_000_000
    cell: int = 1_000_000
    line: int = 16_000_000
    members: int = 1_000


class Allowance:
    """What is left of an upload's limits while its files are read one after the other."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._bytes = 0
        self._rows = 0

    def take_bytes(self, count: int) -> None:
        """Count unpacked bytes. Raises UnreadableFile (`too_big`)."""
        self._bytes += count
        if self._bytes > self.limits.unpacked:
            raise unreadable(
                f"the upload holds more than {self.limits.unpacked:,} bytes of data",
                code="too_big",
                fix="Upload less data at a time.",
            )

    def take_rows(self, lines: Sequence[int]) -> None:
        """Count the rows that start on these lines. Raises UnreadableFile (`too_many_rows`)."""
        left = self.limits.rows - self._rows
        self._rows += len(lines)
        if len(lines) > left:
            raise unreadable(
                f"the upload holds more than {self.limits.rows:,} rows",
                code="too_many_rows",
                fix="Upload fewer rows.",
                line=lines[left],
            )

    def check_cell(self, value: object, line: int) -> None:
        """Raises UnreadableFile (`cell_too_long`) for a text that no cell may hold."""
        if isinstance(value, str) and len(value) > self.limits.cell:
            raise unreadable(
                f"a cell holds more than {self.limits.cell:,} characters",
                code="cell_too_long",
                fix="Look for a quote that is never closed, or shorten the text.",
                line=line,
            )


class Unpacking:
    """How much has come out of one archive, all its members together."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._most = max(limits.small, limits.ratio * packed)
        self._count = 0

    def take_bytes(self, count: int) -> None:
        """Count unpacked bytes. Raises UnreadableFile (`bomb`)."""
        self._count += count
        if self._count > self._most:
            raise unreadable(
                "the archive unpacks to an implausible size",
                code="bomb",
                fix="Upload the file unpacked.",
            )


class Metered(io.RawIOBase):
    """A stream that counts what really comes out of it: sizes that an archive declares are never trusted.

    `unpacking` is that of the archive that the bytes come from, None for a file that is not packed.
    """

    def __init__(self, stream: BinaryIO, allowance: Allowance, *, unpacking: Unpacking | None = None) -> None:
        super().__init__()
        self._stream = stream
        self._allowance = allowance
        self._unpacking = unpacking

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes (at most one block). Raises UnreadableFile (`bomb`, `too_big`)."""
        data = self._stream.read(BLOCK if size < 0 else min(size, BLOCK))
        if self._unpacking:
            self._unpacking.take_bytes(len(data))
        self._allowance.take_bytes(len(data))
        return data


def size_of(stream: BinaryIO) -> int:
    """Bytes of an open file."""
    return os.fstat(stream.fileno()).st_size
