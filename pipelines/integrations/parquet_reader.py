"""Parquet tables; the line of a row is its number, counted from 1."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.contract import Column
from pipelines.core.errors import UnreadableFile
from pipelines.core.rows import RawRow, Records
from pipelines.integrations.archives import damaged
from pipelines.integrations.header import column_order
from pipelines.integrations.limits import Allowance

# A dictionary page can repeat one long text in every row: small batches keep what is unpacked at once small.
_BATCH = 500


def read_parquet(path: Path, columns: Sequence[Column], allowance: Allowance) -> Records:
    """The rows of a table in its own order. Raises UnreadableFile."""
    with _damage_named(), pq.ParquetFile(path) as table:
        order = column_order(table.schema_arrow.names, columns, line=None)
        number = 0
        for batch in table.iter_batches(_BATCH):
            allowance.take_bytes(batch.nbytes)
            values = [batch.column(place).to_pylist() for place in order]
            for cells in zip(*values, strict=True):
                number += 1
                allowance.take_row(number)
                yield RawRow(number, cells)


@contextmanager
def _damage_named() -> Iterator[None]:
    # Arrow reports broken bytes by any of these, and the file is a local copy: no disk or network is meant.
    try:
        yield
    except UnreadableFile:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError, TypeError) as error:
        raise damaged() from error
