"""What the ledger promises to somebody who decides and then writes."""

from datetime import timedelta

import pytest
from small_ledger import PREFIX, Fact, filled, memory_ledger

from pipelines.core.errors import Conflict, DataError, Unavailable
from pipelines.core.ledger import GENESIS
from pipelines.core.upload import ObjectVersion
from pipelines.core.value import sha256_hex
from pipelines.integrations.memory import FixedClock, MemorySigner, MemoryStore
from pipelines.ledger import Ledger


def test_an_empty_ledger_has_no_entries() -> None:
    assert memory_ledger().entries() == ()


def test_entries_are_numbered_chained_and_signed() -> None:
    store, ledger = filled(3)
    entries = ledger.entries()
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [found.key for found in store.list("")] == [f"{PREFIX}0000000{seq}.json" for seq in (1, 2, 3)]
    assert entries[0].prev == sha256_hex((GENESIS + PREFIX).encode())
    assert [entry.prev for entry in entries[1:]] == [entry.chain_hash for entry in entries[:2]]
    assert all(MemorySigner().verify(entry.signed_bytes, entry.signature) for entry in entries)
    assert entries[2].body == {"text": "fact 3"}
    assert memory_ledger(store).entries() == entries


def test_an_entry_bears_the_time_of_its_writing() -> None:
    clock = FixedClock()
    ledger = Ledger(MemoryStore(), PREFIX, signer=MemorySigner(), clock=clock)
    clock.advance(timedelta(hours=1))
    assert ledger.append((), "fact", Fact(text="a"), op="a").at == clock.now()


def test_a_repeated_write_returns_the_entry_it_wrote() -> None:
    store, ledger = filled(2)
    writes = len(store.list(""))
    again = memory_ledger(store).append((), "fact", Fact(text="other"), op="op/1")
    assert again == ledger.entries()[0]
    assert len(store.list("")) == writes


def test_a_decision_on_an_older_ledger_is_a_conflict() -> None:
    store, ledger = filled(2)
    seen = ledger.entries()
    memory_ledger(store).append(seen, "fact", Fact(text="theirs"), op="theirs")
    with pytest.raises(Conflict, match="Read it again"):
        ledger.append(seen, "fact", Fact(text="ours"), op="ours")
    assert len(ledger.entries()) == 3


class Interrupted(MemoryStore):
    """Somebody else appends between our reading and our writing."""

    def __init__(self, op: str) -> None:
        super().__init__()
        self._op: str | None = op

    def put_if_absent(self, key: str, data: bytes, *, owner: str) -> bool:
        if self._op is not None:
            op, self._op = self._op, None
            clock = FixedClock()
            clock.advance(timedelta(seconds=5))
            rival = Ledger(self, PREFIX, signer=MemorySigner(), clock=clock)
            rival.append(rival.entries(), "fact", Fact(text="rival"), op=op)
        return super().put_if_absent(key, data, owner=owner)


def test_a_lost_race_is_a_conflict() -> None:
    ledger = memory_ledger(Interrupted("theirs"))
    with pytest.raises(Conflict):
        ledger.append((), "fact", Fact(text="ours"), op="ours")
    assert [entry.op for entry in ledger.entries()] == ["theirs"]


def test_a_race_lost_to_another_attempt_of_the_same_write_is_won() -> None:
    ledger = memory_ledger(Interrupted("ours"))
    entry = ledger.append((), "fact", Fact(text="ours"), op="ours")
    assert entry.body == {"text": "rival"}
    assert ledger.entries() == (entry,)


class Forgetful(MemoryStore):
    """Its listings leave keys out, as a listing may that is no snapshot."""

    hidden: frozenset[str] = frozenset()
    reads = 0

    def list(self, prefix: str) -> tuple[ObjectVersion, ...]:
        return tuple(found for found in super().list(prefix) if found.key not in self.hidden)

    def get(self, key: str) -> bytes | None:
        self.reads += 1
        return super().get(key)


def test_entries_missing_from_a_listing_are_fetched_by_name() -> None:
    store = Forgetful()
    ledger = memory_ledger(store)
    for number in range(1, 4):
        ledger.append(ledger.entries(), "fact", Fact(text=str(number)), op=str(number))
    store.hidden = frozenset({f"{PREFIX}00000001.json"})
    assert len(memory_ledger(store).entries()) == 3
    store.hidden = frozenset({f"{PREFIX}00000003.json"})
    assert len(ledger.entries()) == 3


def test_what_was_verified_once_is_not_read_again() -> None:
    store = Forgetful()
    ledger = memory_ledger(store)
    for number in range(3):
        ledger.append(ledger.entries(), "fact", Fact(text=str(number)), op=str(number))
    ledger.entries()
    before = store.reads
    ledger.entries()
    assert store.reads == before


def test_an_unsafe_prefix_is_refused() -> None:
    with pytest.raises(DataError):
        memory_ledger(prefix="ledger/../x/")


def test_while_the_key_cannot_be_read_nothing_is_called_tampered() -> None:
    class Keyless(MemorySigner):
        def verify(self, data: bytes, signature: str) -> bool:
            raise Unavailable("key", "can be read", "nothing", "Wait.")

    store, _ = filled(1)
    with pytest.raises(Unavailable):
        Ledger(store, PREFIX, signer=Keyless(), clock=FixedClock()).entries()
