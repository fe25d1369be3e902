"""Ingest takes what the steward meant, whole and once, whatever happens meanwhile."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from examples import a_contract, sha

from pipelines.archive import Archive
from pipelines.core.contract import Contract
from pipelines.core.errors import ObjectChanged
from pipelines.core.intake import ACCEPTED, HELD, TAKEN, UNCHANGED, Accepted, Held, intake
from pipelines.core.upload import ObjectVersion, Upload
from pipelines.integrations.memory import FixedClock, MemorySigner, MemoryStore
from pipelines.ledger import Ledger
from pipelines.stages.ingest import ingest, landed, look, pending

CONTRACT = a_contract()
QUIET = timedelta(seconds=CONTRACT.quiet_seconds)


class Desk:
    """A source with its inbox, ledger and clock."""

    def __init__(self, scratch: Path, store: MemoryStore | None = None) -> None:
        self.clock = FixedClock()
        self.store = store or MemoryStore()
        self.store._clock = self.clock
        self.archive = Archive(self.store)
        self.ledger = Ledger(self.store, "ledger/ingest/rules/", signer=MemorySigner(), clock=self.clock)
        self.scratch = scratch

    def drop(self, name: str, data: bytes) -> None:
        self.store.put(f"inbox/rules/{name}", data)

    def rest(self) -> None:
        self.clock.advance(QUIET)

    def ingest(self, contract: Contract = CONTRACT) -> Upload | None:
        return ingest(
            contract,
            store=self.store,
            archive=self.archive,
            ledger=self.ledger,
            clock=self.clock,
            scratch=self.scratch,
        )

    def accept(self, upload: Upload) -> None:
        entries = self.ledger.entries()
        fact = Accepted(
            source="rules",
            upload=upload.digest,
            contract=CONTRACT.digest,
            report=upload.digest,
            snapshot=upload.digest,
            revision="rev",
        )
        self.ledger.append(entries, ACCEPTED, fact, op=f"accepted/{len(entries)}")

    def hold(self, upload: Upload) -> None:
        entries = self.ledger.entries()
        held = Held(
            source="rules",
            upload=upload.digest,
            contract=CONTRACT.digest,
            report=upload.digest,
            confirmation=look("rules", self.store).confirmation,
        )
        self.ledger.append(entries, HELD, held, op=f"held/{len(entries)}")

    def confirmed(self) -> bool:
        taken = intake(self.ledger.entries()).taken
        return taken is not None and taken.confirmed

    def kinds(self) -> list[str]:
        return [e.kind for e in self.ledger.entries()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_complete_upload_is_landed_under_its_digest(desk: Desk) -> None:
    desk.drop("a.csv", b"one")
    desk.drop("deep/b.csv", b"two")
    desk.rest()
    upload = desk.ingest()
    assert upload is not None
    assert [f.name for f in upload.files] == ["a.csv", "deep/b.csv"]
    assert [desk.store.get(landed(upload, file)) for file in upload.files] == [b"one", b"two"]
    assert desk.archive.fetch(Upload, upload.digest) == upload


def test_an_upload_that_is_still_written_is_left_alone(desk: Desk) -> None:
    desk.drop("a.csv", b"one")
    assert desk.ingest() is None
    assert desk.kinds() == []


def test_an_undecided_upload_stays_pending_until_it_is_settled(desk: Desk) -> None:
    def look() -> bool:
        found = pending(CONTRACT, store=desk.store, ledger=desk.ledger, clock=desk.clock)
        return found is not None

    desk.drop("a.csv", b"one")
    assert not look()
    desk.rest()
    assert look()
    upload = desk.ingest()
    assert upload is not None
    assert look()
    desk.accept(upload)
    assert not look()


def test_a_retry_after_a_crash_finds_the_same_upload_and_claims_nothing_twice(desk: Desk) -> None:
    desk.drop("a.csv", b"one")
    desk.rest()
    assert desk.ingest() == desk.ingest()
    assert desk.kinds() == [TAKEN]


def test_the_same_files_dropped_again_give_no_second_run(desk: Desk) -> None:
    desk.drop("a.csv", b"one")
    desk.rest()
    upload = desk.ingest()
    assert upload is not None
    desk.accept(upload)
    desk.drop("a.csv", b"one")
    desk.rest()
    assert desk.ingest() is None
    assert desk.kinds() == [TAKEN, ACCEPTED, TAKEN, UNCHANGED]
    assert desk.ingest() is None
    assert len(desk.kinds()) == 4


def test_delete_then_upload_is_one_replacement(desk: Desk) -> None:
    desk.drop("a.csv", b"one")
    desk.rest()
    first = desk.ingest()
    assert first is not None
    desk.accept(first)
    desk.store.delete("inbox/rules/a.csv")
    desk.rest()
    assert desk.ingest() is None
    desk.drop("b.csv", b"two")
    desk.rest()
    second = desk.ingest()
    assert second is not None
    assert [f.name for f in second.files] == ["b.csv"]


def test_going_back_to_an_older_listing_is_taken_again(desk: Desk) -> None:
    desk.drop("a.csv", b"one")
    desk.rest()
    listing = desk.store.list("inbox/rules/")
    first = desk.ingest()
    assert first is not None
    desk.accept(first)
    desk.drop("a.csv", b"two")
    desk.rest()
    second = desk.ingest()
    assert second is not None
    desk.accept(second)
    desk.store._objects["inbox/rules/a.csv"] = (listing[0], b"one", None)
    third = desk.ingest()
    assert third == first
    assert intake(desk.ledger.entries()).open


class Moving(MemoryStore):
    """A bucket whose steward writes while a file is being copied."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.armed, self.written = True, written

    def download(self, version: ObjectVersion, to: Path) -> str:
        sha256 = super().download(version, to)
        if self.armed and version.key.endswith("a.csv"):
            self.armed = False
            self.put(f"inbox/rules/{self.written}", b"new")
        return sha256


