"""An upload is complete when it is quiet or marked ready, and never in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.core.upload import LandedFile, Listing, ObjectVersion, Upload, waiting_for
from pipelines.core.value import sha256_hex

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
QUIET = timedelta(seconds=60)


def seen(key: str, age: float, version: str = "1") -> ObjectVersion:
    return ObjectVersion(key=key, size=1, version=version, modified=NOW - timedelta(seconds=age))


def listing(*objects: ObjectVersion, pending: tuple[str, ...] = ()) -> Listing:
    return Listing(source="rules", objects=objects, pending=pending)


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


@pytest.mark.parametrize("name", ["_READY", ".DS_Store", "_notes.txt", "Icon\r", ""])
def test_markers_and_hidden_files_are_no_data(name: str) -> None:
    assert listing(seen(f"inbox/rules/{name}", 900)).data == ()


def test_every_write_changes_the_fingerprint_of_a_listing() -> None:
    before = listing(seen("inbox/rules/a.csv", 900, "1"))
    after = listing(seen("inbox/rules/a.csv", 900, "2"))
    assert before.fingerprint != after.fingerprint


def test_the_same_files_are_the_same_upload_whenever_they_arrive() -> None:
    file = LandedFile(name="a.csv", size=1, sha256=sha256_hex(b"a"))
    assert Upload(source="rules", files=(file,)).digest == Upload(source="rules", files=(file,)).digest
