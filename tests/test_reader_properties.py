"""What holds for every upload: rows come back as they were written, and no bytes at all break the readers."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from corpus.case import CONTRACT
from hypothesis import given, settings
from hypothesis import strategies as st
from upload_samples import CSV, JSONL, NAMES, gzipped, parquet, sample_parquet, sample_xlsx, zipped

from pipelines.core.rows import RawRow, Reading, Row, typed_row
from pipelines.integrations.csv_records import parse
from pipelines.integrations.fast_csv import split_fast
from pipelines.integrations.files import read_files
from pipelines.integrations.json_text import NotARow, parsed
from pipelines.integrations.limits import Limits

LIMITS = Limits(rows=2_000, unpacked=2_000_000, ratio=50, small=200_000, cell=5_000, line=20_000, members=20)
Cells = tuple[str | None, str | None, int | None, float | None]

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)
ROWS = st.lists(
    st.tuples(
        st.none() | TEXTS.filter(bool),
        st.none() | TEXTS.filter(bool),
        st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
        st.none() | st.floats(-1e300, 1e300).map(lambda number: number + 0.0),
    ).filter(lambda row: any(cell is not None for cell in row)),
    max_size=8,
)
"""Tables without rows that hold nothing at all, which every format leaves out."""


def as_csv(rows: Sequence[Cells], *, tabs: bool = False, end: str = "\r\n") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t" if tabs else ",", lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([NAMES, *(["" if cell is None else cell for cell in row] for row in rows)])
    return text.getvalue().encode()


def as_jsonl(rows: Sequence[Cells], *, escaped: bool = False) -> bytes:
    lines = (json.dumps(dict(zip(NAMES, row, strict=True)), ensure_ascii=escaped) for row in rows)
    return "".join(line + "\n" for line in lines).encode()


def as_json(rows: Sequence[Cells], *, indent: int | None = None) -> bytes:
    return json.dumps([dict(zip(NAMES, row, strict=True)) for row in rows], indent=indent).encode()


def as_parquet(rows: Sequence[Cells]) -> bytes:
    kinds = (pa.string(), pa.string(), pa.int64(), pa.float64())
    columns = {
        name: pa.array([row[place] for row in rows], kind)
        for place, (name, kind) in enumerate(zip(NAMES, kinds, strict=True))
    }
    return parquet(columns)


PACKAGINGS = {
    "a.csv": as_csv,
    "b.csv": lambda rows: as_csv(rows, end="\n"),
    "c.csv": lambda rows: as_csv(rows, end="\r"),
    "d.csv": lambda rows: b"\xef\xbb\xbf" + as_csv(rows),
    "e.csv": lambda rows: as_csv(rows).decode().encode("utf-16"),
    "a.tsv": lambda rows: as_csv(rows, tabs=True),
    "a.csv.gz": lambda rows: gzipped(as_csv(rows)),
    "a.zip": lambda rows: zipped({"x/a.csv": as_csv(rows)}),
    "a.jsonl": as_jsonl,
    "b.jsonl": lambda rows: as_jsonl(rows, escaped=True),
    "a.jsonl.gz": lambda rows: gzipped(as_jsonl(rows)),
    "a.json": as_json,
    "b.json": lambda rows: as_json(rows, indent=2),
    "a.parquet": as_parquet,
}
GOOD = {
    "a.csv": CSV,
    "a.tsv": CSV.replace(b",", b"\t"),
    "a.jsonl": JSONL,
    "a.json": b"[" + JSONL.strip().replace(b"\n", b",\n") + b"]",
    "a.csv.gz": gzipped(CSV),
    "a.zip": zipped({"a.csv": CSV, "b.jsonl": JSONL}),
    "a.parquet": sample_parquet(),
    "a.xlsx": sample_xlsx(),
}
NAMES_OF_FILES = st.sampled_from(sorted(GOOD)) | st.text(max_size=12)


def read(name: str, data: bytes) -> tuple[Reading, list[tuple[object, ...]]]:
    """The reading, and the cells and lines of its rows."""
    with tempfile.TemporaryDirectory() as folder:
        path, spool = Path(folder) / "file", Path(folder) / "spool.parquet"
        path.write_bytes(data)
        reading = read_files([(name, path)], CONTRACT, spool, LIMITS)
        if reading.table is None:
            assert reading.refusals
            return reading, []
        rows = [
            tuple(row.values())
            for row in pq.read_table(spool, columns=[*NAMES, "_file", "_line"]).to_pylist()
        ]
    assert not reading.refusals
    assert reading.table.rows == len(rows)
    return reading, rows


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(PACKAGINGS)), ROWS)
def test_any_table_is_read_back_from_any_packaging(name: str, rows: list[Cells]) -> None:
    reading, found = read(name, PACKAGINGS[name](rows))
    if not rows and "json" in name:
        return
    assert (reading.refusals, reading.faults) == ((), ())
    assert [row[:4] for row in found] == rows
    lines = [row[5] for row in found]
    assert all(isinstance(line, int) and line > 0 for line in lines)
    assert lines == sorted(lines)


@settings(max_examples=150, deadline=None)
@given(NAMES_OF_FILES, st.binary(max_size=300))
def test_any_bytes_under_any_name_are_answered(name: str, data: bytes) -> None:
    read(name, data)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_any_mutation_of_a_good_file_is_answered(name: str, data: st.DataObject) -> None:
    mutated = bytearray(GOOD[name])
    places = st.integers(0, len(mutated) - 1)
    for _ in range(data.draw(st.integers(1, 5))):
        start, length = data.draw(places), data.draw(st.integers(0, 8))
        mutated[start : start + length] = data.draw(st.binary(max_size=8))
    read(name, bytes(mutated))


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="\",\n\r\t;'a1\0{}[]:\\ é", max_size=80),
    st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.json"]),
)
def test_reading_twice_says_the_same(text: str, name: str) -> None:
    header = ",".join(NAMES) + "\n" if name == "a.csv" else ""
    data = (header + text).encode()
    (first, rows), (second, again) = read(name, data), read(name, data)
    assert (first.refusals, first.faults, first.unread) == (second.refusals, second.faults, second.unread)
    assert (first.notes, rows) == (second.notes, again)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.integers(0, 8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_fault_is_named_by_the_line_on_which_an_editor_shows_it(
    rows: list[Cells], at: int, end: str
) -> None:
    good, rest = rows[:at], rows[at:]
    above = as_csv(good, end=end)
    below = as_csv(rest, end=end).split(end.encode(), 1)[1]
    line = above.count(b"\n") + above.count(b"\r") - above.count(b"\r\n") + 1
    reading, found = read("a.csv", above + b"too,few" + end.encode() + below)
    assert [(fault.line, fault.code) for group in reading.faults for fault in group.first] == [
        (line, "field_count")
    ]
    assert [row[:4] for row in found] == rows


CSV_TEXTS = st.lists(
    st.sampled_from(['"', '""', ",", "\n", "\r\n", "\r", "a", "é", " ", "\ufeff", "\u2028", "\0", "\t"])
)


@settings(max_examples=300, deadline=None)
@given(CSV_TEXTS.map("".join), st.integers(1, 4))
def test_the_fast_reader_of_csv_splits_exactly_as_the_strict_one(text: str, width: int) -> None:
    fast = split_fast(text, 1, ",", width)
    strict = parse(text, 1, ",", LIMITS)
    if fast is None:
        return
    assert strict.fault is None
    assert (fast.next, fast.rest) == (strict.next, strict.rest)
    records = [
        (line, fields) for line, fields in zip(strict.lines, strict.records, strict=False) if any(fields)
    ]
    columns = [column.to_pylist() for column in fast.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    assert [(line, row) for line, row in zip(fast.lines, rows, strict=True) if any(row)] == records


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, 2**63, -(2**63)])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.0, -0.0, 1e300, 1e301, 2.0**53, 2.0**53 + 2, 1.5, 7.0])
    | st.text(max_size=6)
    | st.from_regex(r"[+-]?[0-9]{0,3}\.?[0-9]{0,3}([eE][+-]?[0-9]{1,3})?", fullmatch=True)
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(*[SCALARS] * len(NAMES)), min_size=1, max_size=6))
def test_a_row_is_judged_alike_alone_and_among_others(rows: list[tuple[object, ...]]) -> None:
    lines = [json.dumps(dict(zip(NAMES, row, strict=True)), ensure_ascii=True) for row in rows]
    reading, found = read("a.jsonl", "\n".join(lines).encode() + b"\n")
    judged = [typed_row("a.jsonl", RawRow(line, row), CONTRACT.columns) for line, row in enumerate(rows, 1)]
    taken = [row for row in judged if isinstance(row, Row) and any(cell is not None for cell in row.cells)]
    assert [(row[5], row[:4]) for row in found] == [(row.line, row.cells) for row in taken]
    assert reading.unread == sum(not isinstance(row, Row) for row in judged)


KEYS = st.sampled_from(['"question"', '"answer"', '"year"', '"amount"', '"\\u0071uestion"', '"note"'])
VALUES = st.sampled_from(
    [
        '"a"',
        '"\\""',
        '"\\u0022"',
        '"\\\\u0022"',
        '"\\u0022\\u0022"',
        '""',
        "1",
        "1.5",
        "true",
        "null",
        "1e400",
        "NaN",
        "[]",
        "9" * 20,
    ]
)
OBJECTS = st.lists(st.tuples(KEYS, VALUES), max_size=4).map(
    lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
)


@settings(max_examples=150, deadline=None)
@given(st.lists(OBJECTS | st.sampled_from(["", " ", "null", "7"]), min_size=1, max_size=5))
def test_json_lines_are_read_as_the_exact_parser_reads_each(lines: list[str]) -> None:
    reading, found = read("a.jsonl", "\n".join([*lines, "{}"]).encode() + b"\n")
    judged = [judge(text, line) for line, text in enumerate(lines, 1) if text.strip()]
    taken = [row for row in judged if isinstance(row, Row) and any(cell is not None for cell in row.cells)]
    assert [(row[5], row[:4]) for row in found] == [(row.line, row.cells) for row in taken]
    assert reading.unread == sum(not isinstance(row, Row) for row in judged)


def judge(text: str, line: int) -> object:
    """What the exact parser and `core.rows` say of one line."""
    try:
        row = parsed(text)
    except NotARow:
        return None
    if not row.keys() <= set(NAMES):
        return None
    return typed_row("a.jsonl", RawRow(line, tuple(row.get(name) for name in NAMES)), CONTRACT.columns)
