"""Zip: several text files, by plain names, each read as if it had been dropped alone."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

from corpus.case import CELL, LIMITS, ROW, H, faulty, refused, taken
from upload_samples import JSONL, gzipped, sample_parquet, sample_xlsx, zipped

TABLE = H + ROW
PLAIN = zipped({"a.csv": TABLE})
SMALL = LIMITS._replace(members=5, small=20_000, ratio=20)


def packed(
    name: str, mode: int = 0, method: int = zipfile.ZIP_DEFLATED, data: bytes = TABLE
) -> dict[str, bytes]:
    """An archive of one member with exactly this name, mode and method."""
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr, info.compress_type = mode << 16, method
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, data, method)
    return {"a.zip": buffer.getvalue()}


def zip_of(**members: bytes) -> dict[str, bytes]:
    return {"a.zip": zipped({name.replace("__", "."): data for name, data in members.items()})}


def patched(offset: int, value: bytes, magic: bytes = b"PK\x01\x02") -> dict[str, bytes]:
    """The plain archive with other bytes behind its last `magic`."""
    start = PLAIN.rindex(magic) + offset
    return {"a.zip": PLAIN[:start] + value + PLAIN[start + len(value) :]}


def overlapping() -> bytes:
    """Two entries of the directory that point at the same bytes."""
    start, end = PLAIN.rindex(b"PK\x01\x02"), PLAIN.rindex(b"PK\x05\x06")
    entry = PLAIN[start:end]
    entries = entry + entry.replace(b"a.csv", b"b.csv")
    return (
        PLAIN[:start] + entries + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(entries), start, 0)
    )


CASES = (
    taken("a csv", zip_of(a__csv=TABLE)),
    taken("a csv in folders", {"a.zip": zipped({"x/": b"", "x/y/a.csv": TABLE})}),
    taken(
        "two csv of two orders",
        zip_of(a__csv=TABLE, b__csv=b"year,amount,answer,question\n2024,1.5,a1,q1\n"),
        [CELL] * 2,
    ),
    taken(
        "a csv and JSON Lines", zip_of(a__csv=TABLE, b__jsonl=JSONL), [CELL, CELL, ("q2", "a2", 2025, None)]
    ),
    taken(
        "what a Mac adds",
        {"a.zip": zipped({"a.csv": TABLE, "__MACOSX/._a.csv": b"\0\5\x16", "x/.DS_Store": b"\0"})},
    ),
    taken("what Windows adds", {"a.zip": zipped({"a.csv": TABLE, "Thumbs.db": b"\0", "desktop.ini": b"x"})}),
    taken("packed without compression", packed("a.csv", method=zipfile.ZIP_STORED)),
    taken("a name with blanks and accents", packed("Käse für 2024.csv")),
    taken("a name of pictures", packed("\U0001f9c0.csv")),
    taken("a program's mode", packed("a.csv", mode=stat.S_IFREG | 0o4777)),
    taken("a comment at the end", {"a.zip": PLAIN[:-2] + struct.pack("<H", 5) + b"hello"}),
    faulty(
        "a fault in the second file",
        zip_of(a__csv=TABLE, b__csv=H + b'"q\n",a,x,1\n'),
        (2, "year", "type"),
        rows=1,
    ),
    faulty(
        "a fault in each file",
        zip_of(a__csv=H + b"q\n", b__csv=H + ROW + b"q\n"),
        (2, None, "field_count"),
        (3, None, "field_count"),
        rows=1,
    ),
    refused("two headers of which one is wrong", zip_of(a__csv=TABLE, b__csv=b"question\nq\n"), "header", 1),
    refused(
        "an open quote in the second file", zip_of(a__csv=TABLE, b__csv=H + ROW + b'"q\n'), "open_quote", 3
    ),
    refused("a name that leads out", packed("../a.csv"), "zip"),
    refused("a name that leads out from within", packed("x/../../a.csv"), "zip"),
    refused("a name that leads out on Windows", packed("..\\..\\a.csv"), "zip"),
    refused("a name that only seems to lead out", packed("x/../a.csv"), "zip"),
    refused("an absolute name", packed("/etc/cron.d/a.csv"), "zip"),
    refused("an absolute name on Windows", packed("\\a.csv"), "zip"),
    refused("a drive", packed("C:\\a.csv"), "zip"),
    refused("a stream beside a file", packed("a.txt:b.csv"), "zip"),
    refused("a link", packed("a.csv", mode=stat.S_IFLNK | 0o777, data=b"/etc/passwd"), "zip"),
    refused("a file without a name", patched(28, b"\0\0\0\0\5\0"), "zip"),
    refused("a name of invisible letters", packed("a\u202evsc.csv"), "zip"),
    refused("a name of two thousand letters", packed("a" * 2000 + ".csv"), "zip"),
    refused("a password", patched(8, b"\1"), "zip"),
    refused("packed by bzip2", packed("a.csv", method=zipfile.ZIP_BZIP2), "zip"),
    refused("packed by LZMA", packed("a.csv", method=zipfile.ZIP_LZMA), "zip"),
    refused("an unknown method", patched(10, b"\x63\0"), "zip"),
    refused(
        "a name twice", {"a.zip": zipped({"a.csv": TABLE, "b.csv": TABLE}).replace(b"b.csv", b"a.csv")}, "zip"
    ),
    refused("two entries for the same bytes", {"a.zip": overlapping()}, "damaged"),
    refused("too many files", {"a.zip": zipped({f"{n}.csv": TABLE for n in range(6)})}, "zip", limits=SMALL),
    refused("too many folders", {"a.zip": zipped({f"{n}/": b"" for n in range(6)})}, "zip", limits=SMALL),
    refused("no files", {"a.zip": zipped({})}, "empty"),
    refused("only folders", {"a.zip": zipped({"x/": b"", "x/y/": b""})}, "empty"),
    refused(
        "only what a Mac adds", {"a.zip": zipped({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x"})}, "empty"
    ),
    refused("an empty file", zip_of(a__csv=b""), "empty"),
    refused("an empty file among good ones", zip_of(a__csv=TABLE, b__csv=b""), "empty"),
    refused("nothing at all", {"a.zip": b""}, "empty"),
    refused("a zip in a zip", {"a.zip": zipped({"b.zip": PLAIN})}, "nested"),
    refused("gzip in a zip", {"a.zip": zipped({"b.csv.gz": gzipped(TABLE)})}, "nested"),
    refused("a workbook in a zip", {"a.zip": zipped({"b.xlsx": sample_xlsx()})}, "nested"),
    refused("Parquet in a zip", {"a.zip": zipped({"b.parquet": sample_parquet()})}, "nested"),
    refused("a zip called csv in a zip", {"a.zip": zipped({"b.csv": PLAIN})}, "encoding", 1),
    refused("a program in a zip", {"a.zip": zipped({"a.csv": TABLE, "setup.exe": b"MZ"})}, "format"),
    refused("a text in a zip", {"a.zip": zipped({"a.csv": TABLE, "README.txt": b"hello"})}, "format"),
    refused("a file without ending in a zip", {"a.zip": zipped({"a": TABLE})}, "format"),
    refused("a bomb", zip_of(a__csv=H + b"\n" * 200_000), "bomb", limits=SMALL),
    refused(
        "a bomb of several files",
        {"a.zip": zipped({f"{n}.csv": TABLE + b"\n" * 4_400 for n in range(5)})},
        "bomb",
        limits=SMALL,
    ),
    refused(
        "a bomb that says it is small",
        {
            "a.zip": zipped({"a.csv": H + b"\n" * 200_000}).replace(
                struct.pack("<L", len(H) + 200_000), struct.pack("<L", 10)
            )
        },
        "bomb",
        limits=SMALL,
    ),
    refused("a wrong checksum", {"a.zip": PLAIN.replace(PLAIN[14:18], b"\0\0\0\0")}, "damaged"),
    refused("a directory beyond the end", patched(16, b"\xff\xff\xff\x7f", b"PK\x05\x06"), "damaged"),
    refused("a member beyond the end", patched(42, b"\xff\xff\xff\x7f"), "damaged"),
    refused("a name of two kinds", patched(46, b"b.csv"), "damaged"),
    refused("cut off in the middle", {"a.zip": PLAIN[: len(PLAIN) // 2]}, "damaged"),
    refused("cut off by one byte", {"a.zip": PLAIN[:-1]}, "damaged"),
    refused("without its beginning", {"a.zip": PLAIN[30:]}, "mislabelled"),
    refused("only its first bytes", {"a.zip": b"PK\x03\x04"}, "damaged"),
    refused("a program before the archive", {"a.zip": b"#!/bin/sh\n" + PLAIN}, "mislabelled"),
    refused("a csv called zip", {"a.zip": TABLE}, "mislabelled"),
    refused("a RAR archive", {"a.zip": b"Rar!\x1a\x07\x01\0rest"}, "mislabelled"),
    refused("a 7z archive", {"a.zip": b"7z\xbc\xaf\x27\x1c\0\x04"}, "mislabelled"),
    refused("a zip called csv", {"a.csv": PLAIN}, "mislabelled"),
    refused("a zip called jsonl", {"a.jsonl": PLAIN}, "mislabelled"),
)
