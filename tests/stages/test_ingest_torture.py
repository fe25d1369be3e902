"""A steward replaces files two hundred times while they are being taken: only whole states ever are."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from examples import a_contract

from pipelines.archive import Archive
from pipelines.core.errors import ObjectChanged
from pipelines.core.upload import ObjectVersion, Upload
from pipelines.core.value import sha256_hex
from pipelines.integrations.clock import SystemClock
from pipelines.integrations.directory_store import DirectoryStore
from pipelines.integrations.memory import FixedClock, MemorySigner, MemoryStore
from pipelines.ledger import Ledger
from pipelines.ports import Clock, ObjectStore
from pipelines.stages.ingest import ingest

REPLACEMENTS = 200
NAMES = ("a.csv", "b.csv", "sub/c.csv")
CONTRACT = a_contract()
QUIET = timedelta(seconds=CONTRACT.quiet_seconds)

State = dict[str, bytes]


def states(seed: int) -> Iterator[State]:
    """What the steward means, one state after the other: one to three files of any size."""
    draw = random.Random(seed)
    for number in range(REPLACEMENTS):
        names = draw.sample(NAMES, draw.randint(1, len(NAMES)))
        yield {name: f"{number}/{name}\n".encode() * draw.randint(1, 2_000) for name in names}


def digests(state: State) -> frozenset[tuple[str, str]]:
    return frozenset((name, sha256_hex(data)) for name, data in state.items())


def taken(upload: Upload) -> frozenset[tuple[str, str]]:
    return frozenset((file.name, file.sha256) for file in upload.files)


class Intake:
    """Everything behind one inbox."""

    def __init__(self, store: ObjectStore, clock: Clock, scratch: Path) -> None:
        self.store, self.clock, self.scratch = store, clock, scratch
        self.ledger = Ledger(MemoryStore(), "ledger/", signer=MemorySigner(), clock=clock)
        self.archive = Archive(MemoryStore())

    def look(self) -> Upload | None:
        try:
            return ingest(
                CONTRACT,
                store=self.store,
                archive=self.archive,
                ledger=self.ledger,
                clock=self.clock,
                scratch=self.scratch,
            )
        except ObjectChanged:
            return None


class Shared(MemoryStore):
    """A bucket in which the steward goes on working between any two requests of the product."""

    def __init__(self, clock: FixedClock, work: Callable[[], None]) -> None:
        super().__init__(clock)
        self.work = work

    def list(self, prefix: str) -> tuple[ObjectVersion, ...]:
        self.work()
        return super().list(prefix)

    def changed(self, prefix: str) -> datetime | None:
        self.work()
        return super().changed(prefix)

    def download(self, version: ObjectVersion, to: Path) -> str:
        self.work()
        return super().download(version, to)


class Steward:
    """Deletes and writes file by file, one step at a time; only then the inbox is left alone, or marked."""

    def __init__(self) -> None:
        self.clock, self.draw = FixedClock(), random.Random(1)
        self.store = Shared(self.clock, self.work)
        self.meant: set[frozenset[tuple[str, str]]] = set()
        self._steps = self._replace()

    def work(self) -> None:
        """Sometimes a step; never so slow that a pause within a replacement looks like its end."""
        if self.draw.random() < 0.4:
            self.clock.advance(timedelta(seconds=self.draw.random() * CONTRACT.quiet_seconds / 20))
            next(self._steps, None)

    def _replace(self) -> Iterator[None]:
        for state in states(1):
            for key in [key for key in self.store._objects if key.startswith("inbox/")]:
                self.store.delete(key)
                yield
            for name, data in state.items():
                self.store.drop(f"inbox/rules/{name}", data)
                yield
            self.meant.add(digests(state))
            if self.draw.random() < 0.3:
                self.store.drop("inbox/rules/_READY", b"")
            for _ in range(self.draw.randint(1, 6)):
                self.clock.advance(QUIET / 2)
                yield


def test_whatever_happens_between_two_requests_only_whole_states_are_taken(tmp_path: Path) -> None:
    steward = Steward()
    intake = Intake(steward.store, steward.clock, tmp_path)
    found = []
    while len(steward.meant) < REPLACEMENTS:
        if upload := intake.look():
            found.append(taken(upload))
    assert set(found) <= steward.meant
    assert len(set(found)) > REPLACEMENTS / 10


def test_a_folder_that_is_rewritten_all_the_time_gives_only_whole_states(tmp_path: Path) -> None:
    root, scratch = tmp_path / "bucket", tmp_path / "scratch"
    scratch.mkdir()
    inbox = root / "inbox" / "rules"
    meant: set[frozenset[tuple[str, str]]] = set()
    done = threading.Event()

    def steward() -> None:
        for number, state in enumerate(states(2)):
            for name in NAMES:
                (inbox / name).unlink(missing_ok=True)
            for name, data in state.items():
                (inbox / name).parent.mkdir(parents=True, exist_ok=True)
                with (inbox / name).open("wb", buffering=0) as file:
                    for start in range(0, len(data), 4096):
                        file.write(data[start : start + 4096])
            meant.add(digests(state))
            listed = [{"name": n, "size": len(d), "sha256": sha256_hex(d)} for n, d in state.items()]
            (inbox / "_READY").write_text(json.dumps({"files": listed}) if number % 2 else "")
            # No person replaces what they have just declared ready within one tick of the file system.
            until = time.monotonic() + 0.02
            while time.monotonic() < until:
                done.wait(0.005)
        done.set()

    intake = Intake(DirectoryStore(root), SystemClock(), scratch)
    inbox.mkdir(parents=True)
    worker = threading.Thread(target=steward)
    worker.start()
    found = []
    try:
        while not done.is_set():
            if upload := intake.look():
                assert upload.left == ()
                found.append(taken(upload))
    finally:
        worker.join()
    last = intake.look()
    assert set(found) | ({taken(last)} if last else set()) <= meant
    assert len(set(found)) > 5
