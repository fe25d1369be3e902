"""The base of every frozen value: immutable, strict, named by the digest of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]


def canonical_json(document: Any) -> bytes:
    """The one byte form of a JSON document: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Value(BaseModel):
    """A frozen value. Two values with the same content have the same digest, on every machine."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def to_json(self) -> bytes:
        return canonical_json(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """sha256 of the canonical JSON, 64 hex characters. Not cached: a copy would inherit the cache."""
        return sha256_hex(self.to_json())


def to_jsonl(values: Iterable[Value]) -> bytes:
    """JSON Lines, one value a line in canonical form."""
    return b"".join(value.to_json() + b"\n" for value in values)


class Blob(Value):
    """Bytes kept elsewhere, named by their own sha256. `size` in bytes."""

    sha256: Sha256
    size: int
