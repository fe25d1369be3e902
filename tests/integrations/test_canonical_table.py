"""The canonical table gives back the accepted rows with their places, and depends on nothing else."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import placed_table, table
from upload_samples import CELLS, COLUMNS, NAMES, contract, parquet

from pipelines.core.errors import DataError
from pipelines.core.findings import Kept, Place
from pipelines.core.rows import content_digest, row_hash
from pipelines.integrations.canonical_table import keep_rows, peek, read_table

ROWS = (CELLS[0], CELLS[1], ("é\u2028", None, -1, 0.1))
PLACES = (("b.csv", 2), ("a.csv", 9), ("a.csv", 3))


def kept(folder: Path, order: tuple[int, ...] = (0, 1, 2), out: bytes = b"\0\0\0") -> Kept:
    """The sample rows, spooled in this order, without those that `out` marks."""
    spool = placed_table(folder, COLUMNS, [ROWS[n] for n in order], [PLACES[n] for n in order])
    return keep_rows(spool, out, contract(), folder / f"kept-{spool.path.name}")


def test_rows_come_back_by_file_and_line_as_they_were(tmp_path: Path) -> None:
    back = read_table(kept(tmp_path).table.path)
    assert [(row["_file"], row["_line"]) for row in back] == sorted(PLACES)
    assert [tuple(row[name] for name in NAMES) for row in back] == [ROWS[2], ROWS[1], ROWS[0]]
    assert [type(back[2][name]) for name in NAMES] == [str, str, int, float]


def test_rows_that_are_left_out_are_not_there(tmp_path: Path) -> None:
    found = kept(tmp_path, out=b"\0\1\0")
    assert found.table.rows == 2
    assert [row["_line"] for row in read_table(found.table.path)] == [3, 2]
    with pytest.raises(ValueError, match="2 marks for 3 rows"):
        kept(tmp_path, out=b"\0\0")


def test_the_bytes_and_the_content_depend_on_the_rows_alone(tmp_path: Path) -> None:
    one, *others = (kept(tmp_path, order=order) for order in ((2, 1, 0), (0, 1, 2), (2, 0, 1), (1, 2, 0)))
    for other in others:
        assert one.table.path.read_bytes() == other.table.path.read_bytes()
        assert one.content == other.content
    assert one.content != kept(tmp_path, out=b"\0\1\0").content


def test_two_rows_of_one_place_have_an_order_too(tmp_path: Path) -> None:
    tables = [placed_table(tmp_path, COLUMNS, rows, [("a.xlsx", 2)] * 2) for rows in (CELLS, CELLS[::-1])]
    written = [keep_rows(t, b"\0\0", contract(), tmp_path / t.path.stem).table.path for t in tables]
    assert written[0].read_bytes() == written[1].read_bytes()


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    found = keep_rows(table(tmp_path, COLUMNS, ()), b"", contract(), tmp_path / "kept")
    assert read_table(found.table.path) == ()
    assert found.content == content_digest(())


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
ROW = st.tuples(
    TEXTS | st.none(),
    TEXTS | st.none(),
    st.integers(-(2**63), 2**63 - 1) | st.none(),
    st.floats(allow_nan=False, allow_infinity=False) | st.none(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, max_size=20))
def test_hashes_are_those_that_the_core_defines(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | int | float | None, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("table")
    found = keep_rows(table(folder, COLUMNS, rows), bytes(len(rows)), contract(), folder / "kept")
    hashes = [row_hash(cells, COLUMNS) for cells in rows]
    assert [row["_row"] for row in read_table(found.table.path)] == hashes
    assert found.content == content_digest(hashes)


def test_large_tables_are_cut_into_groups_of_the_same_bytes(tmp_path: Path) -> None:
    cells = [(f"q{number % 977}", None, number, number / 7) for number in range(200_001)]
    spool = table(tmp_path, COLUMNS, cells, group=50_000)
    again = table(tmp_path, COLUMNS, cells, group=7_777)
    one = keep_rows(spool, bytes(len(cells)), contract(), tmp_path / "1")
    two = keep_rows(again, bytes(len(cells)), contract(), tmp_path / "2")
    assert one.table.path.read_bytes() == two.table.path.read_bytes()
    assert (one.table.rows, one.content) == (200_001, two.content)


def test_long_texts_make_small_groups(tmp_path: Path) -> None:
    cells = [("x" * 10_000, None, number, None) for number in range(9_000)]
    rows = table(tmp_path, COLUMNS, cells, group=1_000)
    found = keep_rows(rows, bytes(len(cells)), contract(), tmp_path / "kept")
    groups = pq.ParquetFile(found.table.path).metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [6_500, 2_500]


def test_single_rows_are_looked_up_with_their_place(tmp_path: Path) -> None:
    look = peek(placed_table(tmp_path, COLUMNS, ROWS, PLACES))
    assert look([2, 0, 2], "question") == [
        Place("a.csv", 3, "é\u2028"),
        Place("b.csv", 2, "q1"),
        Place("a.csv", 3, "é\u2028"),
    ]
    assert look([1], None) == [Place("a.csv", 9, None)]
    assert look([], "year") == []


@pytest.mark.parametrize(
    "data",
    [b"", b"PAR1 no table PAR1", parquet({"question": ["q"]})],
    ids=["empty", "no table", "other columns"],
)
def test_another_file_is_no_table(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(data)
    with pytest.raises(DataError, match="a canonical table"):
        read_table(tmp_path / "t")
