"""Tables on disk as readers leave them, for tests of what reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.contract import Column
from pipelines.core.findings import Table
from pipelines.integrations.typed_batch import ARROW_TYPES


def table(folder: Path, columns: Sequence[Column], rows: Sequence[Sequence[object]], group: int = 3) -> Table:
    """The rows as lines 2, 3, ... of `a.csv`, in row groups of `group` rows."""
    places = [("a.csv", number) for number in range(2, len(rows) + 2)]
    return placed_table(folder, columns, rows, places, group)


def placed_table(
    folder: Path,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    places: Sequence[tuple[str, int]],
    group: int = 3,
) -> Table:
    """The rows, each with its (file, line)."""
    arrays = {
        column.name: pa.array([row[place] for row in rows], ARROW_TYPES[column.type])
        for place, column in enumerate(columns)
    }
    arrays["_file"] = pa.array([file for file, _ in places], pa.string())
    arrays["_line"] = pa.array([line for _, line in places], pa.int64())
    path = folder / f"table-{len(list(folder.iterdir()))}.parquet"
    pq.write_table(pa.table(arrays), path, row_group_size=group)
    return Table(path, len(rows))
