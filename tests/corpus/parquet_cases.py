"""Parquet: the line of a row is its number, and a value is taken in its own type or not at all."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from corpus.case import CELL, LIMITS, ROW, Case, H, faulty, refused, taken
from upload_samples import NAMES, gzipped, parquet, sample_parquet, zipped

GOOD = sample_parquet()
BASE: dict[str, Any] = {
    "question": ["q1", "q2"],
    "answer": ["a1", "a2"],
    "year": [2024, 2025],
    "amount": [1.5, None],
}
BOTH = [CELL, ("q2", "a2", 2025, None)]


def table(**columns: Any) -> dict[str, bytes]:
    """The sample table with other columns."""
    return {"a.parquet": parquet(BASE | columns)}


def written(data: pa.Table, **options: Any) -> dict[str, bytes]:
    buffer = io.BytesIO()
    pq.write_table(data, buffer, **options)
    return {"a.parquet": buffer.getvalue()}


def _as(name: str, kind: pa.DataType, values: list[object], column: str = "year") -> Case:
    """A column in another type that holds the same values."""
    return taken(f"{column} as {name}", table(**{column: pa.array(values, kind)}), BOTH)


def _not(name: str, values: Any, column: str, code: str = "type") -> Case:
    """A column of values that it cannot hold, in both rows."""
    return faulty(name, table(**{column: values}), (1, column, code), (2, column, code))


CASES = (
    taken("a table", {"a.parquet": GOOD}, BOTH),
    taken("a table, upper-case", {"A.PARQUET": GOOD}, BOTH),
    taken("columns in another order", {"a.parquet": parquet(dict(reversed(BASE.items())))}, BOTH),
    taken("no rows", {"a.parquet": parquet({name: pa.array([], pa.string()) for name in NAMES})}, []),
    taken(
        "a column of nothing", table(amount=pa.nulls(2)), [("q1", "a1", 2024, None), ("q2", "a2", 2025, None)]
    ),
    taken(
        "rows of nothing", {"a.parquet": parquet({name: [None, "1"] for name in NAMES})}, [("1", "1", 1, 1.0)]
    ),
    taken("groups of one row", written(pa.table(BASE), row_group_size=1), BOTH),
    taken("packed by brotli", written(pa.table(BASE), compression="brotli"), BOTH),
    taken("packed by zstd", written(pa.table(BASE), compression="zstd"), BOTH),
    taken("not packed", written(pa.table(BASE), compression="none"), BOTH),
    taken("pages of the second kind", written(pa.table(BASE), data_page_version="2.0"), BOTH),
    taken("checksums of pages", written(pa.table(BASE), write_page_checksum=True), BOTH),
    taken("texts as a dictionary", table(question=pa.array(["q1", "q2"]).dictionary_encode()), BOTH),
    taken(
        "the notes of pandas", written(pa.table(BASE).replace_schema_metadata({"pandas": "{broken"})), BOTH
    ),
    _as("int8-wide numbers", pa.int16(), [2024, 2025]),
    _as("int32", pa.int32(), [2024, 2025]),
    _as("uint64", pa.uint64(), [2024, 2025]),
    _as("whole float64", pa.float64(), [2024.0, 2025.0]),
    _as("text", pa.string(), ["2024", "2025"]),
    _as("float32", pa.float32(), [1.5, None], "amount"),
    _as("text", pa.string(), ["1.5", ""], "amount"),
    _as("money", pa.decimal128(9, 2), [Decimal("1.50"), None], "amount"),
    _as("large text", pa.large_string(), ["a1", "a2"], "answer"),
    _not("dates", [date(2024, 1, 2)] * 2, "answer"),
    _not("moments", [datetime(2024, 1, 2, tzinfo=UTC)] * 2, "year"),
    _not("moments of nanoseconds", pa.array([1, 2], pa.timestamp("ns")), "year"),
    _not("durations", pa.array([1, 2], pa.duration("s")), "year"),
    _not("flags", [True, False], "year"),
    _not("flags in a text", [True, False], "answer"),
    _not("bytes", [b"a", b"\xff"], "answer"),
    _not("lists", [["a"], ["b"]], "answer"),
    _not("structs", [{"a": 1}, {"a": 2}], "answer"),
    _not("maps", pa.array([[("a", 1)], [("b", 2)]], pa.map_(pa.string(), pa.int64())), "answer"),
    _not("fractions in a text", [1.5, 2.5], "answer"),
    _not("fractions in a year", [1.5, 2.5], "year"),
    _not("numbers that are none", [float("nan"), float("inf")], "amount"),
    _not("numbers too large", pa.array([2**63, 2**64 - 1], pa.uint64()), "year"),
    _not("texts in a number", ["many", "few"], "amount"),
    _not("texts with NULs", ["a\0", "\0"], "answer", "characters"),
    faulty("one flag too many in the last row", table(year=["2024", "true"]), (2, "year", "type"), rows=1),
    faulty(
        "a fault in the third group",
        written(pa.table({name: ["1"] * 700 + ["x"] for name in NAMES}), row_group_size=300),
        (701, "year", "type"),
        (701, "amount", "type"),
        rows=700,
    ),
    refused("a column missing", {"a.parquet": parquet({"question": ["q"]})}, "header", says="answer"),
    refused("an unknown column", table(note=["n", "n"]), "header", says="note"),
    refused(
        "a column in another case", {"a.parquet": parquet({n.upper(): v for n, v in BASE.items()})}, "header"
    ),
    refused("a column twice", written(pa.table([["q"]] * 5, names=[*NAMES, "year"])), "header", says="twice"),
    refused("an index of pandas", table(__index_level_0__=[0, 1]), "header", says="__index_level_0__"),
    refused("no columns", {"a.parquet": parquet({})}, "header"),
    refused("cut off at the end", {"a.parquet": GOOD[:-20]}, "damaged"),
    refused("cut off by one byte", {"a.parquet": GOOD[:-1]}, "damaged"),
    refused("cut off behind its first bytes", {"a.parquet": b"PAR1"}, "damaged"),
    refused("only its first and last bytes", {"a.parquet": b"PAR1PAR1"}, "damaged"),
    refused("a foot of no length", {"a.parquet": b"PAR1" + b"\0" * 4 + b"PAR1"}, "damaged"),
    refused("a foot longer than the file", {"a.parquet": GOOD[:-8] + b"\xff\xff\xff\x7fPAR1"}, "damaged"),
    refused("a foot of wrong bytes", {"a.parquet": b"PAR1" + b"\xff" * 200 + b"\xc8\0\0\0PAR1"}, "damaged"),
    refused("pages of wrong bytes", {"a.parquet": b"PAR1" + b"\xff" * 60 + GOOD[64:]}, "damaged"),
    refused("a foot under lock", {"a.parquet": GOOD[:-4] + b"PARE"}, "damaged"),
    refused("nothing", {"a.parquet": b""}, "empty"),
    refused("a csv", {"a.parquet": H + ROW}, "mislabelled"),
    refused("an Arrow file", {"a.parquet": b"ARROW1\0\0" + b"\0" * 60}, "mislabelled"),
    refused("an ORC file", {"a.parquet": b"ORC" + b"\0" * 60}, "mislabelled"),
    refused("a Parquet file called csv", {"a.csv": GOOD}, "mislabelled"),
    refused("a Parquet file called jsonl", {"a.jsonl": GOOD}, "mislabelled"),
    refused("a packed Parquet file", {"a.parquet.gz": gzipped(GOOD)}, "nested"),
    refused("a Parquet file in a zip", {"a.zip": zipped({"a.parquet": GOOD})}, "nested"),
    refused(
        "one long text in every row",
        {"a.parquet": parquet({name: ["x" * 900] * 2000 for name in NAMES})},
        "too_big",
        limits=LIMITS._replace(unpacked=1_000_000),
    ),
)
