"""Uploads of several files: they are read in order, and one that is refused refuses them all."""

from __future__ import annotations

from corpus.case import CELL, ROW, H, faulty, refused, taken
from upload_samples import CELLS, JSONL, NAMES, gzipped, sample_parquet, sample_xlsx, sheet_row, xlsx, zipped

TABLE = H + ROW
ODD = H + b'"q\n",a,1,1\nq\n'

CASES = (
    taken("nothing", {}, []),
    taken("two files of two kinds", {"a.csv": TABLE, "b.jsonl": JSONL}, [CELL, *CELLS]),
    taken(
        "every kind at once",
        {
            "a.csv": TABLE,
            "b.csv.gz": gzipped(TABLE),
            "c.zip": zipped({"a.csv": TABLE}),
            "d.parquet": sample_parquet(),
            "e.xlsx": sample_xlsx(),
            "f.tsv": TABLE.replace(b",", b"\t"),
        },
        [CELL, CELL, CELL, *CELLS, *CELLS, CELL],
    ),
    taken("the same file twice", {"a.csv": TABLE, "copy of a.csv": TABLE}, [CELL] * 2),
    taken("a header alone beside a table", {"a.csv": H, "b.csv": TABLE}),
    taken("a hundred files", {f"{n:03}.csv": TABLE for n in range(100)}, [CELL] * 100),
    faulty(
        "a fault in the second of three",
        {"a.csv": TABLE, "b.csv": ODD, "c.csv": TABLE},
        (4, None, "field_count"),
        rows=3,
    ),
    faulty(
        "faults in a csv and in a workbook",
        {"a.csv": ODD, "b.xlsx": xlsx(sheet_row(3, NAMES) + sheet_row(9, ["q", "a", "x", 1]))},
        (4, None, "field_count"),
        (9, "year", "type"),
        rows=1,
    ),
    refused("a wrong file behind a good one", {"a.csv": TABLE, "b.txt": TABLE}, "format"),
    refused("a wrong file before a good one", {"a.txt": TABLE, "b.csv": TABLE}, "format"),
    refused("an empty file behind a good one", {"a.csv": TABLE, "b.csv": b""}, "empty"),
    refused("a wrong file beside faults", {"a.csv": ODD, "b.csv": TABLE + b'"open'}, "open_quote", 3),
    refused(
        "a damaged archive beside a good file", {"a.csv": TABLE, "b.csv.gz": gzipped(TABLE)[:-1]}, "damaged"
    ),
    refused(
        "another header in the second file",
        {"a.csv": TABLE, "b.csv": b"question;answer;year;amount\n"},
        "delimiter",
        1,
    ),
)
