"""The canonical table gives back the rows with their places, and depends on nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from upload_samples import CELLS, COLUMNS, NAMES, contract, parquet

from pipelines.core.errors import DataError
from pipelines.core.rows import Row, row_hash
from pipelines.integrations.canonical_table import read_table, write_table

ROWS = (Row("b.csv", 2, CELLS[0]), Row("a.csv", 9, CELLS[1]), Row("a.csv", 3, ("é\u2028", None, -1, 0.1)))


def test_rows_come_back_by_file_and_line_as_they_were(tmp_path: Path) -> None:
    write_table(ROWS, contract(), tmp_path / "t")
    back = read_table(tmp_path / "t")
    assert [(row["_file"], row["_line"]) for row in back] == [("a.csv", 3), ("a.csv", 9), ("b.csv", 2)]
    assert [tuple(row[name] for name in NAMES) for row in back] == [
        ROWS[2].cells,
        ROWS[1].cells,
        ROWS[0].cells,
    ]
    assert back[2]["_row"] == row_hash(CELLS[0], COLUMNS)
    assert [type(back[2][name]) for name in NAMES] == [str, str, int, float]


def test_the_bytes_depend_on_the_rows_alone(tmp_path: Path) -> None:
    write_table(ROWS, contract(), tmp_path / "1")
    write_table(ROWS[::-1], contract(), tmp_path / "2")
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    write_table((), contract(), tmp_path / "t")
    assert read_table(tmp_path / "t") == ()


@pytest.mark.parametrize(
    "data",
    [b"", b"PAR1 no table PAR1", parquet({"question": ["q"]})],
    ids=["empty", "no table", "other columns"],
)
def test_another_file_is_no_table(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(data)
    with pytest.raises(DataError, match="a canonical table"):
        read_table(tmp_path / "t")