@pytest.mark.parametrize("written", ["a.csv", "b.csv", "c.csv"])
def test_a_write_during_the_copy_takes_nothing_and_the_retry_takes_the_newer_state(
    tmp_path: Path, written: str
) -> None:
    desk = Desk(tmp_path, Moving(written))
    desk.drop("a.csv", b"one")
    desk.drop("b.csv", b"old")
    desk.rest()
    with pytest.raises(ObjectChanged):
        desk.ingest()
    assert desk.kinds() == []
    desk.rest()
    upload = desk.ingest()
    assert upload is not None
    assert b"new" in [desk.store.get(landed(upload, file)) for file in upload.files]


def test_markers_are_not_part_of_the_upload(desk: Desk) -> None:
    desk.drop("a.csv", b"one")
    desk.drop("_READY", b"")
    upload = desk.ingest()
    assert upload is not None
    assert [f.name for f in upload.files] == ["a.csv"]


def test_a_set_that_is_being_deleted_is_no_upload(desk: Desk) -> None:
    desk.drop("a.csv", b"one")
    desk.drop("b.csv", b"two")
    desk.drop("_READY", b"")
    desk.rest()
    desk.store.delete("inbox/rules/a.csv")
    assert desk.ingest() is None
    desk.clock.advance(QUIET / 2)
    assert desk.ingest() is None
    desk.drop("c.csv", b"three")
    desk.rest()
    upload = desk.ingest()
    assert upload is not None
    assert [f.name for f in upload.files] == ["b.csv", "c.csv"]


def test_files_that_differ_from_their_manifest_are_taken_to_be_answered_and_not_to_be_read(
    desk: Desk,
) -> None:
    desk.drop("a.csv", b"one")
    manifest = {"files": [{"name": "a.csv", "size": 3, "sha256": sha("another")}]}
    desk.drop("_READY", json.dumps(manifest).encode())
    upload = desk.ingest()
    assert upload is not None
    assert [(f.name, f.code) for f in upload.left] == [("a.csv", "manifest")]


@pytest.mark.parametrize(
    ("name", "owner", "code"),
    [("../a.csv", "steward", "file_name"), ("a\x07.csv", None, "file_name"), ("a.csv", "mallory", None)],
)
def test_what_may_not_be_taken_is_named_and_nothing_is_landed(
    desk: Desk, name: str, owner: str | None, code: str | None
) -> None:
    contract = CONTRACT if code else CONTRACT.model_copy(update={"uploaders": ("steward",)})
    desk.store.drop(f"inbox/rules/{name}", b"one", owner=owner)
    desk.rest()
    upload = desk.ingest(contract)
    assert upload is not None
    assert [file.code for file in upload.left] == [code or "wrong_steward"]
    assert upload.files == ()
    assert desk.store.list("landing/") == ()
    assert desk.ingest(contract) == upload


def test_the_stewards_word_after_the_letter_confirms_a_held_upload(desk: Desk) -> None:
    desk.drop("_CONFIRM", b"")
    desk.drop("a.csv", b"one")
    desk.rest()
    upload = desk.ingest()
    assert upload is not None
    assert not desk.confirmed(), "a word that was there before the question answers nothing"
    desk.hold(upload)
    desk.drop("a.csv", b"one")
    desk.rest()
    assert desk.ingest() is None
    assert not desk.confirmed()
    desk.drop("_CONFIRM", b"")
    desk.rest()
    assert desk.ingest() == upload
    assert desk.confirmed()
    assert desk.ingest() == upload


def test_a_word_on_one_upload_says_nothing_about_the_next(desk: Desk) -> None:
    desk.drop("a.csv", b"one")
    desk.rest()
    first = desk.ingest()
    assert first is not None
    desk.hold(first)
    desk.drop("a.csv", b"two")
    desk.drop("_CONFIRM", b"")
    desk.rest()
    assert desk.ingest() not in (None, first)
    assert not desk.confirmed()
