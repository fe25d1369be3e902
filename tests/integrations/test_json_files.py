"""JSON Lines and JSON lists: read exactly, with true lines, on any bytes."""

import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_reading import NAMES, PLAIN, WITH_CONTEXT, A, B, Read, read

from pipelines.core.errors import UnreadableFile
from pipelines.core.rows import Batch
from pipelines.integrations.archives import TextFile
from pipelines.integrations.json_text import NotARow, parsed
from pipelines.integrations.jsonl_reader import read_jsonl
from pipelines.integrations.limits import Allowance, Limits, Metered

values = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
objects = st.lists(st.dictionaries(st.sampled_from(NAMES), values), min_size=1, max_size=8)
steps = st.sampled_from((1, 2, 7, 64, 1 << 20))
encodings = st.sampled_from(("utf-8", "utf-8-sig", "utf-16"))
line_ends = st.sampled_from(("\n", "\r\n", "\r"))


def cells(row: dict[str, object]) -> tuple[object, ...]:
    return tuple(row.get(name) for name in NAMES)


@given(objects, st.booleans(), encodings, line_ends, steps)
def test_json_lines_are_read_back_as_they_were_written(
    rows: list[dict[str, object]], escaped: bool, encoding: str, end: str, step: int
) -> None:
    lines = [json.dumps(row, ensure_ascii=escaped) for row in rows]
    found = read(".jsonl", end.join(lines).encode(encoding), step=step)
    assert found == Read(list(enumerate(map(cells, rows), 1)), [], [])


@given(objects, st.sampled_from((None, 0, 2, "\t")), st.booleans(), encodings, line_ends, steps)
def test_a_json_list_is_read_back_with_the_line_of_each_object(
    rows: list[dict[str, object]], indent: int | str | None, escaped: bool, encoding: str, end: str, step: int
) -> None:
    text = json.dumps(rows, indent=indent, ensure_ascii=escaped).replace("\n", end)
    found = read(".json", text.encode(encoding), step=step)
    sizes = [len(json.dumps([row], indent=indent).splitlines()) - 2 for row in rows]
    lines = [1] * len(rows) if indent is None else [2 + sum(sizes[:n]) for n in range(len(rows))]
    assert found == Read(list(zip(lines, map(cells, rows), strict=True)), [], [])


# Whatever could make a fast parser answer otherwise than an exact one.
odd = st.sampled_from(
    [
        *(
            "NaN",
            "-Infinity",
            "1e400",
            "1e300",
            "-0",
            "-0.0",
            "1E5",
            "0.1e1",
            "01",
            "1.",
            "tru",
            "null",
            "[1]",
        ),
        *(
            '"\\ud800"',
            '"\\ud83d\\ude00"',
            '"\\u0022"',
            '"\\"a\\":"',
            '"\\\\"',
            '"\\/"',
            '"\u2028"',
            '"a',
            '"\t"',
        ),
        *('{"a": 1, "a": 2}', '{"a": 1}', "[[]]", '""', '": "', '" :"', '"\\u0000"', '"}, {"', "'a'"),
        *(
            str(2**63 - 1),
            str(2**63),
            str(2**64),
            str(-(2**63) - 1),
            "9" * 25,
            "9" * 5_000,
            "[" * 70,
            "[]" * 40,
        ),
    ]
)
literals = odd | values.map(json.dumps)
keys = st.sampled_from([*(json.dumps(name) for name in NAMES), '"ye\\u0061r"', '"other"', '"\\""', "year"])
spaces = st.sampled_from(["", " ", "\t", "  "])


@st.composite
def crooked(draw: st.DrawFn) -> str:
    """A line that may be an object: keys twice, odd values, odd blanks."""
    pairs = draw(st.lists(st.tuples(keys, spaces, spaces, literals), max_size=4))
    body = ",".join(f"{after}{key}{before}:{after}{value}" for key, before, after, value in pairs)
    return (
        draw(spaces) + "{" + body + draw(st.sampled_from(["}"] * 8 + ["", "},", "} x", "}{}"])) + draw(spaces)
    )


