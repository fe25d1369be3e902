"""What is kept comes back exactly, or an error names what does not."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive import Archive
from pipelines.core.candidate import Bundle, BundleFile
from pipelines.core.errors import DataError, ObjectChanged, Tampered, Unavailable
from pipelines.core.value import Blob, Value
from pipelines.integrations.memory import MemoryStore


class Note(Value):
    text: str


class Other(Value):
    number: int


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def archive(store: MemoryStore) -> Archive:
    return Archive(store)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "folder"
    (root / "adapter").mkdir(parents=True)
    (root / "adapter" / "weights.bin").write_bytes(b"w" * 1000)
    (root / "manifest.json").write_bytes(b"{}")
    (root / "empty").write_bytes(b"")
    return root


@given(text=st.text())
def test_a_value_is_kept_under_its_digest_and_comes_back(text: str) -> None:
    store = MemoryStore()
    note = Note(text=text.encode(errors="replace").decode())
    digest = Archive(store).keep(note)
    assert digest == note.digest == Archive(store).keep(note)
    assert [found.key for found in store.list("")] == [f"values/Note/{digest}.json"]
    assert Archive(store).fetch(Note, digest) == note


def test_a_missing_value_must_be_in_the_archive(archive: Archive) -> None:
    digest = archive.keep(Note(text="a"))
    for type_, name in ((Other, digest), (Note, "0" * 64)):
        with pytest.raises(DataError, match="must be in the archive"):
            archive.fetch(type_, name)
    with pytest.raises(DataError):
        archive.fetch(Note, "../../x")


def test_a_changed_value_is_tampered_for_readers_and_keepers(archive: Archive, store: MemoryStore) -> None:
    digest = archive.keep(Note(text="a"))
    store.put(f"values/Note/{digest}.json", Note(text="b").to_json())
    with pytest.raises(Tampered, match=digest):
        archive.fetch(Note, digest)
    with pytest.raises(Tampered, match=digest):
        archive.keep(Note(text="a"))


def test_a_value_written_by_somebody_else_with_the_same_bytes_is_fine(
    archive: Archive, store: MemoryStore
) -> None:
    note = Note(text="a")
    store.put(f"values/Note/{note.digest}.json", note.to_json())
    assert archive.keep(note) == note.digest


def test_a_value_of_another_shape_is_tampered(archive: Archive, store: MemoryStore) -> None:
    digest = archive.keep(Note(text="a"))
    store.put(f"values/Other/{digest}.json", Note(text="a").to_json())
    with pytest.raises(Tampered, match="is a Other"):
        archive.fetch(Other, digest)


def test_the_first_result_stands_for_everybody(archive: Archive, store: MemoryStore) -> None:
    assert archive.settled("train", "k", Note) is None
    assert archive.settle("train", "k", Note(text="first")) == Note(text="first")
    assert archive.settle("train", "k", Note(text="second")) == Note(text="first")
    assert archive.settle("train", "k", Note(text="first")) == Note(text="first")
    assert archive.settled("train", "k", Note) == Note(text="first")
    assert [found.key for found in store.list("")] == ["results/train/k.json"]


def test_a_result_that_is_none_is_tampered(archive: Archive, store: MemoryStore) -> None:
    store.put("results/train/k.json", b"{")
    with pytest.raises(Tampered, match="results/train/k"):
        archive.settled("train", "k", Note)


def test_a_result_that_vanishes_is_unavailable() -> None:
    class Vanishing(MemoryStore):
        def put_if_absent(self, key: str, data: bytes, *, owner: str) -> bool:
            return False

    with pytest.raises(Unavailable):
        Archive(Vanishing()).settle("train", "k", Note(text="a"))


def test_bytes_are_kept_once_under_their_sha256(archive: Archive, store: MemoryStore) -> None:
    blob = archive.keep_bytes(b"data")
    digest = hashlib.sha256(b"data").hexdigest()
    assert blob == Blob(sha256=digest, size=4) == archive.keep_bytes(b"data")
    assert [found.key for found in store.list("")] == [f"blobs/{digest[:2]}/{digest}"]
    assert archive.read_blob(blob) == b"data"
    store.put(f"blobs/{digest[:2]}/{digest}", b"evil")
    with pytest.raises(Tampered, match=digest):
        archive.read_blob(blob)
    with pytest.raises(DataError, match="must be in the archive"):
        archive.read_blob(Blob(sha256="0" * 64, size=0))


def test_files_and_bytes_share_their_blobs(archive: Archive, store: MemoryStore, tmp_path: Path) -> None:
    source, to = tmp_path / "source", tmp_path / "new" / "to"
    source.write_bytes(b"data")
    blob = archive.keep_file(source)
    written = store.list("")
    assert archive.keep_bytes(b"data") == archive.keep_file(source) == blob
    assert store.list("") == written
    archive.fetch_file(blob, to)
    assert to.read_bytes() == b"data"
    store.put(written[0].key, b"evil")
    with pytest.raises(Tampered):
        archive.fetch_file(blob, tmp_path / "evil")
    with pytest.raises(DataError, match="must be in the archive"):
        archive.fetch_file(Blob(sha256="0" * 64, size=0), tmp_path / "evil")
    assert not (tmp_path / "evil").exists()


def test_a_file_written_to_while_it_is_kept_is_reported(tmp_path: Path) -> None:
    class Slow(MemoryStore):
        def upload_file(self, source: Path, key: str) -> None:
            source.write_bytes(b"changed")
            super().upload_file(source, key)

    (tmp_path / "source").write_bytes(b"data")
    with pytest.raises(ObjectChanged):
        Archive(Slow()).keep_file(tmp_path / "source")


def test_a_folder_comes_back_exactly(archive: Archive, folder: Path, tmp_path: Path) -> None:
    bundle = archive.keep_folder(folder)
    assert [file.path for file in bundle.files] == ["adapter/weights.bin", "empty", "manifest.json"]
    assert archive.keep_folder(folder) == bundle
    to = tmp_path / "new" / "to"
    archive.fetch_folder(bundle, to)
    assert archive.keep_folder(to) == bundle
    assert [path.name for path in to.parent.iterdir()] == ["to"]


def test_a_folder_that_is_already_there_is_verified_and_left_alone(
    archive: Archive, folder: Path, tmp_path: Path
) -> None:
    bundle = archive.keep_folder(folder)
    to = tmp_path / "to"
    archive.fetch_folder(bundle, to)
    kept = to.stat().st_ino
    archive.fetch_folder(bundle, to)
    assert to.stat().st_ino == kept
    (to / "manifest.json").write_bytes(b"[]")
    (to / "more").write_bytes(b"")
    with pytest.raises(Tampered, match=r"manifest\.json, more"):
        archive.fetch_folder(bundle, to)
    assert (to / "more").exists()


@pytest.mark.parametrize("kind", ["file", "link", "dangling"])
def test_anything_else_in_the_place_of_a_folder_is_tampered(
    archive: Archive, folder: Path, tmp_path: Path, kind: str
) -> None:
    bundle = archive.keep_folder(folder)
    to = tmp_path / "to"
    if kind == "file":
        to.write_text("x")
    else:
        to.symlink_to(folder if kind == "link" else tmp_path / "nothing")
    with pytest.raises(Tampered, match="exactly the files"):
        archive.fetch_folder(bundle, to)


def test_a_folder_with_a_broken_file_stays_absent(
    archive: Archive, store: MemoryStore, folder: Path, tmp_path: Path
) -> None:
    bundle = archive.keep_folder(folder)
    broken = bundle.files[-1].sha256
    store.put(f"blobs/{broken[:2]}/{broken}", b"evil")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Tampered, match=broken):
        archive.fetch_folder(bundle, tmp_path / "to")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "paths", [["../evil"], ["/evil"], ["a//b"], ["a\nb"], ["a", "a"], ["a", "a/b"]], ids=str
)
def test_a_bundle_cannot_write_outside_its_folder(archive: Archive, tmp_path: Path, paths: list[str]) -> None:
    blob = archive.keep_bytes(b"evil")
    files = tuple(BundleFile(path=path, sha256=blob.sha256, size=blob.size) for path in paths)
    with pytest.raises(DataError):
        archive.fetch_folder(Bundle(files=files), tmp_path / "in" / "to")
    assert list(tmp_path.iterdir()) == []


def test_links_in_a_folder_are_refused(archive: Archive, folder: Path) -> None:
    (folder / "link").symlink_to(folder / "manifest.json")
    with pytest.raises(DataError, match="link"):
        archive.keep_folder(folder)
