"""Near unique: no row says almost the same as an earlier one."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import row_outcome
from pipelines.core.findings import Finding, Surroundings, Table
from pipelines.core.wording import numbers, wording
from pipelines.integrations.text_checks.columns import MOST_NOTES, lines_of, texts
from pipelines.integrations.text_checks.digests import Digests, as_digests, digest_of
from pipelines.integrations.text_checks.shingles import PERMUTATIONS, bands, hashed, jaccard, rows_in_band

SIMILAR = 0.8
_BATCH = 1_024
_MOST_CHARACTERS = 4_000_000
_MOST_IN_BUCKET = 20
_MOST_COMPARED = 20
"""The earlier texts that a row is compared with, of those in a bucket and then of those that share most
buckets: without such bounds an upload written from one template takes for ever.
"""

Buckets = NDArray[np.int32]


class _Wordings(NamedTuple):
    """Consecutive rows that hold a text."""

    rows: list[int]
    wordings: list[str]


class _Originals(NamedTuple):
    """Texts that later rows are compared with: their shingles by row, and the rows in each bucket."""

    shingles: dict[int, Digests]
    buckets: dict[int, list[int]]


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:  # noqa: ARG001
    """Flags rows whose text (`rule.column`, or question and answer) is like that of an earlier row, which is
    not flagged itself. Alike are texts that share `rule.minimum` (0.8) of their shingles, three words each.

    Case, spacing and punctuation make no difference. Texts with different numbers are never alike: the rule
    for one tax year differs from that for the next by a digit. MinHash finds pairs, their shingles decide.
    Some 350 bytes a row are kept in memory, and the shingles of rows that share a bucket with others.
    """
    roles = contract.roles
    columns = (rule.column,) if rule.column else (roles.prompt, roles.completion)
    similarity = SIMILAR if rule.minimum is None else rule.minimum
    rows, buckets = _bucketed(table, columns, rows_in_band(similarity))
    like = _alike(table, columns, similarity, rows, buckets)
    found = array("q", sorted(like))
    noted = found[:MOST_NOTES]
    lines = lines_of(table, [like[row] for row in noted])
    notes = {row: f"like {lines[like[row]]}" for row in noted}
    return Finding(row_outcome(rule, table.rows, len(found)), found, notes)


def _wordings(table: Table, columns: tuple[str, ...], wanted: Sequence[int]) -> Iterator[_Wordings]:
    """The wordings of rows that hold a text and for which `wanted` has a 1."""
    batch, size = _Wordings([], []), 0
    for row, cells in texts(table.path, columns):
        if wanted[row] and (words := wording("\n".join(cell or "" for cell in cells))):
            batch.rows.append(row)
            batch.wordings.append(words)
            size += len(words)
        if len(batch.rows) == _BATCH or size > _MOST_CHARACTERS:
            yield batch
            batch, size = _Wordings([], []), 0
    if batch.rows:
        yield batch


def _bucketed(table: Table, columns: tuple[str, ...], rows_a_band: int) -> tuple[array[int], Buckets]:
    """Rows that share a bucket with another row, ascending, and the numbers of their buckets, -1 for one
    that holds no other row. The last bucket of a row holds exact copies only.
    """
    rows = array("q")
    digests = np.empty((table.rows, PERMUTATIONS // rows_a_band + 1), dtype=np.uint64)
    for batch in _wordings(table, columns, b"\1" * table.rows):
        amounts = as_digests(digest_of(" ".join(numbers(words))) for words in batch.wordings)
        mine = slice(len(rows), len(rows) + len(batch.rows))
        digests[mine, :-1] = bands(hashed(batch.wordings), rows_a_band) ^ amounts[:, np.newaxis]
        digests[mine, -1] = as_digests(map(digest_of, batch.wordings))
        rows.extend(batch.rows)
    digests = digests[: len(rows)]
    buckets = np.full(digests.shape, -1, dtype=np.int32)
    first = 0
    for band in range(digests.shape[1] if rows else 0):
        _, place, count = np.unique(digests[:, band], return_inverse=True, return_counts=True)
        shared = np.cumsum(count > 1) - 1 + first
        buckets[:, band] = np.where(count > 1, shared, -1)[place]
        first = int(shared[-1]) + 1
    crowded = np.flatnonzero((buckets >= 0).any(axis=1))
    return array("q", [rows[index] for index in crowded.tolist()]), buckets[crowded]


def _alike(
    table: Table, columns: tuple[str, ...], similarity: float, rows: array[int], buckets: Buckets
) -> dict[int, int]:
    """Row number -> the earlier row that it is like, which is like no earlier one."""
    like: dict[int, int] = {}
    copies: dict[int, int] = {}
    originals = _Originals({}, {})
    wanted = bytearray(table.rows)
    for row in rows:
        wanted[row] = 1
    done = 0
    for batch in _wordings(table, columns, wanted) if rows else ():
        for row, shingles in zip(batch.rows, hashed(batch.wordings), strict=True):
            *parts, copy = buckets[done].tolist()
            mine = [bucket for bucket in parts if bucket >= 0]
            done += 1
            match = copies.get(copy)
            if match is None:
                match = _match(shingles, mine, originals, similarity)
            if match is None:
                _keep(row, shingles, mine, originals)
            else:
                like[row] = match
            if copy >= 0:
                copies.setdefault(copy, row if match is None else match)
    return like


def _match(shingles: Digests, mine: list[int], originals: _Originals, similarity: float) -> int | None:
    """The first original that the shingles are like, of those that share most of these buckets."""
    shared = Counter(row for bucket in mine for row in originals.buckets.get(bucket, ()))
    closest = sorted(row for row, _ in shared.most_common(_MOST_COMPARED))
    return next((row for row in closest if jaccard(shingles, originals.shingles[row]) >= similarity), None)


def _keep(row: int, shingles: Digests, mine: list[int], originals: _Originals) -> None:
    for bucket in mine:
        held = originals.buckets.setdefault(bucket, [])
        if len(held) < _MOST_IN_BUCKET:
            held.append(row)
            originals.shingles[row] = shingles
