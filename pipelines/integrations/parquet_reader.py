"""Parquet tables; the line of a row is its number, counted from 1."""

from collections.abc import Iterator, Sequence
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

_BATCH = 4_096
# Much can be said in few bytes: by a dictionary, whose one long text stands in every row, or by texts that
# repeat the one before them. Rows are unpacked about this many bytes at a time.
_UNPACKED = 32_000_000
# Texts in the delta encodings have no dictionary to look into.
_FEW = 256


def read_parquet(path: Path, contract: Contract, allowance: Allowance) -> Records:
    """The rows of a table in its own order. Raises UnreadableFile."""
    with _damage_named(), _opened(path) as table:
        schema = table.schema_arrow
        order = column_order(schema.names, contract.columns, line=None)
        texts = [name for name in schema.names if _is_text(schema.field(name).type)]
        line = 1
        with _opened(path, metadata=table.metadata, read_dictionary=texts) as dictionaries:
            for group in range(table.num_row_groups):
                rows = _rows_at_a_time(dictionaries, group, texts)
                for batch in table.iter_batches(rows, [group], use_threads=False):
                    for part in _parts(batch, allowance):
                        lines = range(line, line + part.num_rows)
                        line = lines.stop
                        yield Batch(lines, tuple(_plain(part.column(place)) for place in order))


def _opened(path: Path, **options: Any) -> pq.ParquetFile:
    return pq.ParquetFile(path, buffer_size=BLOCK, pre_buffer=False, **options)


def _rows_at_a_time(dictionaries: pq.ParquetFile, group: int, texts: Sequence[str]) -> int:
    """How many rows of a group unpack to a bounded size, as its longest texts and its average row say."""
    held = dictionaries.metadata.row_group(group)
    chunks = [held.column(place) for place in range(held.num_columns)]
    delta = {chunk.path_in_schema for chunk in chunks if any("DELTA" in way for way in chunk.encodings)}
    probed = [name for name in texts if name not in delta]
    first = next(dictionaries.iter_batches(1, [group], columns=probed, use_threads=False), None)
    longest = sum(_longest(column) for column in first.columns) if first else 0
    row: int = max(longest, held.total_byte_size // max(held.num_rows, 1), 1)
    return max(1, min(_BATCH if len(probed) == len(texts) else _FEW, _UNPACKED // row))


def _longest(column: pa.Array) -> int:
    """Bytes of the longest text in a column's dictionary: a single row comes with the whole of it."""
    return int(pc.max(pc.binary_length(column.dictionary)).as_py() or 0)


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
