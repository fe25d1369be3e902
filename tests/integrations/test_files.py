"""Rows are read alike from every format, and a wrong row is named by the line that a steward sees."""

from __future__ import annotations

import codecs
import csv
import json
from datetime import date
from pathlib import Path

import pytest
from upload_samples import (
    CELLS,
    COLUMNS,
    CSV,
    HEADER,
    JSONL,
    NAMES,
    faults_of,
    gzipped,
    parquet,
    read,
    rows_of,
    sample_parquet,
    sample_xlsx,
    sheet_row,
    xlsx,
    zipped,
)

from pipelines.core.rows import content_digest, row_hash
from pipelines.integrations.limits import BLOCK

SHARED = (
    "<sst><si><t>question</t></si><si><r><t>ans</t></r><r><t>wer</t></r><rPh><t>x</t></rPh></si><si><t>year</t></si>"
    "<si><t>amount</t></si><si><t>q1</t></si></sst>"
)
SHARED_ROWS = (
    '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row>'
    '<row><c t="s"><v>4</v></c><c t="str"><f>X()</f><v>a1</v></c><c><v>2.024E3</v></c>'
    '<c s="3"><v>1.5</v></c></row>'
) + sheet_row(7, CELLS[1])
SAME = {
    "plain": ("a.csv", CSV),
    "upper-case ending": ("A.CSV", CSV),
    "columns in another order": (
        "a.csv",
        b'"year","amount","answer","question"\n2024,1.5,a1,q1\n"2025",,"a2","q2"\n',
    ),
    "byte order mark": ("a.csv", codecs.BOM_UTF8 + CSV),
    "UTF-16": ("a.csv", CSV.decode().encode("utf-16")),
    "UTF-16 big-endian": ("a.csv", codecs.BOM_UTF16_BE + CSV.decode().encode("utf-16-be")),
    "blank rows": ("a.csv", CSV + b"\n,,,\n"),
    "no last line end": ("a.csv", CSV[:-1]),
    "CRLF": ("a.csv", CSV.replace(b"\n", b"\r\n")),
    "CR": ("a.csv", CSV.replace(b"\n", b"\r")),
    "blanks around names": ("a.csv", CSV.replace(b"answer", b" answer ")),
    "tabs": ("a.tsv", CSV.replace(b",", b"\t")),
    "gzip": ("a.csv.gz", gzipped(CSV)),
    "gzip of two members": ("a.csv.gz", gzipped(CSV[:30]) + gzipped(CSV[30:])),
    "JSON Lines": ("a.jsonl", JSONL),
    "JSON Lines without end": ("a.jsonl", JSONL.rstrip()),
    "JSON Lines with blank lines and empty objects": ("a.ndjson", b"\n" + JSONL + b"{}\n \n"),
    "packed JSON Lines": ("a.jsonl.gz", gzipped(JSONL)),
    "Parquet": ("a.parquet", sample_parquet()),
    "workbook": ("a.xlsx", sample_xlsx()),
    "workbook that starts lower": ("a.xlsx", sample_xlsx(start=4)),
    "workbook with shared texts and an empty sheet": (
        "a.xlsx",
        xlsx(SHARED_ROWS, "<row/>", **{"xl/sharedStrings.xml": SHARED}),
    ),
    "zip": ("folder/a.zip", zipped({"inner/": b"", "inner/a.csv": CSV})),
    "workbook of texts": (
        "a.xlsx",
        xlsx(sheet_row(1, NAMES) + sheet_row(2, ["q1", "a1", "2024", " 1.5"]) + sheet_row(3, CELLS[1])),
    ),
    "quoted cells": ("a.csv", b'"question","answer","year","amount"\n"q1","a1","2024","1.5"\nq2,a2,2025,\n'),
    "hidden files in a zip": ("a.zip", zipped({"a.csv": CSV, "x/.a.csv": b"\0"})),
    "zip from a Mac": ("a.zip", zipped({"a.csv": CSV, "__MACOSX/._a.csv": b"x", ".DS_Store": b"x"})),
}


@pytest.mark.parametrize(("name", "data"), SAME.values(), ids=SAME)
def test_the_same_rows_are_read_from_every_format(name: str, data: bytes, tmp_path: Path) -> None:
    reading = read(tmp_path, {name: data})
    assert reading.refusals == ()
    assert faults_of(reading) == []
    assert tuple(row.cells for row in rows_of(reading)) == CELLS
    assert all(
        type(a) is type(b)
        for row, cells in zip(rows_of(reading), CELLS, strict=True)
        for a, b in zip(row.cells, cells, strict=True)
    )


