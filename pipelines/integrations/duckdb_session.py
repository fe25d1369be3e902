"""A DuckDB session over one table on disk: bounded in memory, and locked into that table.

A contract's SQL is code that somebody wrote. It sees one view with the contract's columns and nothing
else: no other file, no network, no extension, no setting (duckdb.org/docs/securing_duckdb).
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from pipelines.core.contract import Contract
from pipelines.core.enforceable import demand_typed
from pipelines.core.errors import DataError, PerennialError, Unavailable

VIEW = "upload"
NUMBER = "file_row_number"
_MEMORY = "384MB"
_THREADS = 2
_WORDS = {"VARCHAR": "string", "DOUBLE": "number", "BIGINT": "integer"}


@contextmanager
def session(folder: Path, *files: Path) -> Iterator[DuckDBPyConnection]:
    """A connection that can read these files, and writes only what does not fit into memory, to `folder`.

    What DuckDB raises within becomes DataError for a file that is no table, Unavailable otherwise.
    """
    with tempfile.TemporaryDirectory(prefix="duckdb-", dir=folder) as spill, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{_MEMORY}'; SET threads = {_THREADS}")
        connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        connection.execute(f"SET temp_directory = {literal(spill)}")
        connection.execute(f"SET allowed_paths = [{', '.join(literal(str(file)) for file in files)}]")
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        try:
            yield connection
        except duckdb.Error as error:
            raise _problem(error) from error


def open_table(connection: DuckDBPyConnection, path: Path, contract: Contract) -> None:
    """Make `rows` of the table, with `file_row_number`, and the view that a contract's SQL may name.

    Raises DataError for a table of other columns.
    """
    connection.execute(f"CREATE VIEW rows AS FROM {scan(path)}")
    described = connection.execute("DESCRIBE rows").fetchall()
    demand_typed({name: _WORDS.get(kind, kind) for name, kind, *_ in described}, contract)
    columns = ", ".join(quoted(column.name) for column in contract.columns)
    connection.execute(f"CREATE VIEW {VIEW} AS SELECT {columns} FROM rows")  # noqa: S608


def scan(path: Path) -> str:
    """A Parquet file as a table in SQL, with the row numbers in NUMBER."""
    return f"read_parquet({literal(str(path))}, file_row_number = true)"


@contextmanager
def deadline(connection: DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupts what the connection runs after so many seconds: it raises duckdb.InterruptException."""
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def quoted(name: str) -> str:
    """A name of a column or table as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _problem(error: duckdb.Error) -> PerennialError:
    # The message may quote a value of the table; the kind of error says enough.
    kind = type(error).__name__
    if isinstance(error, duckdb.InvalidInputException | duckdb.ConversionException):
        return DataError("the rows of an upload", "a table is Parquet", kind, "Read the files again.")
    return Unavailable("the checks of an upload", "they need memory and disk", kind, "Try again.")
