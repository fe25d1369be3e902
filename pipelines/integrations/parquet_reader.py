"""Parquet tables; the line of a row is its number, counted from 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.core.contract import Contract
from pipelines.core.errors import UnreadableFile
from pipelines.core.rows import Batch, Records
from pipelines.integrations.archives import damaged
from pipelines.integrations.header import column_order
from pipelines.integrations.limits import BLOCK, Allowance

_BATCH = 16_384
# A dictionary page can repeat one long text in every row: texts stay in their dictionaries until it is known
# how much they unpack to.
_UNPACKED = 32_000_000


def read_parquet(path: Path, contract: Contract, allowance: Allowance) -> Records:
    """The rows of a table in its own order. Raises UnreadableFile."""
    with _damage_named():
        schema = pq.read_schema(path)
        order = column_order(schema.names, contract.columns, line=None)
        texts = [name for name in schema.names if _is_text(schema.field(name).type)]
        with pq.ParquetFile(path, read_dictionary=texts, buffer_size=BLOCK) as table:
            line = 1
            for batch in table.iter_batches(_BATCH):
                for part in _parts(batch, allowance):
                    lines = range(line, line + part.num_rows)
                    line = lines.stop
                    yield Batch(lines, tuple(_plain(part.column(place)) for place in order))


def _parts(batch: pa.RecordBatch, allowance: Allowance) -> Iterator[pa.RecordBatch]:
    """The batch in as many pieces as its unpacked size asks for."""
    size = sum(_size(column) for column in batch.columns)
    allowance.take_bytes(size)
    rows = max(1, batch.num_rows * _UNPACKED // max(size, _UNPACKED))
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def _size(column: pa.Array) -> int:
    if not isinstance(column, pa.DictionaryArray):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary)
    return int(pc.sum(lengths.take(column.indices).cast(pa.int64())).as_py() or 0)


def _plain(column: pa.Array) -> Any:
    """Texts and numbers stay in Arrow; everything else becomes Python's, for `core.rows` to judge."""
    if _is_text(column.type) or (pa.types.is_dictionary(column.type) and _is_text(column.type.value_type)):
        texts = column.cast(pa.string())
        texts.validate(full=True)
        return texts
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return column
    if pa.types.is_decimal(column.type):
        exact = int if column.type.scale <= 0 else float
        return [None if value is None else exact(value) for value in column.to_pylist()]
    return column.to_pylist()


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


@contextmanager
def _damage_named() -> Iterator[None]:
    # Arrow reports broken bytes by any of these, and the file is a local copy: no disk or network is meant.
    try:
        yield
    except UnreadableFile:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError, TypeError) as error:
        raise damaged() from error
