"""What is particular to a bucket in a folder: people and crashes have their hands in it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from waiting import wait_for

from pipelines.core.errors import DataError, ObjectChanged, Refused, Unavailable
from pipelines.integrations import directory_store, directory_tree
from pipelines.integrations.directory_store import DirectoryStore
from pipelines.integrations.whole_file import whole_file


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "bucket"


def test_files_that_people_drop_are_objects_and_folders_are_not(root: Path) -> None:
    (root / "inbox" / "tax" / "empty").mkdir(parents=True)
    (root / "inbox" / "tax" / "rules.csv").write_text("q,a")
    store = DirectoryStore(root)
    assert [found.key for found in store.list("inbox/tax/")] == ["inbox/tax/rules.csv"]
    assert store.get("inbox/tax/rules.csv") == b"q,a"
    assert store.get("inbox/tax") is None is store.get("inbox/tax/rules.csv/below")


def test_unfinished_writes_and_claims_are_never_listed_and_their_folder_is_reserved(root: Path) -> None:
    store = DirectoryStore(root)
    store.put_if_absent("a", b"1", owner="run")
    store.put("b", b"2")
    assert [found.key for found in store.list("")] == ["a", "b"]
    for use in (store.get, store.list):
        with pytest.raises(DataError, match="reserved"):
            use(".store/claims/x")
    assert not list((root / ".store" / "temporary").iterdir())


def test_links_are_neither_listed_nor_followed(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    (root / "inbox").mkdir(parents=True)
    (root / "inbox" / "file").symlink_to(secret)
    (root / "inbox" / "folder").symlink_to(tmp_path)
    store = DirectoryStore(root)
    assert store.list("") == ()
    for key in ("inbox/file", "inbox/folder/secret"):
        with pytest.raises(Refused):
            store.get(key)
    with pytest.raises(Refused):
        store.put("inbox/folder/secret", b"mine")
    with pytest.raises(Refused):
        store.list("inbox/folder/")
    assert secret.read_text() == "s"


def test_the_root_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    root.symlink_to(tmp_path / "real")
    store = DirectoryStore(root)
    store.put("a/b", b"1")
    assert [found.key for found in store.list("a/")] == ["a/b"]


def test_a_pipe_in_the_place_of_an_object_does_not_hang_the_reader(root: Path) -> None:
    root.mkdir()
    os.mkfifo(root / "a")
    with pytest.raises(Refused):
        DirectoryStore(root).get("a")


def test_a_file_that_vanishes_while_it_is_listed_is_left_out(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DirectoryStore(root)
    store.put("a", b"1")
    store.put("b", b"2")
    walk = directory_tree._files

    def vanishing(folder: Path, above: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
        for key, entry in walk(folder, above):
            if key == "a":
                Path(entry.path).unlink()
            yield key, entry

    monkeypatch.setattr(directory_tree, "_files", vanishing)
    assert [found.key for found in store.list("")] == ["b"]


def test_a_name_that_is_no_utf8_is_listed_so_that_its_owner_can_be_told(root: Path) -> None:
    root.mkdir()
    (root / os.fsdecode(b"m\xfcll.csv")).write_text("1")
    assert [found.key for found in DirectoryStore(root).list("")] == ["m\ufffdll.csv"]


def test_every_object_names_the_account_that_owns_its_file(root: Path) -> None:
    store = DirectoryStore(root)
    store.put("a", b"1")
    assert store.list("")[0].owner == (root / "a").owner()


def test_a_deletion_anywhere_below_a_folder_shows(root: Path) -> None:
    store = DirectoryStore(root)
    store.put("in/deep/a", b"1")
    store.put("in/b", b"1")
    before = store.changed("in/")
    assert before is not None

    def deleted() -> bool:
        (root / "in/deep/a").unlink(missing_ok=True)
        changed = store.changed("in/")
        (root / "in/deep/a").touch()
        return changed is not None and changed > before

    wait_for(deleted, 10, "the clock of the file system to go on")


def test_a_time_that_was_copied_along_says_nothing(root: Path) -> None:
    store = DirectoryStore(root)
    store.put("in/a", b"1")
    future = datetime.now(UTC) + timedelta(days=2000)
    os.utime(root / "in/a", (future.timestamp(), future.timestamp()))
    os.utime(root / "in", (future.timestamp(), future.timestamp()))
    changed = store.changed("in/")
    assert changed is not None
    assert max(store.list("in/")[0].modified, changed) < future - timedelta(days=1)


def test_a_growing_file_gets_another_version_and_the_listed_one_is_refused(
    root: Path, tmp_path: Path
) -> None:
    store = DirectoryStore(root)
    store.put("a", b"1")
    listed = store.list("a")[0]
    with (root / "a").open("ab") as growing:
        growing.write(b"2")
    assert store.list("a")[0].version != listed.version
    with pytest.raises(ObjectChanged):
        store.download(listed, tmp_path / "to")


def test_a_file_written_to_while_it_is_downloaded_is_a_changed_object(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DirectoryStore(root)
    store.put("a", b"1")
    copy = directory_store._copy

    def disturbed(source: BinaryIO, to: BinaryIO) -> str:
        (root / "a").write_bytes(b"2")
        return copy(source, to)

    monkeypatch.setattr(directory_store, "_copy", disturbed)
    with pytest.raises(ObjectChanged):
        store.download(store.list("a")[0], tmp_path / "to")
    assert not (tmp_path / "to").exists()


def test_backdated_files_count_as_modified_when_they_arrived(root: Path) -> None:
    store = DirectoryStore(root)
    store.put("a", b"1")
    before = store.list("a")[0]
    os.utime(root / "a", (0, 0))
    after = store.list("a")[0]
    assert after.modified >= before.modified
    assert after.version != before.version


def test_the_owner_survives_the_process(root: Path) -> None:
    assert DirectoryStore(root).put_if_absent("a", b"1", owner="run")
    assert DirectoryStore(root).put_if_absent("a", b"1", owner="run")
    assert not DirectoryStore(root).put_if_absent("a", b"1", owner="another")


def test_a_claim_left_by_a_crash_before_the_object_does_not_count(root: Path) -> None:
    store = DirectoryStore(root)
    orphan = store._folder(store._claims("a", "run")) / "orphan"
    orphan.write_bytes(b"1")
    assert store.put_if_absent("a", b"1", owner="another")
    assert not store.put_if_absent("a", b"1", owner="run")


def test_a_key_cannot_be_a_file_and_a_folder(root: Path) -> None:
    store = DirectoryStore(root)
    store.put("a", b"1")
    store.put("c/d", b"1")
    for key in ("a/b", "c"):
        with pytest.raises(DataError):
            store.put(key, b"2")
    with pytest.raises(DataError):
        store.put_if_absent("a/b", b"2", owner="run")


def test_a_segment_longer_than_the_file_system_allows_is_refused(root: Path) -> None:
    with pytest.raises(DataError, match="shorter"):
        DirectoryStore(root).put("k" * 300, b"")


def test_a_full_disk_is_unavailable_and_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DirectoryStore(root)
    store.put("a", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for write in (lambda: store.put("a", b"new"), lambda: store.put_if_absent("b", b"1", owner="run")):
        with pytest.raises(Unavailable, match="No space left"):
            write()
    assert [found.key for found in store.list("")] == ["a"]
    assert store.get("a") == b"old"
    assert len([path for path in root.rglob("*") if path.is_file()]) == 1


def test_a_whole_file_is_complete_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    with pytest.raises(KeyError), whole_file(path) as stream:
        stream.write(b"half")
        raise KeyError
    assert list(path.parent.iterdir()) == []
    with whole_file(path) as stream:
        stream.write(b"all")
        assert not path.exists()
    assert path.read_bytes() == b"all"
