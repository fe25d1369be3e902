"""Compares the rows of an upload with those of the last accepted one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from pipelines.core.contract import Contract
from pipelines.core.drift import FEWEST, groups, psi
from pipelines.core.findings import Surroundings, Table
from pipelines.core.profile import Changes
from pipelines.core.row_errors import MASKED, shown
from pipelines.integrations.duckdb_session import literal, quoted, session
from pipelines.integrations.personal_data import redact
from pipelines.integrations.profiler import text_lengths
from pipelines.integrations.text_checks.columns import batches, texts

MOST_LOST = 200
_SAMPLE = 2_000


class _Pair(NamedTuple):
    """Two tables, and the columns of the contract that both hold with the same type."""

    old: Table
    new: Table
    connection: DuckDBPyConnection
    columns: tuple[str, ...]

    @property
    def fewer(self) -> int:
        """The rows of the smaller table."""
        return min(self.old.rows, self.new.rows)


def compare(table: Table, contract: Contract, around: Surroundings) -> Changes | None:
    """What changed since the last accepted upload; None when there is none.

    Rows have changed when the columns that both tables share differ. The drift measures are None with fewer
    than FEWEST rows on a side, and the classifier runs only where the contract limits it: it takes seconds.
    """
    old = around.previous
    if old is None:
        return None
    with session(table.path.parent, old.path, table.path) as connection:
        for name, path in (("old", old.path), ("new", table.path)):
            connection.execute(f"CREATE VIEW {name} AS FROM read_parquet({literal(str(path))})")
        pair = _Pair(old, table, connection, _shared(connection, contract))
        rows = _rows(pair, contract)
        enough = pair.fewer >= FEWEST
        return rows.model_copy(
            update={
                "lost_categories": _lost(pair, contract),
                "psi": _psi(pair, contract) if enough else None,
                "auc": _auc(pair, contract) if enough and contract.hold.auc is not None else None,
            }
        )


def _shared(connection: DuckDBPyConnection, contract: Contract) -> tuple[str, ...]:
    types = [
        {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE {view}").fetchall()}
        for view in ("old", "new")
    ]
    names = (column.name for column in contract.columns)
    return tuple(name for name in names if name in types[0] and types[0][name] == types[1].get(name))


def _rows(pair: _Pair, contract: Contract) -> Changes:
    """Rows with the same key and content are the same; what is left of a key on both sides was updated."""
    if not pair.columns:
        return Changes(same=0, added=pair.new.rows, removed=pair.old.rows, updated=0)
    key = contract.roles.item or contract.roles.prompt
    content = f"hash({', '.join(map(quoted, pair.columns))})"
    name = quoted(key) if key in pair.columns else "NULL"
    sides = " UNION ALL ".join(
        f"SELECT if({name} IS NULL, {content}, hash({name})) AS key, {content} AS content, "  # noqa: S608
        f"{side} AS side FROM {view}"
        for side, view in enumerate(("old", "new"))
    )
    counted = pair.connection.execute(
        f"""
        WITH contents AS (
            SELECT key, count(*) FILTER (side = 0) AS old, count(*) FILTER (side = 1) AS new
            FROM ({sides}) GROUP BY key, content
        ), keys AS (
            SELECT sum(least(old, new)) AS same, sum(greatest(old - new, 0)) AS old,
                sum(greatest(new - old, 0)) AS new
            FROM contents GROUP BY key
        )
        SELECT sum(same), sum(greatest(new - old, 0)), sum(greatest(old - new, 0)), sum(least(old, new))
        FROM keys
        """  # noqa: S608
    ).fetchone()
    same, added, removed, updated = (int(count or 0) for count in counted or (0, 0, 0, 0))
    return Changes(same=same, added=added, removed=removed, updated=updated)


def _lost(pair: _Pair, contract: Contract) -> tuple[str, ...]:
    """Values that no row has any more, the most frequent of each column first."""
    personal = {column.name for column in contract.columns if column.personal}
    return tuple(
        f"{MASKED if column in personal else shown(name, redact)} ({column})"
        for column in contract.hold.category_columns
        if column in pair.columns
        for (name,) in pair.connection.execute(
            f"SELECT CAST(name AS VARCHAR) FROM ({_counted(column)}) "  # noqa: S608
            f"WHERE new = 0 AND name IS NOT NULL ORDER BY old DESC, name LIMIT {MOST_LOST}"
        ).fetchall()
    )


def _counted(column: str) -> str:
    """SQL for the rows of every value of a column, in the old table and in the new one."""
    return (
        "SELECT name, count(*) FILTER (side = 0) AS old, count(*) FILTER (side = 1) AS new"  # noqa: S608
        f" FROM (SELECT {quoted(column)} AS name, 0 AS side FROM old"
        f" UNION ALL SELECT {quoted(column)}, 1 FROM new) GROUP BY name"
    )


def _psi(pair: _Pair, contract: Contract) -> float:
    """The largest index of the lengths of texts and of the shares of categories."""
    written = [column.name for column in contract.columns if column.type == "string"]
    lengths = [_length_psi(pair, name) for name in written if name in pair.columns]
    grouped = [name for name in contract.hold.category_columns if name in pair.columns]
    return max([0.0, *lengths, *(_category_psi(pair, name) for name in grouped)])


def _length_psi(pair: _Pair, column: str) -> float:
    """Over equal parts of the old lengths, and whatever is shorter or longer than all of them."""
    old, new = _lengths(pair.old, column), _lengths(pair.new, column)
    parts = np.quantile(old, np.linspace(0, 1, groups(pair.fewer) + 1), method="inverted_cdf")
    edges = np.unique(np.r_[parts, old.max() + 1])
    before, after = (
        np.bincount(np.searchsorted(edges, lengths, side="right"), minlength=len(edges) + 1)
        for lengths in (old, new)
    )
    return psi(before.tolist(), after.tolist())


def _lengths(table: Table, column: str) -> NDArray[np.int64]:
    return np.concatenate([text_lengths(batch.column(0)) for _, batch in batches(table.path, (column,))])


def _category_psi(pair: _Pair, column: str) -> float:
    """Over the most frequent old values, all others in one group."""
    most = groups(pair.fewer) - 1
    found = pair.connection.execute(
        f"SELECT old, new FROM ({_counted(column)}) ORDER BY old DESC, name LIMIT {most}"  # noqa: S608
    ).fetchall()
    before, after = ([counts[side] for counts in found] for side in (0, 1))
    return psi([*before, pair.old.rows - sum(before)], [*after, pair.new.rows - sum(after)])


def _auc(pair: _Pair, contract: Contract) -> float | None:
    from pipelines.integrations.domain_classifier import auc

    roles = contract.roles
    columns = [name for name in (roles.prompt, roles.completion) if name in pair.columns]
    return auc(_sample(pair.old, columns), _sample(pair.new, columns)) if columns else None


def _sample(table: Table, columns: Sequence[str]) -> list[str]:
    """The texts of some rows, the same ones for the same number of rows."""
    drawn = np.random.default_rng(0).choice(table.rows, min(table.rows, _SAMPLE), replace=False)
    chosen = set(drawn.tolist())
    said = texts(table.path, columns)
    return ["\n".join(cell or "" for cell in cells) for row, cells in said if row in chosen]
