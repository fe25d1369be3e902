"""Values become their column's type or do not fit, and rows are named by their content."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upload_samples import COLUMNS

from pipelines.core.rows import (
    Misfit,
    RawRow,
    Row,
    Unusable,
    content_digest,
    is_blank,
    row_hash,
    typed,
    typed_row,
)

FITS = [
    ("string", " a ", " a "),
    ("string", 7, "7"),
    ("string", "", None),
    ("string", None, None),
    ("integer", "007", 7),
    ("integer", "+7", 7),
    ("integer", 7.0, 7),
    ("integer", "-9223372036854775807", -9223372036854775807),
    ("number", "3", 3.0),
    ("number", 3, 3.0),
    ("number", " -.5", -0.5),
    ("number", "1e3", 1000.0),
    ("number", "", None),
]
MISFITS = [
    ("string", True),
    ("string", 1.5),
    ("string", "a\0"),
    ("string", "\ud800"),
    ("string", date(2024, 1, 1)),
    ("string", ["a"]),
    ("integer", "1.0"),
    ("integer", "9223372036854775808"),
    ("integer", 1.152921504606847e18),
    ("integer", False),
    ("number", "1,5"),
    ("number", "0x10"),
    ("number", "nan"),
    ("number", "inf"),
    ("number", math.inf),
    ("number", 10**400),
    ("number", True),
    ("number", Decimal("1.5")),
    ("number", Unusable("#N/A", "the cell shows an error", "Correct the formula.")),
]


@pytest.mark.parametrize(("kind", "value", "cell"), FITS)
def test_a_value_becomes_its_columns_type(kind: str, value: object, cell: object) -> None:
    assert typed(value, kind) == cell
    assert type(typed(value, kind)) is type(cell)


@pytest.mark.parametrize(("kind", "value"), MISFITS, ids=lambda value: repr(value)[:20])
def test_a_value_of_another_type_does_not_fit(kind: str, value: object) -> None:
    with pytest.raises(Misfit):
        typed(value, kind)


def test_every_wrong_cell_of_a_row_is_named() -> None:
    faults = typed_row("a.csv", RawRow(3, ("q", True, "x", "1")), COLUMNS)
    assert not isinstance(faults, Row)
    assert [(fault.file, fault.line, fault.column, fault.value) for fault in faults] == [
        ("a.csv", 3, "answer", True),
        ("a.csv", 3, "year", "x"),
    ]


def test_minus_zero_is_zero() -> None:
    assert math.copysign(1, typed("-0", "number") or 0.0) == 1
    assert math.copysign(1, typed(-0.0, "number") or 0.0) == 1


def test_a_row_hash_tells_columns_and_types_apart() -> None:
    two, other = COLUMNS[:2], COLUMNS[1::-1]
    hashes = {
        row_hash(("a", "b"), two),
        row_hash(("b", "a"), two),
        row_hash(("a", "b"), other),
        row_hash(("1", None), two),
        row_hash((1, None), two),
        row_hash((None, "1"), two),
    }
    assert len(hashes) == 6


def test_content_does_not_depend_on_order_but_on_copies() -> None:
    assert content_digest(["a", "b"]) == content_digest(["b", "a"])
    assert content_digest(["a", "a", "b"]) != content_digest(["a", "b"])


def test_a_row_of_nothing_is_blank() -> None:
    assert is_blank((None, ""))
    assert not is_blank((None, 0))


@given(
    st.sampled_from(["string", "number", "integer"]),
    st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.binary(), st.lists(st.integers())),
)
def test_no_value_crashes_a_type(kind: str, value: object) -> None:
    try:
        cell = typed(value, kind)
    except Misfit:
        return
    assert typed(cell, kind) == cell
    row_hash((cell,), COLUMNS[:1])
