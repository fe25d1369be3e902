"""Hundreds of hostile and odd uploads: each has one answer, with its code and exact line, and none crashes.

The cases are tables in `corpus/`, one module a theme.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from corpus import (
    chats,
    csv_headers,
    csv_quotes,
    csv_rows,
    dolly,
    encodings,
    file_names,
    gzip_cases,
    json_lists,
    jsonl,
    limits,
    newlines,
    numbers,
    parquet_cases,
    uploads,
    workbooks,
    zip_cases,
)
from corpus.case import Case, Place

from pipelines.core.rows import Reading
from pipelines.core.upload import Listing, ObjectVersion, left_files
from pipelines.integrations.files import read_files

THEMES = (
    chats,
    csv_headers,
    csv_quotes,
    csv_rows,
    dolly,
    encodings,
    file_names,
    gzip_cases,
    json_lists,
    jsonl,
    limits,
    newlines,
    numbers,
    parquet_cases,
    uploads,
    workbooks,
    zip_cases,
)
CASES = {
    f"{theme.__name__.rpartition('.')[2]}: {case.name}": case for theme in THEMES for case in theme.CASES
}
SECONDS = 10


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """A case that takes longer than this hangs."""
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_upload_has_one_answer_at_its_exact_line(case: Case, tmp_path: Path) -> None:
    reading = read(case, tmp_path)
    assert (verdict(reading), places(reading)) == (case.verdict, sorted(case.places, key=str))
    assert case.says in words(reading)
    assert words(reading).isprintable()
    if reading.table is None:
        assert case.verdict == "refused"
        return
    cells = rows(reading.table.path, case)
    assert (reading.table.rows, len(cells)) == (case.rows, case.rows)
    assert reading.unread == len(
        {(place.file, place.line) for group in reading.faults for place in group.first}
    )
    if case.cells is not None:
        assert cells == case.cells


def test_the_corpus_is_as_large_as_was_promised() -> None:
    assert len(CASES) == sum(len(theme.CASES) for theme in THEMES) >= 300


@pytest.mark.parametrize(
    ("key", "found"), file_names.KEYS.items(), ids=map(ascii, range(len(file_names.KEYS)))
)
def test_a_file_is_left_where_no_store_can_keep_its_name(key: str, found: str | None) -> None:
    left = left_files(listing(key), ())
    assert [file.code for file in left] == ([] if found is None else ["file_name"])
    assert all(found and found in file.found and file.name.isprintable() for file in left)


@pytest.mark.parametrize("key", file_names.FURNITURE, ids=ascii)
def test_furniture_of_an_inbox_is_no_data(key: str) -> None:
    assert listing(key).data == ()


def read(case: Case, folder: Path) -> Reading:
    pairs = [(name, folder / f"file{number}") for number, name in enumerate(case.files)]
    for (_, path), data in zip(pairs, case.files.values(), strict=True):
        path.write_bytes(data)
    return read_files(pairs, case.contract, folder / "spool.parquet", case.limits)


def verdict(reading: Reading) -> str:
    return "refused" if reading.refusals else "faults" if reading.faults else "read"


def places(reading: Reading) -> list[Place]:
    """Where the reading says that something is wrong."""
    found = [Place(refusal.line, None, refusal.code) for refusal in reading.refusals]
    found += [Place(f.line, f.column, f.code) for group in reading.faults for f in group.first]
    return sorted(found, key=str)


def words(reading: Reading) -> str:
    """What the steward reads about it."""
    wrong = [*reading.refusals, *(fault for group in reading.faults for fault in group.first)]
    return " ".join((*(f"{one.problem} {one.fix}" for one in wrong), *reading.notes))


def rows(spool: Path, case: Case) -> tuple[tuple[object, ...], ...]:
    table = pq.read_table(spool, columns=[column.name for column in case.contract.columns])
    return tuple(tuple(row.values()) for row in table.to_pylist())


def listing(key: str) -> Listing:
    prefix = "inbox/rules/"
    version = ObjectVersion(key=prefix + key, size=1, version="1", modified=datetime(2026, 1, 1, tzinfo=UTC))
    return Listing(source="rules", prefix=prefix, objects=(version,))
