"""An upload is complete when it is quiet or marked ready, and never in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.core.manifest import ListedFile, Manifest
from pipelines.core.upload import LandedFile, Listing, ObjectVersion, Upload, left_files, waiting_for
from pipelines.core.value import sha256_hex

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
QUIET = timedelta(seconds=60)


def seen(key: str, age: float, version: str = "1") -> ObjectVersion:
    return ObjectVersion(key=key, size=1, version=version, modified=NOW - timedelta(seconds=age))


def listing(*objects: ObjectVersion, pending: tuple[str, ...] = ()) -> Listing:
    return Listing(source="rules", prefix="inbox/rules/", objects=objects, pending=pending)


def wait(found: Listing) -> str | None:
    return waiting_for(found, now=NOW, quiet_period=QUIET)


def test_an_empty_inbox_waits_for_data() -> None:
    assert wait(listing()) == "no data file"


def test_a_marker_alone_is_no_upload() -> None:
    assert wait(listing(seen("inbox/rules/_READY", 0))) == "no data file"


def test_a_fresh_file_waits_for_the_quiet_period() -> None:
    assert wait(listing(seen("inbox/rules/a.csv", 10))) == "the last write is 10 s old"
    assert wait(listing(seen("inbox/rules/a.csv", 60))) is None


def test_one_fresh_file_among_old_ones_keeps_the_whole_upload_waiting() -> None:
    assert wait(listing(seen("inbox/rules/a.csv", 900), seen("inbox/rules/b.csv", 5))) is not None


def test_a_ready_marker_ends_the_wait_at_once() -> None:
    assert wait(listing(seen("inbox/rules/a.csv", 5), seen("inbox/rules/_READY", 5))) is None


def test_a_marker_older_than_the_data_belongs_to_an_earlier_upload() -> None:
    assert wait(listing(seen("inbox/rules/a.csv", 5), seen("inbox/rules/_READY", 50))) is not None


def test_an_upload_in_parts_keeps_everything_waiting() -> None:
    found = listing(seen("inbox/rules/a.csv", 900), seen("inbox/rules/_READY", 1), pending=("inbox/rules/b",))
    assert wait(found) == "an upload in parts is still open: inbox/rules/b"


@pytest.mark.parametrize("name", ["_b.csv", "_data/a.csv", "sub/_part.JSONL.gz"])
def test_a_table_is_data_also_behind_an_underscore(name: str) -> None:
    assert len(listing(seen(f"inbox/rules/{name}", 900)).data) == 1


@pytest.mark.parametrize(
    "name",
    ["_READY", ".DS_Store", "_notes.txt", "Icon\r", "", ".rsync-partial/a.csv", "sub/.Trash-1000/a.csv"],
)
def test_markers_and_hidden_files_are_no_data(name: str) -> None:
    assert listing(seen(f"inbox/rules/{name}", 900)).data == ()


def test_every_write_changes_the_fingerprint_of_a_listing() -> None:
    before = listing(seen("inbox/rules/a.csv", 900, "1"))
    after = listing(seen("inbox/rules/a.csv", 900, "2"))
    assert before.fingerprint != after.fingerprint


def test_the_same_files_are_the_same_upload_whenever_they_arrive() -> None:
    file = LandedFile(name="a.csv", size=1, sha256=sha256_hex(b"a"))
    assert Upload(source="rules", files=(file,)).digest == Upload(source="rules", files=(file,)).digest


def ready(*files: ListedFile, age: float = 0.0, problem: str | None = None) -> Listing:
    """Two files of one byte, written 5 seconds ago, and a `_READY` marker with this manifest."""
    objects = (seen("inbox/rules/a.csv", 5), seen("inbox/rules/b.csv", 5), seen("inbox/rules/_READY", age))
    manifest = Manifest(files=files, problem=problem)
    return Listing(source="rules", prefix="inbox/rules/", objects=objects, manifest=manifest)


def test_a_manifest_that_is_fulfilled_ends_the_wait_and_another_one_does_not() -> None:
    a, b = ListedFile(name="a.csv", size=1), ListedFile(name="b.csv", size=1)
    assert wait(ready(a, b)) is None
    assert wait(ready(a)) is not None
    assert wait(ready(a, b.model_copy(update={"size": 2}))) is not None
    assert wait(ready(problem="it is not a list")) is not None


def test_an_upload_that_stays_unlike_its_manifest_is_answered_after_the_quiet_period() -> None:
    objects = (seen("inbox/rules/a.csv", 70), seen("inbox/rules/_READY", 60))
    late = Listing(source="rules", prefix="inbox/rules/", objects=objects, manifest=Manifest(problem="bad"))
    assert wait(late) is None


def test_a_marker_counts_only_where_the_inbox_begins() -> None:
    deep = seen("inbox/rules/sub/_CONFIRM", 10)
    assert listing(deep, seen("inbox/rules/sub/_READY", 0)).confirmation is None
    assert listing(deep, seen("inbox/rules/_CONFIRM", 50)).confirmation is not None


def test_a_marker_of_a_stranger_says_nothing() -> None:
    data = seen("inbox/rules/a.csv", 5).model_copy(update={"owner": "alice"})
    marks = [seen(f"inbox/rules/{name}", 1) for name in ("_READY", "_CONFIRM")]
    for owner, counts in (("mallory", False), ("alice", True)):
        objects = (data, *(mark.model_copy(update={"owner": owner}) for mark in marks))
        found = Listing(source="rules", prefix="inbox/rules/", objects=objects, uploaders=("alice", "bob"))
        assert (wait(found) is None, found.confirmation is not None) == (counts, counts)


def test_writing_the_same_bytes_again_is_another_writing() -> None:
    """A bucket without versions names an object by its bytes, and every `_CONFIRM` is empty."""
    before, after = (listing(seen("inbox/rules/_CONFIRM", age, '"etag"')) for age in (50, 10))
    assert before.confirmation != after.confirmation
    assert before.fingerprint != after.fingerprint


@pytest.mark.parametrize(
    "name", ["../a.csv", "a//b.csv", "./a.csv", "a\x07.csv", "m\ufffdll.csv", "x" * 1100 + ".csv"]
)
def test_a_name_that_no_store_can_keep_is_left_where_it_lies_and_named(name: str) -> None:
    found = Listing(source="rules", prefix="inbox/rules/", objects=(seen(f"inbox/rules/{name}", 5),))
    (left,) = left_files(found, ())
    assert left.code == "file_name"
    assert left.name.isprintable()
    assert len(left.name) <= 400


@pytest.mark.parametrize("name", ["ä ö.csv", "年度/表.csv", "a%2e%2e.csv", "a b+c&d=e.csv", "ünï.csv"])
def test_an_odd_name_that_every_store_can_keep_is_taken(name: str) -> None:
    found = Listing(source="rules", prefix="inbox/rules/", objects=(seen(f"inbox/rules/{name}", 5),))
    assert left_files(found, ()) == ()


def test_a_file_of_a_stranger_is_left_where_it_lies() -> None:
    mine = seen("inbox/rules/a.csv", 5).model_copy(update={"owner": "steward"})
    theirs = seen("inbox/rules/b.csv", 5).model_copy(update={"owner": "mallory"})
    nobodys = seen("inbox/rules/c.csv", 5)
    found = Listing(source="rules", prefix="inbox/rules/", objects=(mine, theirs, nobodys))
    assert [(f.name, f.code, f.found) for f in left_files(found, ("steward",))] == [
        ("b.csv", "wrong_steward", "mallory"),
        ("c.csv", "wrong_steward", "an unknown account"),
    ]
    assert left_files(found, ()) == ()
