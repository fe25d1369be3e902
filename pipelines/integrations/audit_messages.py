"""What the resident auditor is asked and answers: one line of JSON each way, over a socket of its owner."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from pipelines.core.contract import Contract
from pipelines.core.report import RuleOutcome
from pipelines.core.value import Value

MOST_BYTES = 16_000_000


class AuditRequest(Value):
    """An audit of a table by its path. Without a table it only asks whether the auditor is there."""

    table: str | None = None
    rows: int = 0
    contract: Contract | None = None
    outcomes: tuple[RuleOutcome, ...] = ()


class AuditReply(Value):
    """`refused` says why there was no audit; `name` and version of the library that audits."""

    name: str
    reasons: tuple[str, ...] = ()
    refused: str | None = None


def send(peer: socket.socket, message: Value) -> None:
    """Write one message. Raises OSError for one that is too long or that nobody takes."""
    data = message.to_json() + b"\n"
    if len(data) > MOST_BYTES:
        raise OSError(f"a message of {len(data):,} bytes")
    peer.sendall(data)


def receive(peer: socket.socket) -> bytes:
    """Read one line. Raises OSError when it is cut off, too long or late."""
    with peer.makefile("rb") as stream:
        line = stream.readline(MOST_BYTES)
    if not line.endswith(b"\n"):
        raise OSError("a message that is cut off or too long")
    return line


def is_private(folder: Path) -> bool:
    """Whether a folder is this user's alone: in any other somebody else's socket may lie."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
