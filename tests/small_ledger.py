"""A ledger of small facts for tests."""

from pathlib import Path

from pipelines.core.value import Value
from pipelines.integrations.clock import SystemClock
from pipelines.integrations.directory_store import DirectoryStore
from pipelines.integrations.memory import FixedClock, MemorySigner, MemoryStore
from pipelines.ledger import Ledger
from pipelines.ports import ObjectStore

PREFIX = "ledger/models/m/"


class Fact(Value):
    text: str


def memory_ledger(store: ObjectStore | None = None, *, prefix: str = PREFIX) -> Ledger:
    return Ledger(store or MemoryStore(), prefix, signer=MemorySigner(), clock=FixedClock())


def folder_ledger(root: Path) -> Ledger:
    return Ledger(DirectoryStore(root), PREFIX, signer=MemorySigner(), clock=SystemClock())


def filled(count: int) -> tuple[MemoryStore, Ledger]:
    """A store and a ledger with `count` facts in it."""
    store = MemoryStore()
    ledger = memory_ledger(store)
    for number in range(1, count + 1):
        ledger.append(ledger.entries(), "fact", Fact(text=f"fact {number}"), op=f"op/{number}")
    return store, ledger
