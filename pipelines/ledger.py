"""A signed, hash-chained ledger on any object store; put-if-absent decides who writes next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import ValidationError

from pipelines.core.errors import Conflict, Tampered
from pipelines.core.ledger import GENESIS, Entry
from pipelines.core.object_key import check_prefix
from pipelines.core.value import Value, sha256_hex
from pipelines.ports import Clock, ObjectStore, Signer

NUMBER = re.compile(r"[0-9]{8,}\.json")
REMEDY = "Stop writing, find out who changed the bucket, and restore the ledger from a backup."


class _Verified(NamedTuple):
    version: str | None
    entry: Entry


class Ledger:
    """The entries at `<prefix><seq:08d>.json`, counted from 1."""

    def __init__(self, store: ObjectStore, prefix: str, *, signer: Signer, clock: Clock) -> None:
        self._store, self._prefix = store, check_prefix(prefix)
        self._signer, self._clock = signer, clock
        self._genesis = sha256_hex((GENESIS + prefix).encode())
        self._verified: tuple[_Verified, ...] = ()

    def entries(self) -> tuple[Entry, ...]:
        """The whole chain. Tampered names the first object that does not continue it."""
        listed = {self._number(found.key): found.version for found in self._store.list(self._prefix)}
        # What was read once must be there for ever, whatever a listing says.
        highest = max([len(self._verified), *listed])
        chain: list[_Verified] = []
        for seq in range(1, highest + 1):
            prev = chain[-1].entry.chain_hash if chain else self._genesis
            chain.append(self._at(seq, listed.get(seq), prev))
        self._verified = tuple(chain)
        return tuple(link.entry for link in chain)

    def append(self, seen: Sequence[Entry], kind: str, body: Value, *, op: str) -> Entry:
        """Adds one entry after `seen`, the entries read before deciding.

        A repeated `op` returns the entry it wrote. Conflict when somebody else appended in between.
        """
        chain = self.entries()
        if done := _written_by(op, chain):
            return done
        if chain != tuple(seen):
            raise self._conflict(len(seen), len(chain))
        draft = Entry(
            seq=len(chain) + 1,
            prev=chain[-1].chain_hash if chain else self._genesis,
            at=self._clock.now(),
            kind=kind,
            op=op,
            body=body.model_dump(mode="json"),
        )
        entry = draft.model_copy(update={"signature": self._signer.sign(draft.signed_bytes)})
        if self._store.put_if_absent(self._key(entry.seq), entry.to_json(), owner=op):
            self._verified = (*self._verified[: entry.seq - 1], _Verified(None, entry))
            return entry
        # The winner may be another attempt of the same write, made at another time.
        chain = self.entries()
        if done := _written_by(op, chain):
            return done
        raise self._conflict(len(seen), len(chain))

    def _at(self, seq: int, version: str | None, prev: str) -> _Verified:
        known = self._verified[seq - 1] if seq <= len(self._verified) else None
        if known and version is not None and known.version == version:
            return known
        # A listing is no snapshot: an older entry may be missing from it although a newer one shows.
        entry = self._fetched(seq, prev)
        if known and known.entry != entry:
            raise self._tampered(seq, "is what was read before", "another entry")
        return _Verified(version, entry)

    def _fetched(self, seq: int, prev: str) -> Entry:
        data = self._store.get(self._key(seq))
        if data is None:
            raise self._tampered(seq, "is there for ever", "nothing")
        try:
            entry = Entry.model_validate_json(data)
            canonical = entry.to_json()
        except (ValidationError, ValueError) as error:
            raise self._tampered(seq, "is a ledger entry", type(error).__name__) from error
        if canonical != data:
            raise self._tampered(seq, "is canonical JSON", "another form")
        if entry.seq != seq:
            raise self._tampered(seq, "bears the number of its name", str(entry.seq))
        if entry.prev != prev:
            raise self._tampered(seq, "continues the chain", "another predecessor")
        if not self._signer.verify(entry.signed_bytes, entry.signature):
            raise self._tampered(seq, "bears a valid signature", "another one")
        return entry

    def _number(self, key: str) -> int:
        name = key.removeprefix(self._prefix)
        number = int(name.removesuffix(".json")) if NUMBER.fullmatch(name) else 0
        if number < 1 or self._key(number) != key:
            raise Tampered(f"ledger {self._prefix}", "holds nothing but its entries", ascii(key), REMEDY)
        return number

    def _key(self, seq: int) -> str:
        return f"{self._prefix}{seq:08d}.json"

    def _tampered(self, seq: int, rule: str, found: str) -> Tampered:
        return Tampered(f"ledger entry {self._key(seq)}", rule, found, REMEDY)

    def _conflict(self, expected: int, found: int) -> Conflict:
        return Conflict(
            f"ledger {self._prefix}",
            f"ends with the entry {expected} that was decided on",
            f"{found} entries",
            "Read it again and decide again.",
        )


def _written_by(op: str, chain: Sequence[Entry]) -> Entry | None:
    return next((entry for entry in chain if entry.op == op), None)