def test_the_content_does_not_depend_on_format_file_or_order(tmp_path: Path) -> None:
    uploads = [
        {"a.csv": CSV},
        {"b.jsonl": JSONL},
        {
            "2.csv": (HEADER + "q2,a2,2025,\n").encode(),
            "1.xlsx": xlsx(sheet_row(1, NAMES) + sheet_row(2, CELLS[0])),
        },
    ]
    contents = {
        content_digest(row_hash(row.cells, COLUMNS) for row in rows_of(read(tmp_path, files)))
        for files in uploads
    }
    assert len(contents) == 1


def _cell(xml: str) -> bytes:
    return xlsx(sheet_row(1, NAMES) + f'<row r="2">{xml}</row>')


WRONG: dict[str, tuple[str, bytes, list[tuple[int, str | None, str]]]] = {
    "short row": ("a.csv", HEADER.encode() + b"q1,a1,2024\nq2,a2,2025,1\n", [(2, None, "field_count")]),
    "long row": ("a.csv", HEADER.encode() + b"q1,a1,2024,1,extra\n", [(2, None, "field_count")]),
    "behind a cell of three lines": (
        "a.csv",
        HEADER.encode() + b'q1,"two\n\nlines",2024,1\nq2,a2\n',
        [(5, None, "field_count")],
    ),
    "behind mixed line ends": (
        "a.csv",
        HEADER.encode() + b'q1,"a\rb\r\nc",2024,1\r\nq2,a2\r\n',
        [(5, None, "field_count")],
    ),
    "behind blank lines": ("a.csv", HEADER.encode() + b"\n\nq1,a1,x,1\n", [(4, "year", "type")]),
    "two wrong cells": (
        "a.csv",
        HEADER.encode() + b"q1,a1,2024.5,1e400\n",
        [(2, "year", "type"), (2, "amount", "type")],
    ),
    "integer of 20 digits": (
        "a.csv",
        HEADER.encode() + b"q,a,99999999999999999999,1\n",
        [(2, "year", "type")],
    ),
    "integer beyond 64 bits": (
        "a.csv",
        HEADER.encode() + b"q,a,9223372036854775808,1\n",
        [(2, "year", "type")],
    ),
    "a programmer's numbers": (
        "a.csv",
        HEADER.encode() + b"q,a,2_024,nan\n",
        [(2, "year", "type"), (2, "amount", "type")],
    ),
    "full-width digits": ("a.csv", (HEADER + "q,a,\uff12\uff10,1\n").encode(), [(2, "year", "type")]),
    "NUL": ("a.csv", HEADER.encode() + b"q1,a\x00b,2024,1\n", [(2, "answer", "characters")]),
    "line ends that are none": (
        "a.csv",
        (HEADER + "q1,a\u2028b\x0bc\x85d,2024,x\n").encode(),
        [(2, "amount", "type")],
    ),
    "JSON that is none": ("a.jsonl", JSONL + b'{"question": }\n{"year": 1}\n', [(3, None, "json")]),
    "key twice": ("a.jsonl", b'{"question": "a", "question": "b"}\n', [(1, None, "json")]),
    "NaN, text and null": (
        "a.jsonl",
        b'{"amount": NaN}\n"text"\nnull\n',
        [(n, None, "json") for n in (1, 2, 3)],
    ),
    "nested too deeply": ("a.jsonl", b'{"question": ' + b"[" * 200_000 + b"\n", [(1, None, "json")]),
    "number of 5000 digits": ("a.jsonl", b'{"year": ' + b"1" * 5000 + b"}\n", [(1, None, "json")]),
    "numbers beyond a float": (
        "a.jsonl",
        b'{"year": 1e30, "amount": 1e999}\n',
        [(1, "year", "type"), (1, "amount", "type")],
    ),
    "half a character in a key": ("a.jsonl", b'{"\\udc00\\n": 1}\n', [(1, None, "unknown_key")]),
    "unknown key": ("a.jsonl", b'{"Question": "q"}\n', [(1, None, "unknown_key")]),
    "objects and flags": (
        "a.jsonl",
        b'{"question": {"a": 1}, "answer": true}\n',
        [(1, "question", "type"), (1, "answer", "type")],
    ),
    "half a character": (
        "a.jsonl",
        b'{"question": "\\ud800", "year": false}\n',
        [(1, "question", "characters"), (1, "year", "type")],
    ),
    "dates in Parquet": (
        "a.parquet",
        parquet({"question": ["q"], "answer": [date(2024, 1, 2)], "year": [1], "amount": [1]}),
        [(1, "answer", "type")],
    ),
    "whole numbers as floats in Parquet": (
        "a.parquet",
        parquet({"question": ["q"] * 2, "answer": ["a"] * 2, "year": [1.0, 1.5], "amount": [1, 2]}),
        [(2, "year", "type")],
    ),
    "flags and NaN in Parquet": (
        "a.parquet",
        parquet(
            {
                "question": ["q", "q"],
                "answer": ["a", "a"],
                "year": [True, True],
                "amount": [1.0, float("nan")],
            }
        ),
        [(1, "year", "type"), (2, "year", "type"), (2, "amount", "type")],
    ),
    "date in a workbook": ("a.xlsx", _cell('<c r="B2" s="2"><v>45000</v></c>'), [(2, "answer", "type")]),
    "error in a workbook": ("a.xlsx", _cell('<c r="A2" t="e"><v>#N/A</v></c>'), [(2, "question", "type")]),
    "formula that was never run": ("a.xlsx", _cell('<c r="D2"><f>1+1</f></c>'), [(2, "amount", "type")]),
    "flag in a workbook": ("a.xlsx", _cell('<c r="A2" t="b"><v>1</v></c>'), [(2, "question", "type")]),
    "cell beyond the header": ("a.xlsx", _cell('<c r="F2"><v>1</v></c>'), [(2, None, "field_count")]),
}


