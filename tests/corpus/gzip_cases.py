"""Gzip: one text file, whole, of a plausible size."""

from __future__ import annotations

import gzip
import zlib

from corpus.case import CELL, LIMITS, ROW, H, faulty, refused, taken
from upload_samples import JSONL, gzipped, sample_parquet, sample_xlsx, zipped

TABLE = H + ROW
PACKED = gzipped(TABLE)
LONG = gzipped(H + b"".join(b"q%d,a%d,%d,1\n" % (n, n * n, n) for n in range(5000)))
TIGHT = LIMITS._replace(small=20_000, ratio=20)


def gz(data: bytes, name: str = "a.csv.gz") -> dict[str, bytes]:
    return {name: data}


def named(name: bytes) -> bytes:
    """With the file name that the packer wrote into the archive, which nobody believes."""
    return PACKED[:3] + b"\x08" + PACKED[4:10] + name + b"\0" + PACKED[10:]


CASES = (
    taken("a packed csv", gz(PACKED)),
    taken("a packed csv, upper-case", gz(PACKED, "A.CSV.GZ")),
    taken("a packed tab file", gz(gzipped(TABLE.replace(b",", b"\t")), "a.tsv.gz")),
    taken(
        "packed JSON Lines",
        gz(gzipped(JSONL), "a.jsonl.gz"),
        [("q1", "a1", 2024, 1.5), ("q2", "a2", 2025, None)],
    ),
    taken("two members", gz(gzipped(TABLE[:40]) + gzipped(TABLE[40:]))),
    taken("a hundred members", gz(b"".join(gzipped(bytes([byte])) for byte in TABLE))),
    taken("an empty member among others", gz(gzipped(b"") + PACKED + gzipped(b""))),
    taken("packed without compression", gz(gzip.compress(TABLE, 0, mtime=0))),
    taken("a name inside", gz(named(b"other.csv"))),
    taken("a name inside that leads out", gz(named(b"../../etc/passwd"))),
    taken("padded with NULs", gz(PACKED + b"\0" * 512)),
    taken("a mark of UTF-8 inside", gz(gzipped(b"\xef\xbb\xbf" + TABLE))),
    faulty(
        "a fault inside",
        gz(gzipped(TABLE + b'"q\n",a,x,1\nq\n')),
        (3, "year", "type"),
        (5, None, "field_count"),
        rows=1,
    ),
    refused("an open quote inside", gz(gzipped(TABLE + b'"q\n')), "open_quote", 3),
    refused("nothing at all", gz(b""), "empty"),
    refused("nothing inside", gz(gzipped(b"")), "empty"),
    refused("cut off in the middle", gz(LONG[: len(LONG) // 2]), "damaged"),
    refused("cut off in the checksum", gz(PACKED[:-4]), "damaged"),
    refused("cut off before the checksum", gz(PACKED[:-8]), "damaged"),
    refused("cut off in the head", gz(PACKED[:6]), "damaged"),
    refused("a wrong checksum", gz(PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:]), "damaged"),
    refused("a wrong length", gz(PACKED[:-4] + b"\xff\xff\xff\xff"), "damaged"),
    refused("a wrong byte inside", gz(LONG[:200] + bytes([LONG[200] ^ 0xFF]) + LONG[201:]), "damaged"),
    refused("text behind the end", gz(PACKED + TABLE), "damaged"),
    refused("half a member behind the end", gz(PACKED + PACKED[:20]), "damaged"),
    refused("an unknown method", gz(PACKED[:2] + b"\x07" + PACKED[3:]), "damaged"),
    refused("bytes of zlib without a head", gz(zlib.compress(TABLE)), "mislabelled"),
    refused("not packed at all", gz(TABLE), "mislabelled"),
    refused("a zip archive", gz(zipped({"a.csv": TABLE})), "mislabelled"),
    refused("packed, called csv", gz(PACKED, "a.csv"), "mislabelled"),
    refused("packed twice", gz(gzipped(PACKED)), "encoding", 1),
    refused("packed twice and called so", gz(gzipped(PACKED), "a.csv.gz.gz"), "nested"),
    refused("a zip archive in gzip", gz(gzipped(zipped({"a.csv": TABLE})), "a.zip.gz"), "nested"),
    refused("a tar archive in gzip", gz(PACKED, "a.tar.gz"), "format"),
    refused("the short ending of a tar archive", gz(PACKED, "a.tgz"), "format"),
    refused("a workbook in gzip", gz(gzipped(sample_xlsx()), "a.xlsx.gz"), "nested"),
    refused("Parquet in gzip", gz(gzipped(sample_parquet()), "a.parquet.gz"), "nested"),
    refused("no ending inside", gz(PACKED, "a.gz"), "format"),
    refused("an unknown ending inside", gz(PACKED, "a.exe.gz"), "format"),
    refused("a bomb of blank lines", gz(gzipped(H + b"\n" * 200_000)), "bomb", limits=TIGHT),
    refused("a bomb of one letter", gz(gzipped(H + b"a" * 200_000)), "bomb", limits=TIGHT),
    refused(
        "a bomb in many members",
        gz(gzipped(H + b"\n" * 9_000) + gzipped(b"\n" * 9_000) * 100),
        "bomb",
        limits=TIGHT,
    ),
    taken("rows that pack well are no bomb", gz(gzipped(H + ROW * 1000)), [CELL] * 1000, limits=TIGHT),
)
