"""Columns of a table as they stream past: one batch of rows at a time, whatever the table's size."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.findings import Table

MOST_NOTES = 20_000
"""Rows of one finding that get a note of their own: more of them no letter lists."""
_ROWS = 512


def batches(path: Path, columns: Sequence[str], rows: int = _ROWS) -> Iterator[tuple[int, pa.RecordBatch]]:
    """(row number of the first row, the rows) with these columns, in this order, `rows` at a time."""
    start = 0
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=rows, columns=list(dict.fromkeys(columns))):
            yield start, batch.select(list(columns))
            start += batch.num_rows


def texts(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, tuple[str | None, ...]]]:
    """(row number, the values of these columns as texts) of every row; a missing value is None."""
    for start, batch in batches(path, columns):
        cells = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
        yield from enumerate(zip(*cells, strict=True), start)


def lines_of(table: Table, rows: Sequence[int]) -> Mapping[int, str]:
    """Row number -> "line 12 of a.csv"."""
    wanted = array("q", sorted(set(rows)))
    found: dict[int, str] = {}
    place = 0
    for start, batch in batches(table.path, ("_file", "_line")):
        while place < len(wanted) and wanted[place] < start + batch.num_rows:
            at = wanted[place] - start
            found[wanted[place]] = f"line {batch.column(1)[at].as_py()} of {batch.column(0)[at].as_py()}"
            place += 1
    return found


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)
