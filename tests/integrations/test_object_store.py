"""One behaviour suite for every object store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.core.errors import DataError, ObjectChanged, Tampered
from pipelines.integrations.directory_store import DirectoryStore
from pipelines.integrations.memory import MemoryStore
from pipelines.ports import ObjectStore

if TYPE_CHECKING:
    from s3server import S3Server

    from pipelines.integrations.s3_store import S3Store

UNSAFE = ["", "/a", "a//b", "../a", "a/../b", "a/./b", "a\nb", "a\x00b", "a/", "\ud800", "k" * 1025]


def _memory(_: pytest.FixtureRequest) -> ObjectStore:
    return MemoryStore()


def _directory(request: pytest.FixtureRequest) -> ObjectStore:
    return DirectoryStore(request.getfixturevalue("tmp_path") / "bucket")


def _s3(*, versioned: bool) -> Callable[[pytest.FixtureRequest], ObjectStore]:
    return lambda request: _s3_store(request.getfixturevalue("s3_credentials"), versioned=versioned)


def _s3_store(server: S3Server, *, versioned: bool) -> S3Store:
    from pipelines.integrations.s3_store import S3Store

    return S3Store(server.new_bucket(versioned=versioned), "env/test", server.endpoint)


@pytest.fixture(
    params=[
        pytest.param(_memory, id="memory"),
        pytest.param(_directory, id="directory"),
        pytest.param(_s3(versioned=False), id="s3", marks=pytest.mark.integration),
        pytest.param(_s3(versioned=True), id="s3-versioned", marks=pytest.mark.integration),
    ]
)
def store(request: pytest.FixtureRequest) -> ObjectStore:
    new: Callable[[pytest.FixtureRequest], ObjectStore] = request.param
    return new(request)


def test_an_empty_store_has_nothing(store: ObjectStore) -> None:
    assert store.list("") == () == store.list("a/")
    assert store.get("a/b") is None
    assert store.pending("") == ()


def test_what_was_put_can_be_read_and_replaced(store: ObjectStore) -> None:
    store.put("a/b", b"old")
    store.put("a/b", b"new")
    assert store.get("a/b") == b"new"
    store.put("a/empty", b"")
    assert store.get("a/empty") == b""


def test_a_listing_shows_the_objects_under_a_prefix_by_key(store: ObjectStore) -> None:
    for key in ("inbox/b.csv", "inbox/a b+ü/日本.csv", "inbox-2/c.csv", "other"):
        store.put(key, key.encode())
    listed = store.list("inbox/")
    assert [(found.key, found.size) for found in listed] == [
        ("inbox/a b+ü/日本.csv", len("inbox/a b+ü/日本.csv".encode())),
        ("inbox/b.csv", 11),
    ]
    assert [found.key for found in store.list("inbox")] == [
        "inbox-2/c.csv",
        "inbox/a b+ü/日本.csv",
        "inbox/b.csv",
    ]
    assert [found.key for found in store.list("")][-1] == "other"
    assert all(found.modified.utcoffset() == timedelta(0) for found in listed)


def test_times_in_a_listing_are_those_of_the_write(store: ObjectStore) -> None:
    if isinstance(store, MemoryStore):
        assert store._clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
        store.put("a", b"1")
        assert store.list("a")[0].modified == store._clock.now()
        return
    before = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
    store.put("a", b"1")
    assert before <= store.list("a")[0].modified <= datetime.now(UTC) + timedelta(seconds=1)


def test_every_write_of_other_bytes_gives_another_version(store: ObjectStore) -> None:
    store.put("a", b"one")
    first = store.list("a")
    assert store.list("a") == first
    store.put("a", b"two")
    assert store.list("a")[0].version != first[0].version


def test_the_first_owner_wins_and_is_recognised_again(store: ObjectStore) -> None:
    assert store.put_if_absent("l/1", b"mine", owner="run ü/1")
    assert store.put_if_absent("l/1", b"mine", owner="run ü/1")
    assert not store.put_if_absent("l/1", b"mine", owner="run 2")
    assert not store.put_if_absent("l/1", b"other", owner="run ü/1")
    assert store.get("l/1") == b"mine"
    assert [found.key for found in store.list("")] == ["l/1"]


def test_an_object_without_an_owner_is_somebody_elses(store: ObjectStore) -> None:
    store.put("a", b"1")
    assert not store.put_if_absent("a", b"1", owner="run")
    store.put_if_absent("b", b"1", owner="run")
    store.put("b", b"2")
    assert not store.put_if_absent("b", b"1", owner="run")


def test_of_racing_owners_exactly_one_wins(store: ObjectStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        for race in range(3):
            key = f"race/{race}"
            won = list(
                pool.map(lambda n, key=key: store.put_if_absent(key, f"{n}".encode(), owner=f"{n}"), range(8))
            )
            assert won.count(True) == 1
            assert store.get(key) == str(won.index(True)).encode()


def test_a_version_is_downloaded_exactly_and_hashed(store: ObjectStore, tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    store.put("a/b", content)
    to = tmp_path / "new" / "copy"
    assert store.download(store.list("a/b")[0], to) == hashlib.sha256(content).hexdigest()
    assert to.read_bytes() == content
    store.put("empty", b"")
    assert store.download(store.list("empty")[0], to) == hashlib.sha256(b"").hexdigest()
    assert to.read_bytes() == b""


def test_a_replaced_object_never_passes_for_the_listed_version(store: ObjectStore, tmp_path: Path) -> None:
    store.put("a", b"old")
    listed = store.list("a")[0]
    store.put("a", b"new")
    to = tmp_path / "copy"
    try:
        store.download(listed, to)
    except ObjectChanged:
        assert not to.exists()
    else:
        assert to.read_bytes() == b"old"


def test_a_version_that_is_gone_is_a_changed_object(store: ObjectStore, tmp_path: Path) -> None:
    store.put("a", b"1")
    gone = store.list("a")[0].model_copy(update={"key": "b"})
    with pytest.raises(ObjectChanged):
        store.download(gone, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_files_go_in_and_come_out_verified(store: ObjectStore, tmp_path: Path) -> None:
    source, to = tmp_path / "source", tmp_path / "to"
    source.write_bytes(b"x" * 9_000_000)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    store.upload_file(source, "blobs/x")
    store.download_key("blobs/x", to, sha256=digest)
    assert to.read_bytes() == source.read_bytes()
    with pytest.raises(Tampered, match="blobs/x"):
        store.download_key("blobs/x", tmp_path / "wrong", sha256="0" * 64)
    with pytest.raises(DataError, match="must be in the archive"):
        store.download_key("blobs/y", tmp_path / "wrong", sha256=digest)
    assert not (tmp_path / "wrong").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "bucket") == ["source", "to"]


@pytest.mark.parametrize("key", UNSAFE, ids=ascii)
def test_unsafe_keys_are_refused(store: ObjectStore, key: str, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        store.get(key)
    with pytest.raises(DataError):
        store.put(key, b"")
    with pytest.raises(DataError):
        store.put_if_absent(key, b"", owner="run")
    if key not in ("", "a/"):
        with pytest.raises(DataError):
            store.list(key)


@pytest.mark.integration
def test_an_upload_in_parts_is_pending_until_it_is_complete(s3_credentials: S3Server) -> None:
    from pipelines.integrations.s3_store import S3Store

    bucket, client = s3_credentials.new_bucket(), s3_credentials.client()
    store = S3Store(bucket, "env", s3_credentials.endpoint)
    where = {"Bucket": bucket, "Key": "env/inbox/a.csv"}
    upload = client.create_multipart_upload(**where)["UploadId"]
    part = client.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"x")
    assert store.pending("inbox/") == ("inbox/a.csv",)
    assert store.pending("other/") == () == store.list("inbox/")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)
    assert store.pending("inbox/") == ()
    assert store.get("inbox/a.csv") == b"x"


@pytest.mark.integration
@pytest.mark.parametrize("versioned", [True, False])
def test_a_bucket_names_the_owner_of_every_object(s3_credentials: S3Server, versioned: bool) -> None:
    store = _s3_store(s3_credentials, versioned=versioned)
    store.put("inbox/a.csv", b"1")
    assert store.list("inbox/")[0].owner


@pytest.mark.integration
def test_a_versioned_bucket_knows_when_something_was_deleted(s3_credentials: S3Server) -> None:
    store = _s3_store(s3_credentials, versioned=True)
    store.put("inbox/a.csv", b"1")
    store.put("inbox/b.csv", b"1")
    assert store.changed("inbox/") is None
    written = store.list("inbox/")[1].modified
    s3_credentials.client().delete_object(Bucket=store._bucket, Key="env/test/inbox/a.csv")
    changed = store.changed("inbox/")
    assert changed is not None
    assert changed > written
    assert store.changed("other/") is None


def test_in_memory_a_deletion_shows(tmp_path: Path) -> None:
    store = MemoryStore()
    store.put("inbox/a.csv", b"1")
    assert store.changed("inbox/") is None
    store.delete("inbox/a.csv")
    assert store.changed("inbox/") is not None
    assert store.changed("other/") is None


def test_in_memory_an_upload_in_parts_is_pending_too() -> None:
    store = MemoryStore()
    store.begin_parts("inbox/a.csv")
    assert store.pending("inbox/") == ("inbox/a.csv",)
    store.end_parts("inbox/a.csv", b"x")
    assert (store.pending(""), store.get("inbox/a.csv")) == ((), b"x")
    store.delete("inbox/a.csv")
    assert store.list("") == ()
