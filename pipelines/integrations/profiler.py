"""Measures a table: how long its texts are, and which values its columns of few values hold."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.core.contract import Column, Contract
from pipelines.core.findings import Table
from pipelines.core.profile import LENGTH_EDGES, MOST_CATEGORIES, Categories, Category, Lengths, Profile
from pipelines.core.row_errors import MASKED
from pipelines.integrations.personal_data import redact
from pipelines.integrations.text_checks.columns import batches

MOST_VALUES = 50
MOST_SLICES = 1_000
LONGEST_NAME = 80
# A table is written in groups of a bounded size, and no batch holds more than a group.
_ROWS = 8_192
_EDGES = np.array([*LENGTH_EDGES, np.iinfo(np.int64).max])


def profile_of(table: Table, contract: Contract) -> Profile:
    """The profile of a table, in one pass. Names of categories are masked in personal columns.

    A column is one of categories when it has at most MOST_VALUES short values, each on two rows on average.
    The slice of scores always is, up to MOST_SLICES values.
    """
    columns = [column for column in contract.columns if column.type == "string"]
    measured = [_Measure(column, column.name == contract.roles.slice) for column in columns]
    names = [column.name for column in columns]
    for _, batch in batches(table.path, names, _ROWS) if columns else ():
        for measure, values in zip(measured, batch.columns, strict=True):
            measure.add(values)
    categories = (measure.categories(table.rows) for measure in measured)
    return Profile(
        rows=table.rows,
        lengths=tuple(measure.lengths() for measure in measured),
        categories=tuple(found for found in categories if found is not None),
    )


class _Measure:
    """What has been seen of one column so far; values are counted until there are too many of them."""

    def __init__(self, column: Column, is_slice: bool) -> None:
        self._column, self._is_slice = column, is_slice
        self._most = MOST_SLICES if is_slice else MOST_VALUES
        self._counts = np.zeros(len(LENGTH_EDGES), dtype=np.int64)
        self._values: Counter[str] | None = Counter()

    def add(self, values: pa.Array) -> None:
        lengths = text_lengths(values)
        self._counts += np.histogram(lengths, _EDGES)[0]
        if self._values is None:
            return
        if len(self._values) > self._most or lengths.max(initial=0) > LONGEST_NAME:
            self._values = None
            return
        for counted in pc.value_counts(values.drop_null()).to_pylist():
            self._values[counted["values"]] += counted["counts"]

    def lengths(self) -> Lengths:
        return Lengths(column=self._column.name, counts=tuple(self._counts.tolist()))

    def categories(self, rows: int) -> Categories | None:
        values = self._values
        if not values or len(values) > self._most or (2 * len(values) > rows and not self._is_slice):
            return None
        largest = sorted(values.items(), key=lambda item: (-item[1], item[0]))[:MOST_CATEGORIES]
        return Categories(
            column=self._column.name,
            largest=tuple(
                Category(name=MASKED if self._column.personal else redact(name), rows=count)
                for name, count in largest
            ),
            others=values.total() - sum(count for _, count in largest),
        )


def text_lengths(values: pa.Array) -> NDArray[np.int64]:
    """The length of every text in characters; a missing one has 0."""
    return np.asarray(pc.fill_null(pc.utf8_length(values), 0)).astype(np.int64)