@pytest.mark.parametrize(("name", "data", "faults"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_named_by_its_true_line(
    name: str, data: bytes, faults: list[tuple[int, str | None, str]], tmp_path: Path
) -> None:
    reading = read(tmp_path, {name: data})
    assert reading.refusals == ()
    assert [(fault.line, fault.column, fault.code) for fault in faults_of(reading)] == faults
    assert all(
        fault.file == name and fault.problem.isprintable() and fault.fix for fault in faults_of(reading)
    )


def test_rows_carry_the_line_on_which_they_start(tmp_path: Path) -> None:
    data = (HEADER + 'q1,"two\nlines",1,\n\nq2,a,2,\n').encode()
    assert [(row.file, row.line) for row in rows_of(read(tmp_path, {"a.csv": data}))] == [
        ("a.csv", 2),
        ("a.csv", 5),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_stay_true_across_the_edges_of_what_is_read_at_once(end: str, tmp_path: Path) -> None:
    lines = [
        HEADER.strip(),
        *(f"question {n},é,{n},{'x' if n % 20_000 == 0 else 1}" for n in range(2, 80_001)),
    ]
    data = (end.join(lines) + end).encode()
    assert len(data) > BLOCK
    faults = faults_of(read(tmp_path, {"a.csv": data}))
    assert [fault.line for fault in faults] == [20_000, 40_000, 60_000, 80_000]


def test_a_member_of_an_archive_is_named_with_its_archive(tmp_path: Path) -> None:
    reading = read(tmp_path, {"all.zip": zipped({"b.csv": CSV, "a.jsonl": JSONL})})
    assert [(row.file, row.line) for row in rows_of(reading)] == [
        ("all.zip!a.jsonl", 1),
        ("all.zip!a.jsonl", 2),
        ("all.zip!b.csv", 2),
        ("all.zip!b.csv", 3),
    ]


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": HEADER.encode()})
    assert reading.table is not None
    assert (reading.table.rows, reading.refusals) == (0, ())


def test_faults_are_counted_and_the_first_are_kept(tmp_path: Path) -> None:
    data = (HEADER + f"q,a,{'x' * 3_000},\n" + "short\n" * 5 + "q,a,x,y\n").encode()
    reading = read(tmp_path, {"a.csv": data})
    assert {group.code: group.places for group in reading.faults} == {"type": 3, "field_count": 5}
    assert reading.unread == 7
    assert "x" * 1_001 in [fault.value for fault in faults_of(reading)]


def test_an_upload_without_files_has_no_rows(tmp_path: Path) -> None:
    assert rows_of(read(tmp_path, {})) == ()


def test_the_process_wide_limit_of_the_csv_module_is_put_back(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    read(tmp_path, {"a.csv": CSV, "b.csv": HEADER.encode() + b'"open', "c.csv": CSV})
    assert csv.field_size_limit() == before


def test_a_key_that_is_left_out_is_a_missing_value(tmp_path: Path) -> None:
    data = json.dumps({"question": "q", "answer": ""}).encode()
    assert rows_of(read(tmp_path, {"a.jsonl": data}))[0].cells == ("q", None, None, None)
