"""Whatever is done to a ledger behind its back is found, and the object is named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import PREFIX, Fact, filled, memory_ledger

from pipelines.core.errors import Tampered
from pipelines.core.ledger import Entry
from pipelines.integrations.memory import FixedClock, MemorySigner, MemoryStore
from pipelines.ledger import Ledger

COUNT = 4
numbers = st.integers(1, COUNT)


def _key(seq: int) -> str:
    return f"{PREFIX}{seq:08d}.json"


def _bytes(store: MemoryStore, seq: int) -> bytes:
    data = store.get(_key(seq))
    assert data is not None
    return data


def _signed(entry: Entry, **changes: object) -> Entry:
    changed = entry.model_copy(update=changes)
    return changed.model_copy(update={"signature": MemorySigner().sign(changed.signed_bytes)})


@given(seq=numbers, data=st.data())
def test_any_changed_byte_is_found(seq: int, data: st.DataObject) -> None:
    store, _ = filled(COUNT)
    content = bytearray(_bytes(store, seq))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    store.put(_key(seq), bytes(content))
    with pytest.raises(Tampered, match=_key(seq)):
        memory_ledger(store).entries()


@given(seq=numbers, cut=st.integers(1, 50))
def test_a_truncated_entry_is_found(seq: int, cut: int) -> None:
    store, _ = filled(COUNT)
    store.put(_key(seq), _bytes(store, seq)[:-cut])
    with pytest.raises(Tampered, match=_key(seq)):
        memory_ledger(store).entries()


@given(seq=st.integers(1, COUNT - 1))
def test_a_missing_entry_below_another_is_found(seq: int) -> None:
    store, _ = filled(COUNT)
    store.delete(_key(seq))
    with pytest.raises(Tampered, match=_key(seq)):
        memory_ledger(store).entries()


@given(seqs=st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1]))
def test_a_copy_of_another_entry_is_found(seqs: tuple[int, int]) -> None:
    store, _ = filled(COUNT)
    store.put(_key(seqs[0]), _bytes(store, seqs[1]))
    with pytest.raises(Tampered, match=_key(seqs[0])):
        memory_ledger(store).entries()


@given(seq=numbers)
def test_another_form_of_the_same_json_is_found(seq: int) -> None:
    store, _ = filled(COUNT)
    store.put(_key(seq), json.dumps(json.loads(_bytes(store, seq)), indent=1).encode())
    with pytest.raises(Tampered, match="canonical"):
        memory_ledger(store).entries()


@given(seq=st.integers(2, COUNT))
def test_a_signed_entry_that_breaks_the_chain_is_found(seq: int) -> None:
    store, ledger = filled(COUNT)
    store.put(_key(seq), _signed(ledger.entries()[seq - 1], prev="1" * 64).to_json())
    with pytest.raises(Tampered, match="continues the chain"):
        memory_ledger(store).entries()


@given(seq=numbers)
def test_an_entry_signed_with_another_key_is_found(seq: int) -> None:
    store, ledger = filled(COUNT)
    entry = ledger.entries()[seq - 1]
    forged = entry.model_copy(update={"signature": MemorySigner(b"forger").sign(entry.signed_bytes)})
    store.put(_key(seq), forged.to_json())
    with pytest.raises(Tampered, match="valid signature"):
        memory_ledger(store).entries()


def test_a_whole_ledger_moved_to_another_name_is_found() -> None:
    store, _ = filled(COUNT)
    other = "ledger/models/other/"
    for seq in range(1, COUNT + 1):
        store.put(_key(seq).replace(PREFIX, other), _bytes(store, seq))
    with pytest.raises(Tampered, match="ledger/models/other/00000001"):
        memory_ledger(store, prefix=other).entries()


@given(keep=st.integers(0, COUNT - 1))
def test_a_reader_finds_that_entries_it_has_seen_are_gone(keep: int) -> None:
    store, ledger = filled(COUNT)
    ledger.entries()
    for seq in range(keep + 1, COUNT + 1):
        store.delete(_key(seq))
    with pytest.raises(Tampered, match=_key(keep + 1)):
        ledger.entries()
    with pytest.raises(Tampered):
        ledger.append((), "fact", Fact(text="x"), op="x")


def test_a_reader_finds_a_last_entry_rewritten_with_the_right_key() -> None:
    store, ledger = filled(COUNT)
    last = ledger.entries()[-1]
    store.put(_key(COUNT), _signed(last, body={"text": "other"}).to_json())
    with pytest.raises(Tampered, match="read before"):
        ledger.entries()


@pytest.mark.parametrize(
    "name", ["note.txt", "0000000a.json", "00000000.json", "000000001.json", "1.json", "x/00000001.json"]
)
def test_foreign_objects_are_found(name: str) -> None:
    store, _ = filled(1)
    store.put(PREFIX + name, b"{}")
    with pytest.raises(Tampered, match="nothing but its entries"):
        memory_ledger(store).entries()


def test_with_another_key_the_whole_ledger_is_refused() -> None:
    store, _ = filled(1)
    with pytest.raises(Tampered):
        Ledger(store, PREFIX, signer=MemorySigner(b"other"), clock=FixedClock()).entries()
