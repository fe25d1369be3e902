"""Typed rows on their way to disk: Parquet, written while it is read, in the order of reading."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.contract import Column
from pipelines.core.findings import Table
from pipelines.integrations.typed_batch import ARROW_TYPES

FILE, LINE = "_file", "_line"
_GROUP_ROWS = 122_880
_GROUP_BYTES = 64_000_000


class Spool:
    """The contract's columns, `_file` and `_line`. A context manager: the table is whole once it is left."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        fields = [(column.name, ARROW_TYPES[column.type]) for column in columns]
        self._path = path
        self._schema = pa.schema([*fields, (FILE, pa.string()), (LINE, pa.int64())])
        self._rows = 0
        self._held: list[pa.RecordBatch] = []
        self._held_rows = self._held_bytes = 0
        self._writer = pq.ParquetWriter(path, self._schema, compression="lz4", use_dictionary=[FILE])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._flush()
        self._writer.close()

    def add(self, file: str, lines: Sequence[int], arrays: Sequence[pa.Array]) -> None:
        """Rows of one file, in the columns' order."""
        where = [pa.repeat(pa.scalar(file), len(lines)), pa.array(lines, pa.int64())]
        batch = pa.RecordBatch.from_arrays([*arrays, *where], schema=self._schema)
        self._held.append(batch)
        self._rows += batch.num_rows
        self._held_rows += batch.num_rows
        self._held_bytes += batch.nbytes
        if self._held_rows >= _GROUP_ROWS or self._held_bytes >= _GROUP_BYTES:
            self._flush()

    @property
    def table(self) -> Table:
        return Table(self._path, self._rows)

    def _flush(self) -> None:
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held, self._schema))
        self._held = []
        self._held_rows = self._held_bytes = 0
