"""JSON files that cannot be trusted as a whole: each with its code and its line."""

import json

import pytest
from json_reading import A, B, read, refusal

from pipelines.integrations.limits import Limits

REFUSED: dict[str, tuple[str, bytes, str, int | None]] = {
    "empty list": (".json", b"[ \n ]\n", "empty", None),
    "nothing": (".json", b"", "empty", None),
    "only blanks": (".json", b" \r\n", "empty", None),
    "one object": (".json", b'\n{"data": [' + A + b"]}", "format", 2),
    "JSON Lines called json": (".json", A + b"\n" + B + b"\n", "format", 1),
    "a text": (".json", b'"question"', "format", 1),
    "CSV called json": (".json", b"question,answer\n", "format", 1),
    "comma before the end": (".json", b"[\n" + A + b",\n]", "json_syntax", 3),
    "comma at the start": (".json", b"[,\n" + A + b"]", "json_syntax", 1),
    "two commas": (".json", b"[" + A + b",\n," + B + b"]", "json_syntax", 2),
    "no comma": (".json", b"[" + A + b"\n" + B + b"]", "json_syntax", 2),
    "wrong bracket at the end": (".json", b"[" + A + b"\n}", "json_syntax", 2),
    "comma in an object": (".json", b"[" + A + b',\n{"question": "b",\n}]', "json_syntax", 3),
    "wrong bracket in an object": (".json", b'[{"question": [1}}\n]', "json_syntax", 1),
    "quote never closed": (".json", b'[{"question": "a},\n' + B + b"]", "truncated", 1),
    "quotes that swallow a row": (
        ".json",
        b'[{"question": "a},\n{"question": "b},\n' + B + b"]",
        "json_syntax",
        1,
    ),
    "something worse behind a key twice": (
        ".json",
        b'[\n{"a": NaN, "a": %s, "question": "a},\n{"question": "b"},\n{"question": b"}]' % (b"1" * 5_000),
        "json_syntax",
        2,
    ),
    "nested too deeply": (".json", b'[{"question":\n' + b"[" * 70 + b"]" * 70 + b"}]", "json_syntax", 2),
    "comment": (".json", b"[\n// first\n" + A + b"]", "json_syntax", 2),
    "two lists": (".json", b"[" + A + b"]\n[" + B + b"]", "json_syntax", 2),
    "text behind the list": (".json", b"[" + A + b"]\r\n\r\nend", "json_syntax", 3),
    "bracket behind an empty list": (".json", b"[]]", "json_syntax", 1),
    "no end": (".json", b"[" + A, "truncated", 1),
    "cut off behind a comma": (".json", b"[" + A + b",\n", "truncated", 2),
    "cut off in an object": (".json", b"[" + A + b',\n{"question":', "truncated", 2),
    "cut off in a text": (".json", b"[" + A + b',\r{"question": "b\\', "truncated", 2),
    "only a bracket": (".json", b"[", "truncated", 1),
    "nested without end": (".json", b"[" * 100_000, "truncated", 1),
    "Latin-1": (".json", b"[" + A + b',\n{"question": "caf\xe9"}]', "encoding", 2),
    "UTF-16 without its mark": (".json", "[{}]".encode("utf-16-le"), "encoding", 1),
    "list called jsonl": (".jsonl", b"\n[\n" + A + b"\n]", "format", 2),
    "list on one line called jsonl": (".jsonl", b"[" + A + b"]", "format", 1),
    "objects over several lines": (".jsonl", b'{\n"question": "a"\n}\n', "format", 1),
    "line cut off": (".jsonl", A + b'\n{"question": "b', "truncated", 2),
    "line cut off behind a bracket": (".jsonl", A + b'\n{"question": {"a": 1}', "truncated", 2),
    "line cut off behind a bracket in a text": (".jsonl", A + b'\n{"question": "{b}', "truncated", 2),
    "line cut off in a word": (".jsonl", A + b'\n{"question": tru', "truncated", 2),
    "blank lines": (".jsonl", b"\n \n\xc2\xa0\n", "empty", None),
}


@pytest.mark.parametrize("step", [1, 1 << 20])
@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_not_what_it_says_is_refused_where_it_shows(case: str, step: int) -> None:
    ending, data, code, line = REFUSED[case]
    assert refusal(ending, data, step=step) == (code, line)


@pytest.mark.parametrize(
    "data",
    [
        b'[{"question": "' + b"a" * 300 + b'"}]',
        b"[" + A + b", " + b"[" * 300,
        b'[{"question": "' + b"a" * 300,
        b"[" + b"1" * 300 + b"]",
    ],
)
def test_an_endless_object_is_refused_before_it_is_held(data: bytes) -> None:
    small = Limits(line=200)
    assert refusal(".json", data, limits=small, step=50) == ("line_too_long", 1)
    assert refusal(".json", b"\n" + data, limits=small) == ("line_too_long", 2)


def test_a_limit_counts_characters_and_not_bytes() -> None:
    row = {"question": "\N{EURO SIGN}" * 180}
    assert read(".json", json.dumps([row], ensure_ascii=False).encode(), limits=Limits(line=200)).rows
    assert read(".jsonl", json.dumps(row, ensure_ascii=False).encode(), limits=Limits(line=200)).rows
