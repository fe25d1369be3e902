"""The canonical table of an upload: Parquet whose bytes depend on the rows and their columns alone."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.contract import Contract
from pipelines.core.errors import DataError
from pipelines.core.rows import Cell, Row, row_hash

_TYPES = {"string": pa.string(), "number": pa.float64(), "integer": pa.int64()}
_GROUP = 100_000


def write_table(rows: Sequence[Row], contract: Contract, path: Path) -> None:
    """Write the rows by file and line, each with its place (`_file`, `_line`) and its hash (`_row`)."""
    ordered = sorted(rows, key=lambda row: (row.file, row.line))
    columns = contract.columns
    schema = pa.schema(
        [(column.name, _TYPES[column.type]) for column in columns]
        + [("_file", pa.string()), ("_line", pa.int64()), ("_row", pa.string())]
    )
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, max(1, len(ordered)), _GROUP):
            group = ordered[start : start + _GROUP]
            values: list[list[Cell]] = [[row.cells[place] for row in group] for place in range(len(columns))]
            values.append([row.file for row in group])
            values.append([row.line for row in group])
            values.append([row_hash(row.cells, columns) for row in group])
            arrays = [pa.array(cells, field.type) for cells, field in zip(values, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def read_table(path: Path) -> tuple[dict[str, Cell], ...]:
    """The rows as {name: value}, with `_file`, `_line` and `_row`. Raises DataError for another file."""
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"table {path.name}", "a canonical table is Parquet", str(error), "Validate the upload again."
        ) from error
    if not {"_file", "_line", "_row"} <= set(table.schema.names):
        raise DataError(
            f"table {path.name}",
            "a canonical table names the place and the hash of every row",
            f"the columns {', '.join(table.schema.names)}",
            "Validate the upload again.",
        )
    rows: list[dict[str, Cell]] = table.to_pylist()
    return tuple(rows)
