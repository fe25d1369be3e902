"""A ledger entry and the chain that binds each entry to all before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pipelines.core.value import Value, canonical_json, sha256_hex

GENESIS = "0" * 64


class Entry(Value):
    """One fact. `seq` counts from 1; `prev` is the sha256 of the entry before it as stored; `op` names
    the logical write, so that a repeated write is recognised; `body` is a value's JSON.
    """

    seq: int
    prev: str
    at: datetime
    kind: str
    op: str
    body: dict[str, Any]
    signature: str = ""

    @property
    def signed_bytes(self) -> bytes:
        """What the signature covers: everything but itself."""
        return canonical_json(self.model_dump(mode="json", exclude={"signature"}))

    @property
    def chain_hash(self) -> str:
        """What the next entry's `prev` must be."""
        return sha256_hex(self.to_json())
