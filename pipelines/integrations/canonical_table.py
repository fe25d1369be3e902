"""The canonical table of an upload: Parquet whose bytes depend on the rows and their columns alone."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from pipelines.core.contract import Column, Contract
from pipelines.core.errors import DataError
from pipelines.core.findings import Kept, Peek, Place, Table
from pipelines.core.rows import Cell
from pipelines.integrations.duckdb_session import NUMBER, literal, quoted, scan, session
from pipelines.integrations.sorted_hashes import sorted_hashes
from pipelines.integrations.typed_batch import ARROW_TYPES

_GROUP = 100_000
_GROUP_BYTES = 64_000_000
_PIECE = 250
_BATCH = 8_192
_BATCH_BYTES = 32_000_000
# More of a text is never shown, and a hundred thousand long ones would not fit into memory.
_LONGEST_PEEK = 1_001
_NEVER_ALIKE = ("_line", "_row")


def keep_rows(table: Table, out: bytes, contract: Contract, path: Path) -> Kept:
    """Write the accepted rows by file and line, each with its place (`_file`, `_line`) and hash (`_row`).

    `out` has one byte a row, 1 where the row is left out. What does not fit into memory is sorted on disk.
    """
    if len(out) != table.rows:
        raise ValueError(f"{len(out)} marks for {table.rows} rows")
    names = [*(column.name for column in contract.columns), "_file", "_line"]
    with session(path.parent, path) as connection, pq.ParquetFile(table.path, pre_buffer=False) as file:
        schema = pa.schema([file.schema_arrow.field(name) for name in names]).remove_metadata()
        at_once = _rows_at_once(file)
        batches = _kept(file, np.frombuffer(out, np.uint8) == 0, names, at_once)
        connection.register("kept", pa.RecordBatchReader.from_batches(schema, batches))
        # Two rows of one place, such as those of two sheets, are ordered by what they hold.
        order = "" if _in_order(file) else "ORDER BY _file, _line, _row"
        kept = _write(connection, contract.columns, order, path, at_once)
    # The allocator would keep what the largest groups took for itself, through all that follows.
    pa.default_memory_pool().release_unused()
    return kept


def peek(table: Table) -> Peek:
    """Looks up single rows of a table by their numbers: one scan a call, however many are asked for. Of a
    text it gives the beginning.
    """

    def look(rows: Sequence[int], column: str | None) -> Sequence[Place]:
        value = "NULL" if column is None else _shortened(table, column)
        query = f"""
            SELECT {NUMBER}, _file, _line, {value} FROM {scan(table.path)}
            WHERE {NUMBER} IN (SELECT unnest(?::BIGINT[]))"""  # noqa: S608
        with session(table.path.parent, table.path) as connection:
            found = connection.execute(query, [list(rows)]).fetchall()
        places = {number: Place(*place) for number, *place in found}
        return [places[number] for number in rows]

    return look


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


def _shortened(table: Table, column: str) -> str:
    is_text = pq.read_schema(table.path).field(column).type == pa.string()
    return f"left({quoted(column)}, {_LONGEST_PEEK})" if is_text else quoted(column)


def _rows_at_once(file: pq.ParquetFile) -> int:
    """Fewer rows where their texts are long."""
    groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
    size = sum(group.total_byte_size for group in groups)
    return int(max(64, min(_BATCH, _BATCH_BYTES * file.metadata.num_rows // max(1, size))))


def _kept(
    file: pq.ParquetFile, kept: np.ndarray, names: Sequence[str], at_once: int
) -> Iterator[pa.RecordBatch]:
    start = 0
    for batch in file.iter_batches(at_once, columns=list(names)):
        yield batch.select(list(names)).filter(pa.array(kept[start : start + batch.num_rows]))
        start += batch.num_rows


def _in_order(file: pq.ParquetFile) -> bool:
    """Whether every row stands behind the one before it, as the rows of a file that was read do: sorting
    millions of rows takes longer than everything else.
    """
    last = ("", -1)
    for batch in file.iter_batches(_GROUP, columns=["_file", "_line"]):
        lines = batch.column("_line").to_numpy()
        runs = pc.run_end_encode(batch.column("_file"))
        start = 0
        for name, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            if (name, lines[start]) <= last or (np.diff(lines[start:end]) <= 0).any():
                return False
            start, last = end, (name, lines[end - 1])
    return True


def _write(
    connection: DuckDBPyConnection, columns: Sequence[Column], order: str, path: Path, at_once: int
) -> Kept:
    schema = pa.schema(
        [(column.name, ARROW_TYPES[column.type]) for column in columns]
        + [("_file", pa.string()), ("_line", pa.int64()), ("_row", pa.string())]
    )
    query = f"SELECT *, {_hash(columns)} AS _row FROM kept {order}"  # noqa: S608
    rows, listed = 0, [name for name in schema.names if name not in _NEVER_ALIKE]
    writer = pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, use_dictionary=listed)
    with writer, sorted_hashes(path.parent) as hashes:
        for group in _groups(connection.sql(query).to_arrow_reader(at_once), schema):
            writer.write_table(group)
            hashes.add(group.column("_row").to_pylist())
            rows += group.num_rows
        return Kept(Table(path, rows), hashes.digest())


def _hash(columns: Sequence[Column]) -> str:
    """`core.rows.row_hash` in SQL."""
    fields = []
    for column in columns:
        cell = quoted(column.name)
        written = {
            "string": f"'s' || strlen({cell}) || ':' || {cell}",
            "integer": f"'i' || {cell} || ';'",
            "number": f"'f' || {cell}::BIT::BIGINT || ';'",
        }[column.type]
        name = literal(f"{len(column.name.encode())}:{column.name}")
        fields.append(f"{name}, coalesce({written}, '-')")
    return f"sha256(concat({', '.join(fields)}))"


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables of at most _GROUP rows, and of few when their texts are long, each in one piece. Where they
    end depends on the rows alone, and the pages of the file follow from that.
    """
    held: list[pa.Table] = []
    size = 0
    for piece in _pieces(batches, schema):
        held.append(piece)
        size += _text_bytes(piece)
        if len(held) * _PIECE >= _GROUP or size >= _GROUP_BYTES:
            yield pa.concat_tables(held).combine_chunks()
            held, size = [], 0
    if held:
        yield pa.concat_tables(held).combine_chunks()


def _pieces(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables of exactly _PIECE rows; the last one has what is left."""
    held = schema.empty_table()
    for batch in batches:
        held = pa.concat_tables([held, pa.Table.from_batches([batch]).cast(schema)])
        while held.num_rows >= _PIECE:
            yield held.slice(0, _PIECE)
            held = held.slice(_PIECE)
    if held.num_rows:
        yield held


def _text_bytes(piece: pa.Table) -> int:
    texts = (column for column in piece.columns if column.type == pa.string())
    return sum(pc.sum(pc.binary_length(text)).as_py() or 0 for text in texts)
