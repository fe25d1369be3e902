"""A batch in its columns' types, a column at a time: the fast lane of what `core.rows` defines."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.contract import Column, ColumnType

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
}
# Within these bounds a text is certain to be a number for Arrow and for `core.rows` alike.
_INTEGER = r"^-?[0-9]{1,18}$"
_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_LONGEST_NUMBER = 300
_LARGEST = 2**63 - 1
_EXACT = 2**53
_HUGE = 1e300
_NOT_ARROW = (pa.ArrowException, ValueError, TypeError, OverflowError)


class _Unusual(ValueError):
    """A column that has to be looked at value by value."""


def typed_columns(
    values: Sequence[Sequence[object]], columns: Sequence[Column], longest: int
) -> list[pa.Array] | None:
    """The columns as Arrow arrays; None where any value is unusual or longer than `longest` characters."""
    try:
        return [_typed(held, column.type, longest) for held, column in zip(values, columns, strict=True)]
    except _NOT_ARROW:
        return None


def _typed(values: Sequence[object], kind: ColumnType, longest: int) -> pa.Array:
    array = values if isinstance(values, pa.Array) else _inferred(values)
    if pa.types.is_null(array.type):
        return array.cast(ARROW_TYPES[kind])
    if pa.types.is_string(array.type):
        return _from_texts(array, kind, longest)
    if pa.types.is_integer(array.type):
        return _from_integers(array, kind)
    if pa.types.is_floating(array.type):
        return _from_floats(array, kind)
    raise _Unusual


def _inferred(values: Sequence[object]) -> pa.Array:
    # Arrow takes True for 1 among numbers.
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= {str} or kinds <= {int, float}:
        return pa.array(values)
    raise _Unusual


def _from_texts(texts: pa.Array, kind: ColumnType, longest: int) -> pa.Array:
    lengths = pc.binary_length(texts)
    bounds = pc.min_max(lengths)
    least, most = bounds["min"].as_py(), bounds["max"].as_py()
    if least is None:
        return texts.cast(ARROW_TYPES[kind])
    if most > (longest if kind == "string" else min(longest, _LONGEST_NUMBER)):
        raise _Unusual
    if least == 0:
        texts = pc.if_else(pc.equal(lengths, 0), pa.scalar(None, pa.string()), texts)
    if kind == "string":
        # No other character of UTF-8 holds a zero byte.
        if b"\0" in bytes(texts.buffers()[2] or b""):
            raise _Unusual
        return texts
    if pc.all(pc.match_substring_regex(texts, _INTEGER if kind == "integer" else _NUMBER)).as_py() is False:
        raise _Unusual
    numbers = texts.cast(ARROW_TYPES[kind])
    return numbers if kind == "integer" else _finite(numbers)


def _from_integers(numbers: pa.Array, kind: ColumnType) -> pa.Array:
    least = pc.min(numbers).as_py()
    if kind == "number":
        return pc.cast(numbers, pa.float64(), safe=False)
    if least is not None and least < -_LARGEST:
        raise _Unusual
    return numbers.cast(ARROW_TYPES[kind])


def _from_floats(numbers: pa.Array, kind: ColumnType) -> pa.Array:
    numbers = numbers.cast(pa.float64())
    largest = pc.max(pc.abs(numbers)).as_py()
    if kind == "string" or (largest is not None and largest > (_EXACT if kind == "integer" else _HUGE)):
        raise _Unusual
    return _finite(numbers).cast(ARROW_TYPES[kind])


def _finite(numbers: pa.Array) -> pa.Array:
    if pc.all(pc.is_finite(numbers)).as_py() is False:
        raise _Unusual
    # Adding zero turns -0.0 into 0.0.
    return pc.add(numbers, 0.0)
