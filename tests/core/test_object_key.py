"""Keys that are safe to join to a path, and nothing else."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.errors import DataError
from pipelines.core.object_key import check_key, check_prefix


@pytest.mark.parametrize("key", ["a", "a/b.csv", "_READY", ".hidden", "a b+ü/日本", "...", "k" * 1024])
def test_plain_segments_are_keys_and_prefixes(key: str) -> None:
    assert check_key(key) == key == check_prefix(key)


def test_a_prefix_may_be_empty_or_end_with_a_slash() -> None:
    assert (check_prefix(""), check_prefix("a/b/")) == ("", "a/b/")


@pytest.mark.parametrize(
    "key", ["", "a/", "/a", "a//b", "..", "a/..", "./a", "a\x7f", "a\x85b", "\udcff", "ü" * 513]
)
def test_anything_else_is_refused(key: str) -> None:
    with pytest.raises(DataError):
        check_key(key)
    if key not in ("", "a/"):
        with pytest.raises(DataError):
            check_prefix(key)


@given(st.text(st.characters(), max_size=12) | st.text("./a\n", max_size=12))
def test_no_accepted_key_leaves_its_root(key: str) -> None:
    try:
        check_key(key)
    except DataError:
        return
    path = PurePosixPath("root") / key
    assert ".." not in path.parts
    assert path.is_relative_to("root")
    assert str(path) == f"root/{key}"
