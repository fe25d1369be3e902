"""What becomes of the rows that a reader finds: typed into the spool, or counted among the faults."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.contract import Column
from pipelines.core.rows import Batch, RawRow, Row, RowFault, Unusable, is_blank, typed_row
from pipelines.integrations.fault_list import FaultList
from pipelines.integrations.limits import Allowance
from pipelines.integrations.spool import Spool
from pipelines.integrations.typed_batch import ARROW_TYPES, typed_columns

_FEW = 64


class RowTaker:
    """Takes the records of an upload's files, one after the other, under its limits.

    Typed rows go into `spool`, rows with a value that does not fit into `misfits`, as texts.
    A row of nothing is passed over and counts for nothing. Raises UnreadableFile (`cell_too_long`,
    `too_many_rows`).
    """

    def __init__(self, columns: Sequence[Column], allowance: Allowance, spool: Spool, misfits: Spool) -> None:
        self.faults = FaultList()
        self._columns, self._allowance = columns, allowance
        self._spool, self._misfits = spool, misfits

    def take(self, file: str, record: Batch | RowFault) -> None:
        """One record of a reader."""
        if isinstance(record, RowFault):
            self._allowance.take_rows([record.line])
            self.faults.add_row([record])
            return
        arrays = typed_columns(record.columns, self._columns, self._allowance.limits.cell)
        if arrays is not None:
            self._take_typed(file, record.lines, arrays)
        elif len(record.lines) > _FEW:
            # One unusual value does not slow down the rows far from it.
            for start in range(0, len(record.lines), _FEW):
                self.take(file, _part(record, start))
        else:
            self._take_each(file, record)

    def _take_typed(self, file: str, lines: Sequence[int], arrays: list[pa.Array]) -> None:
        if all(array.null_count for array in arrays):
            filled = pc.is_valid(arrays[0])
            for array in arrays[1:]:
                filled = pc.or_(filled, pc.is_valid(array))
            arrays = [array.filter(filled) for array in arrays]
            lines = [line for line, kept in zip(lines, filled.to_pylist(), strict=True) if kept]
        self._allowance.take_rows(lines)
        self._spool.add(file, lines, arrays)

    def _take_each(self, file: str, batch: Batch) -> None:
        """Value by value, as `core.rows` says it."""
        rows: list[Row] = []
        misfits: list[RawRow] = []
        columns = [held.to_pylist() if isinstance(held, pa.Array) else held for held in batch.columns]
        for line, values in zip(batch.lines, zip(*columns, strict=True), strict=True):
            for value in values:
                self._allowance.check_cell(value, line)
            if is_blank(values):
                continue
            self._allowance.take_rows([line])
            raw = RawRow(line, values)
            typed = typed_row(file, raw, self._columns)
            if isinstance(typed, Row):
                rows.append(typed)
            else:
                self.faults.add_row(typed)
                misfits.append(raw)
        self._spool.add(file, [row.line for row in rows], self._arrays(rows))
        if misfits:
            self._misfits.add(file, [row.line for row in misfits], self._texts(misfits))

    def _arrays(self, rows: Sequence[Row]) -> list[pa.Array]:
        cells = [row.cells for row in rows]
        return [
            pa.array([row[place] for row in cells], ARROW_TYPES[column.type])
            for place, column in enumerate(self._columns)
        ]

    def _texts(self, rows: Sequence[RawRow]) -> list[pa.Array]:
        return [
            pa.array([_text(row.values[place]) for row in rows], pa.string())
            for place in range(len(self._columns))
        ]


def _text(value: object) -> str | None:
    """A value as the steward wrote it; what no text may hold is replaced."""
    shown = value.shown if isinstance(value, Unusable) else value
    return None if shown is None else str(shown).encode(errors="replace").decode()


def _part(batch: Batch, start: int) -> Batch:
    end = start + _FEW
    return Batch(batch.lines[start:end], tuple(column[start:end] for column in batch.columns))
