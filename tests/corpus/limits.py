"""Bounds of an upload: reading stops where they are passed, in every format, before memory is."""

from __future__ import annotations

import random

from corpus.case import CELL, LIMITS, ROW, H, csv, faulty, refused, taken
from upload_samples import JSONL, NAMES, gzipped, parquet, sheet_row, xlsx, zipped

ROWS = LIMITS._replace(rows=5)
CELLS = LIMITS._replace(cell=100)
LINES = LIMITS._replace(line=200)
BYTES = LIMITS._replace(unpacked=10_000)
NOISE = b"".join(b"q%d,a,1,1\n" % number for number in random.Random(1).sample(range(10**9), 2000))
WIDE = ["x" * 101, "a", 1, 1]

CASES = (
    taken("as many rows as may be", csv(ROW * 5), [CELL] * 5, limits=ROWS),
    taken("blank rows do not count", csv(ROW * 5 + b"\n,,,\n" * 50), [CELL] * 5, limits=ROWS),
    taken(
        "a cell as long as may be",
        csv(b"%s,a,1,1\n" % (b"x" * 100)),
        [("x" * 100, "a", 1, 1.0)],
        limits=CELLS,
    ),
    taken(
        "letters count, not bytes",
        csv(("é" * 100 + ",a,1,1\n").encode()),
        [("é" * 100, "a", 1, 1.0)],
        limits=CELLS,
    ),
    refused("a row too many", csv(ROW * 6), "too_many_rows", 7, limits=ROWS),
    refused(
        "a row too many below a tall one", csv(b'"q\n\n",a,1,1\n' + ROW * 5), "too_many_rows", 9, limits=ROWS
    ),
    refused(
        "a row too many in Parquet",
        {"a.parquet": parquet({name: [1] * 6 for name in NAMES})},
        "too_many_rows",
        6,
        limits=ROWS,
    ),
    refused(
        "a row too many in a workbook",
        {"a.xlsx": xlsx("".join(sheet_row(n, NAMES if n == 1 else CELL) for n in range(1, 8)))},
        "too_many_rows",
        7,
        limits=ROWS,
    ),
    refused(
        "a row too many in the second file",
        {"a.csv": H + ROW * 4, "b.csv": H + ROW * 2},
        "too_many_rows",
        3,
        limits=ROWS,
    ),
    refused(
        "a row too many in an archive",
        {"a.zip": zipped({"a.csv": H + ROW * 4, "b.jsonl": JSONL})},
        "too_many_rows",
        2,
        limits=ROWS,
    ),
    refused("wrong rows count as well", csv(b"q\n" * 6), "too_many_rows", 7, limits=ROWS),
    refused("a long cell", csv(ROW + b"%s,a,1,1\n" % (b"x" * 101)), "cell_too_long", 3, limits=CELLS),
    refused(
        "a long cell of many lines",
        csv(ROW + b'"%s",a,1,1\n' % (b"x\n" * 60)),
        "cell_too_long",
        3,
        limits=CELLS,
    ),
    refused("a long name of a column", {"a.csv": b"x" * 200 + b"\n"}, "cell_too_long", 1, limits=CELLS),
    refused("a long number", csv(b"q,a,%s,1\n" % (b"1" * 101)), "cell_too_long", 2, limits=CELLS),
    refused(
        "a long cell in JSON Lines",
        {"a.jsonl": b'\n{"question": "%s"}\n' % (b"x" * 101)},
        "cell_too_long",
        2,
        limits=CELLS,
    ),
    refused(
        "a long cell in Parquet",
        {"a.parquet": parquet({name: ["1", "x" * 101] for name in NAMES})},
        "cell_too_long",
        2,
        limits=CELLS,
    ),
    refused(
        "a long cell in a workbook",
        {"a.xlsx": xlsx(sheet_row(1, NAMES) + sheet_row(2, WIDE))},
        "cell_too_long",
        limits=CELLS,
    ),
    refused(
        "an open quote that swallows the file",
        csv(b'q,"a,1,1\n' + ROW * 50),
        "cell_too_long",
        2,
        limits=CELLS,
    ),
    refused("a long line", csv(ROW + b"x" * 201 + b"\n"), "line_too_long", 3, limits=LINES),
    refused(
        "a long line below a tall cell", csv(b'"q\nq",a,1,1\n' + b"x" * 201), "line_too_long", 4, limits=LINES
    ),
    refused("a long line without end", {"a.csv": b"x" * 201}, "line_too_long", 1, limits=LINES),
    refused("a long line of JSON", {"a.jsonl": b"{" + b" " * 201 + b"}"}, "line_too_long", 1, limits=LINES),
    refused(
        "a line of three million letters",
        csv(b"x" * 3_000_000),
        "line_too_long",
        2,
        limits=LIMITS._replace(line=1 << 20),
    ),
    refused("a cell of three million letters", csv(b'"' + b"x\n" * 1_500_000), "cell_too_long", 2),
    refused("more bytes than may be", csv(NOISE), "too_big", limits=BYTES),
    refused(
        "more bytes than may be once unpacked", {"a.csv.gz": gzipped(H + NOISE)}, "too_big", limits=BYTES
    ),
    refused(
        "more bytes than may be in an archive",
        {"a.zip": zipped({"a.csv": H + NOISE})},
        "too_big",
        limits=BYTES,
    ),
    refused(
        "more bytes than may be in two files",
        {"a.csv": H + NOISE[:7000], "b.csv": H + NOISE[:7000]},
        "too_big",
        limits=BYTES,
    ),
    faulty(
        "ten thousand wrong rows", csv(b"q\n" * 10_000), *((n, None, "field_count") for n in range(2, 10_002))
    ),
)
