"""The file to repair is an upload itself: read again, it holds the same data, the wrong rows first."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upload_samples import NAMES, contract, read, rows_of

from pipelines.core.findings import Table
from pipelines.integrations.repair_rows import write_repair

CELLS = (
    ('=HYPERLINK("http://x")', "a, b\nc", 2024, 1.5),
    ("-5", 'say "no"', None, None),
    ("  blanks  ", "a\tb; c", -3, 1e-7),
    ("Gebühr \u2028 €", None, 2**53, 0.1),
    ("'", "\ufeff", 0, 100000.0),
)


def a_table(folder: Path, cells: tuple[tuple[object, ...], ...] = CELLS) -> Table:
    path = folder / "table.parquet"
    types = (pa.string(), pa.string(), pa.int64(), pa.float64())
    columns = {name: pa.array([row[at] for row in cells], types[at]) for at, name in enumerate(NAMES)} | {
        "_file": ["a.csv"] * len(cells),
        "_line": list(range(len(cells))),
    }
    pq.write_table(pa.table(columns), path)
    return Table(path, len(cells))


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_dropped_file_to_repair_is_the_same_data_with_the_wrong_rows_first(
    ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"rows_to_repair.{ending}"
    write_repair(a_table(tmp_path), bytes([0, 1, 0, 1, 0]), None, contract(), path)
    again = read(tmp_path, {path.name: path.read_bytes()})
    assert (again.refusals, again.faults) == ((), ())
    assert [row.cells for row in rows_of(again)] == [CELLS[n] for n in (1, 3, 0, 2, 4)]


def test_a_large_upload_gives_the_wrong_rows_only(tmp_path: Path) -> None:
    path = tmp_path / "rows_to_repair.csv"
    write_repair(a_table(tmp_path), bytes([0, 1, 0, 0, 1]), None, contract(), path, most=4)
    again = read(tmp_path, {path.name: path.read_bytes()})
    assert [row.cells for row in rows_of(again)] == [CELLS[1], CELLS[4]]


def test_rows_that_could_not_be_typed_come_first_as_they_were_written(tmp_path: Path) -> None:
    spool = tmp_path / "unread.parquet"
    pq.write_table(
        pa.table({n: [v] for n, v in zip(NAMES, ("q", "a", "2024", "1,000 USD"), strict=True)}), spool
    )
    path = tmp_path / "rows_to_repair.csv"
    write_repair(a_table(tmp_path), bytes(5), Table(spool, 1), contract(), path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[:2] == [",".join(NAMES), 'q,a,2024,"1,000 USD"']


def test_rows_stay_aligned_across_the_batches_of_a_long_table(tmp_path: Path) -> None:
    cells = tuple((f"q{n}", "a", n, None) for n in range(25_000))
    wrong = bytearray(25_000)
    wrong[9_999] = wrong[10_000] = wrong[24_999] = 1
    path = tmp_path / "rows_to_repair.csv"
    write_repair(a_table(tmp_path, cells), bytes(wrong), None, contract(), path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 25_001
    assert lines[1:5] == ["q9999,a,9999,", "q10000,a,10000,", "q24999,a,24999,", "q0,a,0,"]
