"""What a sample file shows of a source: the columns, their types, and what their values have in common."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from pipelines.core.contract import Column, ColumnType, Contract, Roles
from pipelines.core.errors import DataError, DeclarationError
from pipelines.core.findings import Table
from pipelines.core.rows import Reading
from pipelines.declarations.contract_writer import SHORT, ColumnSketch, Sketch
from pipelines.declarations.role_names import sounds_personal, usual_roles
from pipelines.integrations.duckdb_session import quoted, scan, session
from pipelines.integrations.files import read_files
from pipelines.integrations.sample_columns import columns_of

_MOST_VALUES = 20
_ROWS_A_VALUE = 5
_FEWEST_ROWS = 10
_INTEGER = r"[+-]?(0|[1-9][0-9]{0,17})"
_NUMBER = r"[+-]?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?"
_DATE = "9999-99-99"
_RUN = re.compile(r"9+|A+|a+|.", re.DOTALL)
_CLASSES = {"9": "[0-9]", "A": "[A-Z]", "a": "[a-z]"}
# What one letter stands for in the shape of a text: digits, capital and small letters.
_SHAPE = (
    "regexp_replace(regexp_replace(regexp_replace({0}, '[0-9]', '9', 'g'), '[A-Z]', 'A', 'g'),"
    " '[a-z]', 'a', 'g')"
)
_MOST_SHAPES = 500


class _Facts(NamedTuple):
    """Counts over the rows that have a value, `rows` over all."""

    rows: int
    filled: int
    distinct: int
    shortest: int
    longest: int
    integers: int
    numbers: int
    least: float


def sketch_of(name: str, path: Path, source: str, steward: str) -> Sketch:
    """The sketch of a source from one of its files. Raises UnreadableFile, DataError or DeclarationError."""
    columns = columns_of(name, path)
    roles = _roles(columns)
    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        spool = Path(folder) / "sample.parquet"
        contract = _provisional(source, columns, roles, frozenset())
        reading = read_files([(name, path)], contract, spool)
        if numeric := _misfits(reading):
            contract = _provisional(source, columns, roles, numeric)
            reading = read_files([(name, path)], contract, spool)
        table = _sound(name, reading)
        with session(spool.parent, spool) as connection:
            connection.execute(f"CREATE VIEW rows AS FROM {scan(spool)}")
            drawn = tuple(_column(connection, column, roles) for column in contract.columns)
            missing = f"{quoted(roles['prompt'])} IS NULL OR {quoted(roles['completion'])} IS NULL"
            incomplete = _one(connection, f"SELECT count(*) FROM rows WHERE {missing}")  # noqa: S608
    kept = _kept_roles(drawn, roles)
    return Sketch(source, steward, name, table.rows, drawn, kept, int(incomplete[0]))


def _roles(columns: Sequence[str]) -> dict[str, str]:
    """The parts as the names say them; the first two columns where they say nothing."""
    if len(set(columns)) < max(2, len(columns)) or any(not name or name.startswith("_") for name in columns):
        raise DeclarationError(
            "the sample",
            "its first row names at least two columns, each once, without a leading `_`",
            ", ".join(columns) or "nothing",
            "Give every column a name of its own.",
        )
    found = usual_roles(columns)
    needed = {part: found.pop(part, None) for part in ("prompt", "completion")}
    others = [name for name in columns if name not in needed.values()]
    free = iter(sorted(others, key=lambda name: name in found.values()))
    return {part: name or next(free) for part, name in needed.items()} | found


def _provisional(
    source: str, columns: Sequence[str], roles: Mapping[str, str], numeric: frozenset[str]
) -> Contract:
    """A contract that any sound file of these columns keeps."""
    return Contract(
        source=source,
        id=source,
        version="0.0.0",
        steward="nobody",
        purpose="training",
        description="a sample",
        columns=tuple(Column(name=n, type="number" if n in numeric else "string") for n in columns),
        rules=(),
        roles=Roles(prompt=roles["prompt"], completion=roles["completion"], context=roles.get("context")),
        quiet_seconds=0,
    )


def _misfits(reading: Reading) -> frozenset[str]:
    """The columns that hold something else than texts."""
    faults = [fault for group in reading.faults if group.code == "type" for fault in group.first]
    return frozenset(fault.column for fault in faults if fault.column is not None)


def _sound(name: str, reading: Reading) -> Table:
    """The rows of a sample without any fault. Raises DataError."""
    first = next((group.first[0] for group in reading.faults), None)
    problem = next(iter(reading.refusals), first)
    if problem is None and reading.table is not None and reading.table.rows:
        return reading.table
    line = f", line {problem.line}" if problem and problem.line else ""
    found = problem.problem if problem else "no row"
    remedy = problem.fix if problem else "Choose a file with rows."
    raise DataError(f"{name}{line}", "a sample is a file without faults", found, remedy)


def _column(connection: DuckDBPyConnection, column: Column, roles: Mapping[str, str]) -> ColumnSketch:
    facts = _facts(connection, column)
    spoken = column.name in (roles["prompt"], roles["completion"], roles.get("context"))
    kind = column.type if spoken else _type(column, facts)
    personal = not spoken and sounds_personal(column.name)
    drawn = ColumnSketch(
        name=column.name,
        type=kind,
        required=facts.filled == facts.rows,
        unique=_is_key(column, facts, roles),
        personal=personal,
        shortest=facts.shortest,
        longest=facts.longest,
        least=facts.least,
    )
    if kind != "string" or not facts.filled:
        return drawn
    if column.name not in (roles["prompt"], roles.get("context")):
        shape = _pattern(connection, column, facts)
        if shape is not None:
            examples = () if personal else _examples(connection, column)
            return drawn._replace(pattern=shape, examples=examples)
    return drawn if spoken or personal else drawn._replace(values=_values(connection, column, facts))


def _type(column: Column, facts: _Facts) -> ColumnType:
    if facts.filled and facts.integers == facts.filled:
        return "integer"
    return "number" if facts.filled and facts.numbers == facts.filled else column.type


def _is_key(column: Column, facts: _Facts, roles: Mapping[str, str]) -> bool:
    named = column.name in (roles["prompt"], roles.get("item"))
    return named and facts.rows > 1 and facts.distinct == facts.rows


def _facts(connection: DuckDBPyConnection, column: Column) -> _Facts:
    name = quoted(column.name)
    text = f"CAST({name} AS VARCHAR)" if column.type == "string" else "''"
    whole = (
        f"regexp_full_match({text}, '{_INTEGER}')" if column.type == "string" else f"{name} = trunc({name})"
    )
    plain = f"regexp_full_match({text}, '{_NUMBER}')" if column.type == "string" else "true"
    found = _one(
        connection,
        f"""
        SELECT count(*), count({name}), count(DISTINCT {name}), coalesce(min(length({text})), 0),
          coalesce(max(length({text})), 0), count(*) FILTER (WHERE {name} IS NOT NULL AND {whole}),
          count(*) FILTER (WHERE {name} IS NOT NULL AND {plain}),
          coalesce(min(TRY_CAST({name} AS DOUBLE)), 0)
        FROM rows""",  # noqa: S608
    )
    return _Facts._make(found)


def _pattern(connection: DuckDBPyConnection, column: Column, facts: _Facts) -> str | None:
    """The form that all values share, where it has digits: dates, amounts, codes."""
    if facts.longest > SHORT or facts.filled < _FEWEST_ROWS or facts.distinct == 1:
        return None
    shape = _SHAPE.format(quoted(column.name))
    shapes = _texts(connection, f"DISTINCT {shape}", f"LIMIT {_MOST_SHAPES + 1}", column)
    loose = {re.sub(r"9+|A+|a+", lambda run: run[0][0], shape) for shape in shapes}
    (one, *others) = loose
    sentence = " " in one or not one.isascii()
    if others or sentence or "9" not in one or len(shapes) > _MOST_SHAPES:
        return None
    return "^" + "".join(_classes(shapes)) + "$"


def _classes(shapes: Sequence[str]) -> list[str]:
    """The runs of equal shapes as character classes, each with the lengths that occur."""
    runs = zip(*(_RUN.findall(shape) for shape in shapes), strict=True)
    return [_class(tuple(run)) for run in runs]


def _class(run: Sequence[str]) -> str:
    sign = run[0][0]
    if sign not in _CLASSES:
        return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", sign)
    lengths = {len(part) for part in run}
    if len(lengths) > 1:
        return f"{_CLASSES[sign]}+"
    return _CLASSES[sign] + (f"{{{len(run[0])}}}" if len(run[0]) > 1 else "")


def _examples(connection: DuckDBPyConnection, column: Column) -> tuple[str, ...]:
    found = _texts(connection, f"DISTINCT {quoted(column.name)}", "ORDER BY 1 LIMIT 2", column)
    return tuple(value for value in found if value.isprintable())


def _values(connection: DuckDBPyConnection, column: Column, facts: _Facts) -> tuple[str, ...]:
    """All values, where there are few and each stands often."""
    few = 1 < facts.distinct <= _MOST_VALUES and facts.filled >= max(
        _FEWEST_ROWS, _ROWS_A_VALUE * facts.distinct
    )
    if not few or facts.longest > SHORT:
        return ()
    found = _texts(connection, f"DISTINCT {quoted(column.name)}", "ORDER BY 1", column)
    return tuple(found) if all(value.isprintable() and value.strip() for value in found) else ()


def _kept_roles(columns: Sequence[ColumnSketch], roles: Mapping[str, str]) -> dict[str, str]:
    """The parts that their columns can play: filled in, of the right form, a key where one is needed."""
    known = {column.name: column for column in columns}
    kept = {part: name for part, name in roles.items() if part in ("prompt", "completion", "context")}
    for part in ("item", "origin", "consent", "retention"):
        column = known.get(roles.get(part, ""))
        if column is not None and column.required and _plays(part, column):
            kept[part] = column.name
    return kept


def _plays(part: str, column: ColumnSketch) -> bool:
    if part == "item":
        return column.unique
    if part == "consent":
        return bool(column.values) and set(column.values) <= {"yes", "no"}
    if part == "retention":
        return column.pattern == "^" + "".join(_classes([_DATE])) + "$"
    return column.type == "string"


def _one(connection: DuckDBPyConnection, query: str) -> tuple[float, ...]:
    found = connection.execute(query).fetchone()
    return found or ()


def _texts(connection: DuckDBPyConnection, wanted: str, more: str, column: Column) -> list[str]:
    filled = f"{quoted(column.name)} IS NOT NULL"
    rows = connection.execute(f"SELECT {wanted} FROM rows WHERE {filled} {more}").fetchall()  # noqa: S608
    return [row[0] for row in rows]
