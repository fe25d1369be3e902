"""A file that cannot be trusted is refused as a whole, with a code, its true line, and what to do."""

from __future__ import annotations

import gzip
import io
import random
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from upload_samples import (
    CSV,
    HEADER,
    JSONL,
    NAMES,
    gzipped,
    parquet,
    personal,
    read,
    sample_parquet,
    sample_xlsx,
    sheet_row,
    xlsx,
    zipped,
)

from pipelines.integrations.limits import Limits

H = HEADER.encode()
LATE = H + b"q,a,1,1\n" * 60_000 + b"q,\xff,1,1\n"
UTF16 = CSV.decode().encode("utf-16-le")


def _zip_with(name: str, data: bytes = CSV, *, mode: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    info.compress_type = method
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, data, method)
    return buffer.getvalue()


def _encrypted() -> bytes:
    data = bytearray(zipped({"a.csv": CSV}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _cell(xml: str) -> bytes:
    return xlsx(sheet_row(1, NAMES) + f'<row r="2">{xml}</row>')


XLSX = sample_xlsx()
TABLE = sheet_row(1, NAMES) + sheet_row(2, ["q", "a", 1, 1])
MERGED = xlsx(f'{TABLE}</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells><sheetData>')
HIDDEN = xlsx(
    TABLE,
    TABLE,
    **{
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet r:id="r1"/><sheet state="hidden" r:id="r2"/>'
        "</sheets></workbook>"
    },
)
ZIP = zipped({"a.csv": CSV})
ROW2 = sheet_row(2, ["q", "a", 1, 1])
REFUSED: dict[str, tuple[str, bytes, str, int | None]] = {
    "nothing": ("a.csv", b"", "empty", None),
    "only line ends": ("a.csv", b"\n\n\n", "empty", None),
    "only a byte order mark": ("a.csv", b"\xef\xbb\xbf", "empty", None),
    "only blank JSON lines": ("a.jsonl", b"\n \n", "empty", None),
    "open quote": ("a.csv", CSV + b'q3,"never closed,2024,1\nq4,a4,2024,1\n', "open_quote", 4),
    "open quote behind lines in a cell": (
        "a.csv",
        H + b'q1,"two\nlines",2024,1\nq2,"open,2024,1\n',
        "open_quote",
        4,
    ),
    "text behind a quote": ("a.csv", H + b'q1,"a" b,2024,1\n', "quoting", 2),
    "Latin-1": ("a.csv", CSV + b"q3,caf\xe9,2024,1\n", "encoding", 4),
    "wrong byte behind lines in a cell": (
        "a.csv",
        H + b'q1,"two\nlines",2024,1\nq\xff,a,1,1\n',
        "encoding",
        4,
    ),
    "wrong byte far down": ("a.csv", LATE, "encoding", 60_002),
    "character cut off at the end": ("a.csv", CSV + b"q3,\xc3", "encoding", 4),
    "encoded half characters": ("a.csv", CSV + b"q3,\xed\xa0\x80,1,1\n", "encoding", 4),
    "UTF-16 without its mark": ("a.csv", UTF16, "encoding", 1),
    "UTF-16 cut off": ("a.csv", b"\xff\xfe" + UTF16[:-1], "encoding", 3),
    "UTF-32": ("a.csv", CSV.decode().encode("utf-32"), "encoding", 1),
    "gzip in gzip": ("a.csv.gz", gzipped(gzipped(CSV)), "encoding", 1),
    "semicolons": ("a.csv", CSV.replace(b",", b";"), "delimiter", 1),
    "quoted semicolons": ("a.csv", b'"question";"answer";"year";"amount"\n"q";"a";1;1\n', "delimiter", 1),
    "Excel's separator line": ("a.csv", b"sep=;\n" + CSV.replace(b",", b";"), "delimiter", 1),
    "tabs in a csv": ("a.csv", CSV.replace(b",", b"\t"), "delimiter", 1),
    "commas in a tsv": ("a.tsv", CSV, "delimiter", 1),
    "no header": ("a.csv", b"q1,a1,2024,1.5\nq2,a2,2025,2\n", "header", 1),
    "missing column": ("a.csv", b"question,answer,year\nq,a,1\n", "header", 1),
    "missing column below a blank line": ("a.csv", b"\nquestion,answer,year\nq,a,1\n", "header", 2),
    "unknown column": ("a.csv", b"question,answer,year,amount,extra\nq,a,1,1,x\n", "header", 1),
    "column twice": ("a.csv", b"question,answer,year,year\nq,a,1,1\n", "header", 1),
    "column without a name": ("a.csv", b"question,answer,year,amount,\nq,a,1,1,\n", "header", 1),
    "JSON array": ("a.jsonl", b'[{"question": "q"}]\n', "format", 1),
    "JSON over many lines": ("a.jsonl", b'{\n"question": "q"\n}\n', "format", 1),
    "JSON Lines cut off": ("a.jsonl", JSONL + b'{"question": "q3", "ans', "truncated", 3),
    "JSON Lines in Latin-1": ("a.jsonl", JSONL + b'{"question": "caf\xe9"}\n', "encoding", 3),
    "JSON Lines called json": ("a.json", JSONL, "format", 1),
    "JSON called csv": ("a.csv", JSONL, "mislabelled", 1),
    "a web page": ("a.csv", b"<!DOCTYPE html><html></html>", "mislabelled", None),
    "a picture": ("a.jsonl", b"\x89PNG\r\n\x1a\n", "mislabelled", None),
    "Excel's note of the right separator": ("a.csv", b"sep=,\n" + CSV, "delimiter", 1),
    "open quote at the end": ("a.csv", CSV + b'q3,"', "open_quote", 4),
    "quote in a quoted cell": ("a.csv", H + b'q1,"a "b" c",2024,1\n', "quoting", 2),
    "txt ending": ("a.txt", CSV, "format", None),
    "no ending": ("noending", CSV, "format", None),
    "gzip called csv": ("a.csv", gzipped(CSV), "mislabelled", None),
    "workbook called csv": ("a.csv", XLSX, "mislabelled", None),
    "Parquet called csv": ("a.csv", sample_parquet(), "mislabelled", None),
    "csv called Parquet": ("a.parquet", CSV, "mislabelled", None),
    "csv called xlsx": ("a.xlsx", CSV, "mislabelled", None),
    "old workbook": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "mislabelled", None),
    "gzip called zip": ("a.zip", gzipped(CSV), "mislabelled", None),
    "gzip cut off": ("a.csv.gz", gzipped(CSV)[:-8], "damaged", None),
    "gzip with wrong bytes": ("a.csv.gz", gzipped(CSV)[:25] + b"\xff" * 20, "damaged", None),
    "gzip with something behind it": ("a.csv.gz", gzipped(CSV) + b"trailing", "damaged", None),
    "zip in gzip": ("a.zip.gz", gzipped(ZIP), "nested", None),
    "workbook in gzip": ("a.xlsx.gz", gzipped(XLSX), "nested", None),
    "zip in zip": ("a.zip", zipped({"b.zip": ZIP}), "nested", None),
    "workbook in zip": ("a.zip", zipped({"b.xlsx": XLSX}), "nested", None),
    "path out of the zip": ("a.zip", _zip_with("../a.csv"), "zip", None),
    "absolute path in zip": ("a.zip", _zip_with("/etc/a.csv"), "zip", None),
    "Windows path out of the zip": ("a.zip", _zip_with("x\\..\\..\\a.csv"), "zip", None),
    "drive in zip": ("a.zip", _zip_with("C:a.csv"), "zip", None),
    "link in zip": ("a.zip", _zip_with("a.csv", mode=stat.S_IFLNK | 0o777), "zip", None),
    "password": ("a.zip", _encrypted(), "zip", None),
    "unusual packing": ("a.zip", _zip_with("a.csv", method=zipfile.ZIP_BZIP2), "zip", None),
    "name twice in zip": (
        "a.zip",
        zipped({"a.csv": CSV, "b.csv": CSV}).replace(b"b.csv", b"a.csv"),
        "zip",
        None,
    ),
    "invisible characters in a name in zip": ("a.zip", _zip_with("a\u202evsc.csv"), "zip", None),
    "line end in a name in zip": ("a.zip", _zip_with("a\n.csv"), "zip", None),
    "zip of what a Mac adds": (
        "a.zip",
        zipped({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "x/.hidden.csv": CSV}),
        "empty",
        None,
    ),
    "zip without files": ("a.zip", zipped({}), "empty", None),
    "zip of something else": ("a.zip", zipped({"a.exe": b"MZ"}), "format", None),
    "zip cut off": ("a.zip", ZIP[:60], "damaged", None),
    "zip with a wrong checksum": ("a.zip", ZIP.replace(ZIP[14:18], b"\0\0\0\0"), "damaged", None),
    "Parquet cut off": ("a.parquet", sample_parquet()[:-20], "damaged", None),
    "Parquet with wrong bytes": (
        "a.parquet",
        sample_parquet()[:4] + b"\xff" * 200 + b"PAR1",
        "damaged",
        None,
    ),
    "Parquet without a column": ("a.parquet", parquet({"question": ["q"]}), "header", None),
    "zip called workbook": ("a.xlsx", ZIP, "damaged", None),
    "workbook cut off": ("a.xlsx", XLSX[:-100], "damaged", None),
    "workbook of broken XML": ("a.xlsx", xlsx("<row><c>"), "damaged", None),
    "workbook with entities": (
        "a.xlsx",
        xlsx("", **{"xl/sharedStrings.xml": '<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst>&a;</sst>'}),
        "damaged",
        None,
    ),
    "workbook that refers to nothing": ("a.xlsx", _cell('<c r="A2" t="s"><v>7</v></c>'), "damaged", None),
    "workbook that runs backwards": ("a.xlsx", xlsx(ROW2 + sheet_row(1, NAMES)), "damaged", None),
    "workbook of impossible size": ("a.xlsx", _cell('<c r="ZZZ2"><v>7</v></c>'), "damaged", None),
    "empty workbook": ("a.xlsx", xlsx(""), "empty", None),
    "workbook of two tables": ("a.xlsx", xlsx(sheet_row(1, NAMES), sheet_row(1, NAMES)), "sheets", None),
    "workbook of a table and a hidden one": ("a.xlsx", HIDDEN, "sheets", None),
    "merged cells": ("a.xlsx", MERGED, "merged_cells", 2),
    "half a character in a header": ("a.xlsx", xlsx(sheet_row(1, ["_xD800_", *NAMES])), "header", 1),
    "workbook without a header": ("a.xlsx", xlsx(sheet_row(3, ["question", "answer"])), "header", 3),
}


@pytest.mark.parametrize(("name", "data", "code", "line"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_trusted_is_refused_whole(
    name: str, data: bytes, code: str, line: int | None, tmp_path: Path
) -> None:
    reading = read(tmp_path, {name: data})
    assert (reading.table, reading.faults) == (None, ())
    assert [(refusal.code, refusal.line) for refusal in reading.refusals] == [(code, line)]
    assert reading.refusals[0].file.startswith(name)
    assert reading.refusals[0].problem.isprintable()
    assert reading.refusals[0].fix


SMALL = Limits(rows=5, unpacked=100_000, ratio=20, small=20_000, cell=200, line=300, members=5)
BEYOND: dict[str, tuple[str, bytes, str, int | None]] = {
    "line": ("a.csv", H + b"q," + b"a" * 400 + b",1,1\n", "line_too_long", 2),
    "cell": ("a.csv", H + b"q," + b"a" * 250 + b",1,1\n", "cell_too_long", 2),
    "cell of many lines": ("a.csv", H + b'q,"' + b"a\n" * 250 + b'",1,1\n', "cell_too_long", 2),
    "record of many lines": ("a.csv", H + (b'"' + b"a\n" * 50 + b'",') * 20, "line_too_long", 2),
    "cell of many lines that never ends": ("a.csv", H + b'q,"' + b"a\n" * 250, "cell_too_long", 2),
    "JSON cell": ("a.jsonl", b'{"question": "' + b"a" * 250 + b'"}', "cell_too_long", 1),
    "workbook cell": ("a.xlsx", xlsx(sheet_row(1, ["a" * 250])), "cell_too_long", None),
    "rows": ("a.csv", H + b"q,a,1,1\n" * 6, "too_many_rows", 7),
    "rows of Parquet": ("a.parquet", parquet(dict.fromkeys(NAMES, [1] * 6)), "too_many_rows", 6),
    "bytes": ("a.csv", H + b"\n" * 100_000, "too_big", None),
    "bytes of a workbook": (
        "a.xlsx",
        xlsx(sheet_row(1, NAMES), **{"xl/sharedStrings.xml": random.Random(1).randbytes(90_000).hex()}),
        "too_big",
        None,
    ),
    "gzip bomb": ("a.csv.gz", gzipped(H + b"\n" * 90_000), "bomb", None),
    "zip bomb": ("a.zip", zipped({"a.csv": H + b"\n" * 90_000}), "bomb", None),
    "files in zip": ("a.zip", zipped({f"{n}.csv": CSV for n in range(6)}), "zip", None),
    "text that is used again and again": (
        "a.xlsx",
        xlsx(
            sheet_row(1, NAMES) + '<row r="2">' + '<c t="s"><v>0</v></c>' * 900 + "</row>",
            **{"xl/sharedStrings.xml": f"<sst><si><t>{'x' * 190}</t></si></sst>"},
        ),
        "too_big",
        None,
    ),
}


GERMAN = "Frage,Antwort\nWie hoch ist die Ermäßigung für Bücher?,Sie beträgt „außer“ für Zeitungen 7 %\n"
POLISH = "Jaka jest stawka za książkę w Łodzi?,Stawka wynosi pięć procent i obowiązuje także w Gdańsku\n"
JAPANESE = "書籍の税率は何ですか,軽減税率は八パーセントです。詳しくは税務署へ\n"
LOOKS = [
    (GERMAN.encode("cp1252"), "; it looks like Windows-1252"),
    (b"caf\xe9\n", "; it looks like Windows-1252"),
    (GERMAN.encode("mac_roman"), "; it looks like Mac Roman"),
    (POLISH.encode("cp1250"), "; it looks like Windows-1250 (Central European)"),
    (JAPANESE.encode("shift_jis"), "; it looks like Shift JIS (Japanese)"),
    (GERMAN.encode("utf-16-be"), "; it looks like UTF-16 without a byte order mark"),
    (JAPANESE.encode("utf-32"), "; it looks like UTF-32"),
    (JAPANESE.encode() + b"\xff", ""),
    (b"a\xff", ""),
    (gzipped(CSV), ""),
]


@pytest.mark.parametrize(("data", "looks"), LOOKS, ids=[str(number) for number in range(len(LOOKS))])
def test_the_probable_encoding_is_named_and_never_used(data: bytes, looks: str, tmp_path: Path) -> None:
    refusal = read(tmp_path, {"a.csv.gz": gzipped(data)}).refusals[0]
    assert (refusal.code, refusal.problem) == ("encoding", "the file is not UTF-8 text" + looks)


def test_the_separator_that_was_found_is_named(tmp_path: Path) -> None:
    refusal = read(tmp_path, {"a.csv": CSV.replace(b",", b";")}).refusals[0]
    assert refusal.problem == "the columns are separated by semicolons and not by commas"


UNSAFE = [
    "../a.csv",
    "/a.csv",
    "a//b.csv",
    "C:a.csv",
    "x\\a.csv",
    "a\x07.csv",
    "a\ud800.csv",
    "x" * 252 + ".csv",
]


@pytest.mark.parametrize("name", UNSAFE, ids=ascii)
def test_a_file_of_an_unsafe_name_is_refused_by_that_name(name: str, tmp_path: Path) -> None:
    refusal = read(tmp_path, {name: CSV}).refusals[0]
    assert refusal.code == "file_name"
    assert refusal.file.isprintable()
    assert refusal.file.isascii()


@pytest.mark.parametrize(("name", "data", "code", "line"), BEYOND.values(), ids=BEYOND)
def test_reading_stops_at_its_limits(
    name: str, data: bytes, code: str, line: int | None, tmp_path: Path
) -> None:
    reading = read(tmp_path, {name: data}, SMALL)
    assert [(refusal.code, refusal.line) for refusal in reading.refusals] == [(code, line)]


def test_a_real_bomb_is_stopped_early(tmp_path: Path) -> None:
    packed = tmp_path / "bomb"
    with gzip.open(packed, "wb") as stream:
        for _ in range(100):
            stream.write(b"\0" * 1_000_000)
    reading = read(tmp_path, {"a.csv.gz": packed.read_bytes()})
    assert reading.refusals[0].code in ("bomb", "line_too_long", "encoding")


def test_the_files_of_an_upload_share_one_limit(tmp_path: Path) -> None:
    files = {f"{n}.csv": H + b"q,a,1,1\n" * 2 for n in range(3)}
    assert [(r.file, r.code) for r in read(tmp_path, files, SMALL).refusals] == [("2.csv", "too_many_rows")]


def test_every_refused_file_is_named_and_good_files_do_not_hide_it(tmp_path: Path) -> None:
    files = {"a.csv": CSV, "b.txt": CSV, "c.zip": zipped({"bad.csv": b"\xff", "good.csv": CSV}), "d.csv": b""}
    reading = read(tmp_path, files)
    assert reading.table is None
    assert [(r.file, r.code) for r in reading.refusals] == [
        ("b.txt", "format"),
        ("c.zip!bad.csv", "encoding"),
        ("d.csv", "empty"),
    ]


def test_a_header_that_is_no_header_is_not_repeated_where_a_column_is_personal(tmp_path: Path) -> None:
    data = b"Jane Doe,jane@example.com,2024,1\n"
    open_case = read(tmp_path, {"a.csv": data}).refusals[0]
    closed = read(tmp_path, {"a.csv": data}, columns=personal("answer")).refusals[0]
    assert "Jane Doe" in open_case.problem
    assert "Jane" not in closed.problem + closed.fix
    assert "unknown columns: 4" in closed.problem


GOOD = {
    "a.csv": CSV,
    "a.tsv": CSV.replace(b",", b"\t"),
    "a.jsonl": JSONL,
    "a.csv.gz": gzipped(CSV),
    "a.zip": ZIP,
    "a.parquet": sample_parquet(),
    "a.xlsx": XLSX,
}


@pytest.mark.parametrize("name", GOOD)
def test_damaged_files_never_crash_the_reader(name: str, tmp_path: Path) -> None:
    chance = random.Random(name)
    for _ in range(150):
        data = bytearray(GOOD[name])
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        reading = read(tmp_path, {name: bytes(data)})
        assert not (reading.refusals and reading.table)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(GOOD)), st.binary(max_size=200), st.booleans())
def test_arbitrary_bytes_never_crash_the_reader(tmp_path: Path, name: str, data: bytes, headed: bool) -> None:
    start = H if headed and name == "a.csv" else b""
    read(tmp_path, {name: start + data})
