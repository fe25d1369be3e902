"""A manifest says which bytes belong to an upload; whatever differs is named."""

from __future__ import annotations

import json

import pytest
from examples import sha
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.manifest import LARGEST, Manifest, read_manifest

WRITTEN = json.dumps({"files": [{"name": "a.csv", "size": 3, "sha256": sha("a")}, {"name": "b", "size": 1}]})
FITTING = {"a.csv": (3, sha("a")), "b": (1, sha("anything"))}


def read(data: bytes) -> Manifest:
    manifest = read_manifest(data)
    assert manifest is not None
    return manifest


@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_marker_lists_nothing(data: bytes) -> None:
    assert read_manifest(data) is None


def test_files_that_are_as_listed_differ_in_nothing() -> None:
    manifest = read(WRITTEN.encode())
    assert manifest.fits({"a.csv": 3, "b": 1})
    assert manifest.differences(FITTING) == ()


@pytest.mark.parametrize(
    ("found", "difference"),
    [
        ({"b": (1, sha("b"))}, ("a.csv", "it is listed and not there")),
        ({**FITTING, "c": (1, sha("c"))}, ("c", "it is there and not listed")),
        ({**FITTING, "a.csv": (4, sha("a"))}, ("a.csv", "it has 4 bytes and 3 are listed")),
        (
            {**FITTING, "a.csv": (3, sha("x"))},
            ("a.csv", "its content has another sha256 than the listed one"),
        ),
    ],
)
def test_every_difference_is_named(found: dict[str, tuple[int, str]], difference: tuple[str, str]) -> None:
    assert read(WRITTEN.encode()).differences(found) == (difference,)


@pytest.mark.parametrize(
    "data",
    [
        b"ready",
        b"[]",
        b'{"files": [{"name": "a"}]}',
        b'{"files": [{"name": "a", "size": -1}]}',
        b'{"files": [{"name": "a", "size": 1}, {"name": "a", "size": 2}]}',
        b'{"problem": "x"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b" " * LARGEST + b"{}",
    ],
)
def test_a_marker_that_is_no_manifest_fits_nothing_and_says_why(data: bytes) -> None:
    manifest = read(data)
    assert not manifest.fits({})
    assert manifest.differences({}) == (("_READY", manifest.problem),)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_as_a_manifest_or_named(data: bytes) -> None:
    manifest = read_manifest(data)
    assert manifest is None or manifest.files == () or manifest.problem is None
