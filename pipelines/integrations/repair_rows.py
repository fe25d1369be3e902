"""The file to repair: an upload's rows with the wrong ones first, readable as an upload again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import orjson
import pyarrow.parquet as pq

from pipelines.core.contract import Contract
from pipelines.core.findings import Table
from pipelines.core.repair import MOST_REPAIRED

_BATCH = 10_000
Cells = Mapping[str, object]
Write = Callable[[Iterable[Cells]], None]


def write_repair(
    table: Table,
    wrong: bytes,
    unread: Table | None,
    contract: Contract,
    path: Path,
    *,
    most: int = MOST_REPAIRED,
) -> None:
    """Write the rows whose byte in `wrong` is 1, and after them the others where that makes at most `most`.

    The ending of `path` says how: `.csv` or `.jsonl`.
    `unread` holds rows that could not be typed, as texts in the contract's columns; they come before all
    others. Cells are written as they are, also where a spreadsheet would run them: a repaired file must hold
    the data of its upload.
    """
    rows = table.rows + (unread.rows if unread else 0)
    names = [column.name for column in contract.columns]
    with _WRITERS[path.suffix](path, names) as write:
        if unread is not None:
            write(_rows(unread, names, bytes(unread.rows), 0))
        write(_rows(table, names, wrong, 1))
        if rows <= most:
            write(_rows(table, names, wrong, 0))


def _rows(table: Table, names: list[str], marks: bytes, wanted: int) -> Iterator[Cells]:
    """The rows whose byte in `marks` is the wanted one, in reading order."""
    row = 0
    with pq.ParquetFile(table.path, pre_buffer=False) as parquet:
        for batch in parquet.iter_batches(_BATCH, columns=names):
            chosen = [at for at in range(batch.num_rows) if marks[row + at] == wanted]
            row += batch.num_rows
            if chosen:
                yield from batch.take(chosen).to_pylist()


@contextmanager
def _csv(path: Path, names: list[str]) -> Iterator[Write]:
    # The byte order mark makes Excel read UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(names)
        yield lambda rows: writer.writerows([_cell(row[name]) for name in names] for row in rows)


@contextmanager
def _jsonl(path: Path, names: list[str]) -> Iterator[Write]:
    with path.open("wb") as stream:
        yield lambda rows: stream.writelines(
            orjson.dumps({name: row[name] for name in names}, option=orjson.OPT_APPEND_NEWLINE)
            for row in rows
        )


def _cell(value: object) -> object:
    """A number in its shortest exact form; a missing value is an empty cell."""
    return repr(value) if isinstance(value, float) else value


_WRITERS = {".csv": _csv, ".jsonl": _jsonl}
