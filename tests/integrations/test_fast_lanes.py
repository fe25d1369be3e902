"""The fast lanes of the readers say what the strict ones say, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from upload_samples import HEADER, faults_of, parquet, read, rows_of, sample_parquet

from pipelines.core.contract import Column, ColumnType
from pipelines.core.rows import RawRow, Row, is_blank, typed_row
from pipelines.integrations.csv_records import parse
from pipelines.integrations.fast_csv import split_fast
from pipelines.integrations.limits import Limits
from pipelines.integrations.typed_batch import typed_columns

TEXT = st.lists(
    st.sampled_from(
        ["a", "é", '"', '"', ",", ",", "\n", "\n", "\r", "\r\n", " ", "\ufeff", "\0", "\u2028", '""']
    ),
    max_size=40,
).map("".join)
QUOTED = st.lists(st.sampled_from(['"a"', "b", '""', '"x\ny"', '"p\r\nq"', '"r\rs"', '"u""v"', '"t,"', '"']))
CELL = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.sampled_from(
        ["", "1", "-7", "+7", " 7", "1.5", ".5", "5.", "1e3", "1e400", "nan", "inf", "0x1F", "1_0"]
    ),
    st.sampled_from(
        ["-0", "007", "9" * 18, "9" * 19, "-9223372036854775808", "1" * 301, "\u0661", "a\0", "x" * 9]
    ),
    st.integers(),
    st.sampled_from([2**53 + 1, 2**63, -(2**63), 10**400, True, False, b"x", [1], {}]),
    st.floats(),
    st.sampled_from([-0.0, 2.0**53, 2.0**54, 1e301]),
)
MANY = settings(max_examples=300, deadline=None)


@MANY
@given(TEXT, st.integers(1, 3))
@example('a,"b\n', 2)
@example('a,"b""c"\nd,"e\n', 2)
@example('a,""b\n', 2)
@example("\ufeffa,b\n", 2)
def test_arrow_splits_text_as_the_strict_reader_does(text: str, width: int) -> None:
    _same_records(text, width)


@MANY
@given(st.lists(QUOTED, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
def test_arrow_splits_quoted_cells_as_the_strict_reader_does(rows: list[list[str]], end: str) -> None:
    _same_records("".join(",".join(row) + end for row in rows), 2)


def _same_records(text: str, width: int) -> None:
    fast = split_fast(text, 10, ",", width)
    if fast is None:
        return
    strict = parse(text[: len(text) - len(fast.rest)], 10, ",", Limits())
    assert (strict.fault, strict.rest, strict.next) == (None, "", fast.next)
    columns = [column.to_pylist() for column in fast.columns]
    found = [(line, list(cells)) for line, *cells in zip(fast.lines, *columns, strict=True) if any(cells)]
    assert found == [
        (n, fields) for n, fields in zip(strict.lines, strict.records, strict=True) if any(fields)
    ]
    if fast.rest:
        rest = parse(fast.rest, fast.next, ",", Limits())
        assert not rest.records
        assert rest.rest == fast.rest


@MANY
@given(st.sampled_from(get_args(ColumnType)), st.lists(CELL, max_size=4))
def test_columns_are_typed_as_single_values_are(kind: ColumnType, values: list[object]) -> None:
    column = Column(name="c", type=kind)
    arrays = typed_columns([values], [column], 8)
    if arrays is None:
        return
    rows = [typed_row("a.csv", RawRow(1, (value,)), [column]) for value in values]
    assert all(isinstance(row, Row) for row in rows)
    assert [repr(cell) for cell in arrays[0].to_pylist()] == [
        repr(row.cells[0]) for row in rows if isinstance(row, Row)
    ]
    assert not any(isinstance(value, str) and len(value) > 8 for value in values)


def test_plain_columns_take_the_fast_lane() -> None:
    columns = [Column(name=kind, type=kind) for kind in get_args(ColumnType)]
    assert typed_columns([["a", ""], ["1.5", "-2"], ["7", None]], columns, 8) is not None
    assert split_fast('a,"b ""c""\nd"\ne,f\n', 1, ",", 2) is not None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(*[st.sampled_from(["", "a", "7", "1.5", " 7", "x\0", '"b\nc"'])] * 4), max_size=8),
    st.booleans(),
)
def test_a_long_file_says_of_its_rows_what_a_short_one_says(
    tmp_path: Path, rows: list[tuple[str, ...]], many: bool
) -> None:
    lines = [",".join(row) + "\n" for row in rows]
    one = [read(tmp_path, {"a.csv": (HEADER + line).encode()}) for line in lines]
    together = read(tmp_path, {"a.csv": (HEADER + "".join(lines) * (40 if many else 1)).encode()})
    expected = [(f.column, f.code) for reading in one for f in faults_of(reading)]
    assert sorted(map(str, expected * (40 if many else 1))) == sorted(
        str((f.column, f.code)) for f in faults_of(together)
    )
    assert together.unread == sum(reading.unread for reading in one) * (40 if many else 1)


def test_a_text_repeated_in_every_row_of_a_dictionary_is_counted_as_often(tmp_path: Path) -> None:
    data = parquet(
        {
            "question": ["x" * 1_000] * 100_000,
            "answer": ["a"] * 100_000,
            "year": [1] * 100_000,
            "amount": [1] * 100_000,
        }
    )
    assert len(data) < 200_000
    assert [r.code for r in read(tmp_path, {"a.parquet": data}, Limits(unpacked=50_000_000)).refusals] == [
        "too_big"
    ]
    reading = read(tmp_path, {"a.parquet": data})
    assert reading.table is not None
    assert reading.table.rows == 100_000


def test_the_spool_holds_the_contracts_columns_the_file_and_the_line(tmp_path: Path) -> None:
    reading = read(tmp_path, {"x/a.parquet": sample_parquet()})
    assert [(row.file, row.line, row.cells[0]) for row in rows_of(reading)] == [
        ("x/a.parquet", 1, "q1"),
        ("x/a.parquet", 2, "q2"),
    ]


def test_blank_rows_count_for_nothing(tmp_path: Path) -> None:
    assert is_blank(("", None))
    data = (HEADER + "q,a,1,1\n,,,\n\nq,a,2,x\n").encode()
    reading = read(tmp_path, {"a.csv": data}, Limits(rows=2))
    assert (len(rows_of(reading)), reading.unread, reading.refusals) == (1, 1, ())