@given(st.lists(crooked() | st.just('{"year": 1}') | st.just(" \u00a0 "), max_size=4))
def test_the_fast_parser_never_answers_otherwise_than_the_exact_one(lines: list[str]) -> None:
    found = read(".jsonl", "".join(line + "\n" for line in ['{"year": 1}', *lines]).encode())
    rows, faults = [], []
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        try:
            row = parsed(line)
        except NotARow as error:
            faults.append((number, error.code, error.problem))
            continue
        if row.keys() <= set(NAMES):
            rows.append((number, cells(row)))
        else:
            faults.append((number, "unknown_key", ""))
    assert repr(found.rows[1:]) == repr(rows)
    told = [(f.line, f.code, f.problem if f.code == "json" else "") for f in found.faults]
    assert told == faults


@given(st.lists(crooked(), min_size=1, max_size=3))
def test_a_list_holds_what_the_same_objects_hold_as_lines(lines: list[str]) -> None:
    try:
        found = read(".json", ("[" + ",\n".join(lines) + "]").encode())
    except UnreadableFile:
        return
    as_lines = read(".jsonl", "".join(line + "\n" for line in lines).encode())
    assert repr(found.rows) == repr(as_lines.rows)
    assert found.places() == as_lines.places()


shards = st.lists(
    st.sampled_from(
        [b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"\n", b"\r", b" ", b"1", b"\xff", b"\0", A]
    )
    | st.binary(max_size=3)
    | st.sampled_from(
        [b'"messages"', b'"role"', b'"content"', b'"user"', b'"question"', b"\xef\xbb\xbf", b"\xff\xfe"]
    )
).map(b"".join)


@given(st.sampled_from((".json", ".jsonl")), shards | st.binary(), steps)
def test_any_bytes_end_as_rows_faults_or_a_refusal(ending: str, data: bytes, step: int) -> None:
    try:
        read(ending, data, WITH_CONTEXT, step=step, limits=Limits(line=50))
    except UnreadableFile as error:
        assert error.line is None or 1 <= error.line <= 1 + data.count(b"\n") + data.count(b"\r")


FAULTY: dict[str, tuple[bytes, str]] = {
    "a number": (b"1", "json"),
    "a list": (b'["question"]', "json"),
    "a key twice": (b'{"question": "a", "question": "b"}', "json"),
    "a key twice, written differently": (b'{"year": 1, "ye\\u0061r": 2}', "json"),
    "a key twice inside": (b'{"question": {"a": 1, "a": 1}}', "json"),
    "not a number": (b'{"year": NaN}', "json"),
    "a number of 5,000 digits": (b'{"year": ' + b"1" * 5_000 + b"}", "json"),
    "an unknown key": (b'{"Question": "a"}', "unknown_key"),
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_wrong_row_is_told_with_its_line_and_the_others_are_read(case: str) -> None:
    text, code = FAULTY[case]
    lines = read(".jsonl", b"\n".join((A, text, B)))
    listed = read(".json", b"[" + b",\n".join((A, text, B)) + b"]")
    assert lines.places() == listed.places() == [(2, code)]
    assert lines.rows == listed.rows == [(1, ("a", None, None)), (3, ("b", None, None))]


def test_a_line_that_is_nested_too_deeply_is_told() -> None:
    deep = b'{"question": ' + b"[" * 70 + b"]" * 70 + b"}"
    assert read(".jsonl", b"\n".join((deep, A, deep))).places() == [(1, "json"), (3, "json")]


def test_large_numbers_stay_whole() -> None:
    found = read(".jsonl", b'{"year": 123456789012345678901234567890}\n{"year": -9223372036854775809}')
    assert [row[2] for _, row in found.rows] == [123456789012345678901234567890, -9223372036854775809]
    assert math.isinf(read(".jsonl", b'{"year": 1e400}').rows[0][1][2])  # type: ignore[arg-type]


def test_many_rows_come_in_batches_with_their_lines() -> None:
    allowance = Allowance(Limits())
    data = b"".join(
        b'{"year": %d}\n\n' % n if n % 7_000 == 0 else b'{"year": %d}\n' % n for n in range(50_000)
    )
    file = TextFile("a.jsonl", ".jsonl", Metered(io.BytesIO(data), allowance))
    batches = [r for r in read_jsonl(file, PLAIN, allowance, []) if isinstance(r, Batch)]
    assert max(len(batch.lines) for batch in batches) <= 20_000
    rows = [pair for batch in batches for pair in zip(batch.lines, batch.columns[2], strict=True)]
    assert rows == [(n + 1 + -(-n // 7_000), n) for n in range(50_000)]
