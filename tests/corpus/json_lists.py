"""A JSON list in a .json file: each object is a row, and its line is the one on which it starts."""

from __future__ import annotations

import codecs

from corpus.case import CELL, LIMITS, Case, faulty, refused, taken
from upload_samples import CSV, JSONL, gzipped, zipped

ROW = b'{"question": "q1", "answer": "a1", "year": 2024, "amount": 1.5}'
TALL = b'{\n  "question": "q1",\n  "answer": "a1",\n  "year": 2024,\n  "amount": 1.5\n}'


def listed(*rows: bytes, between: bytes = b",\n") -> dict[str, bytes]:
    """A list that starts on line 1, each row on a line of its own from line 2."""
    return {"a.json": b"[\n" + between.join(rows) + b"\n]\n"}


def whole(data: bytes) -> dict[str, bytes]:
    return {"a.json": data}


def _bad(name: str, row: bytes, code: str = "json") -> Case:
    """Between two good rows one that is no row, in a list that is well formed."""
    return faulty(name, listed(ROW, row, ROW), (3, None, code), rows=2)


def _broken(name: str, row: bytes, code: str = "json_syntax") -> Case:
    """Behind a good row something after which nobody knows where a row begins."""
    return refused(name, listed(ROW, row, ROW), code, 3)


CASES = (
    taken("rows", listed(ROW, ROW), [CELL] * 2),
    taken("rows in one line", whole(b"[" + ROW + b"," + ROW + b"]"), [CELL] * 2),
    taken("rows over many lines", listed(TALL, TALL), [CELL] * 2),
    refused("no rows", whole(b"[]\n"), "empty"),
    taken(
        "blanks around everything",
        whole(b" \n\t[ \n " + ROW + b" \n , \n" + ROW + b"\r\n ] \n\n"),
        [CELL] * 2,
    ),
    taken("a mark", whole(codecs.BOM_UTF8 + b"[" + ROW + b"]")),
    taken("UTF-16", whole(("[" + ROW.decode() + "]").encode("utf-16"))),
    taken("an upper-case ending", {"A.JSON": b"[" + ROW + b"]"}),
    taken("packed", {"a.json.gz": gzipped(b"[" + ROW + b"]")}),
    taken("in a zip", {"a.zip": zipped({"a.json": b"[" + ROW + b"]"})}),
    taken(
        "brackets and commas in texts",
        whole(b"[" + ROW.replace(b"a1", b'],[{\\"}') + b"]"),
        [("q1", '],[{"}', 2024, 1.5)],
    ),
    taken("keys that are left out", listed(b'{"question": "q"}'), [("q", None, None, None)]),
    taken("empty objects", listed(b"{}", ROW, b"{}")),
    _bad("an unknown key", b'{"note": 1}', "unknown_key"),
    _bad("a key twice", b'{"year": 1, "year": 2}'),
    _bad("NaN", b'{"amount": NaN}'),
    _bad("a list in the list", b'["q", "a"]'),
    _bad("a text in the list", b'"q"'),
    _bad("a number in the list", b"42"),
    _bad("nothing by name", b"null"),
    faulty("a wrong value", listed(ROW, b'{"year": "x"}'), (3, "year", "type"), rows=1),
    faulty(
        "a wrong value below tall rows", listed(TALL, b'{"year": "x"}', TALL), (8, "year", "type"), rows=2
    ),
    faulty(
        "a wrong value in a tall row is named where the row starts",
        listed(ROW, TALL.replace(b"2024", b'"x"')),
        (3, "year", "type"),
        rows=1,
    ),
    faulty("half a character", listed(b'{"answer": "\\ud800"}', ROW), (2, "answer", "characters"), rows=1),
    faulty(
        "a wrong value among three rows in a line",
        whole(b"[" + ROW + b',{"year": "x"},' + ROW + b"]"),
        (1, "year", "type"),
        rows=2,
    ),
    refused("cut off between rows", whole(b"[\n" + ROW + b",\n"), "truncated", 3),
    refused("cut off in a row", whole(b"[\n" + ROW + b',\n{"question": "q'), "truncated", 3),
    refused("cut off before its end", whole(b"[\n" + ROW + b"\n"), "truncated", 3),
    refused("only its first bracket", whole(b"["), "truncated", 1),
    refused("nothing", whole(b""), "empty"),
    refused("only blanks", whole(b" \n\t\n"), "empty"),
    refused("JSON Lines", whole(JSONL), "format", 1),
    refused("one object", whole(b'{"rows": [' + ROW + b"]}"), "format", 1),
    refused("a text", whole(b'"rows"'), "format", 1),
    refused("a csv", whole(CSV), "format", 1),
    refused("a wrong byte", whole(b"[\n" + ROW + b',\n{"question": "\xff"}]'), "encoding", 3),
    refused("too many rows", listed(*[ROW] * 6), "too_many_rows", 7, limits=LIMITS._replace(rows=5)),
    refused(
        "a long text",
        listed(ROW, b'{"question": "' + b"a" * 5000 + b'"}'),
        "cell_too_long",
        3,
        limits=LIMITS._replace(cell=1000),
    ),
    _broken("a comma too many", b""),
    _broken("single quotes", b"{'question': 'q'}"),
    _broken("a comment", b"// why"),
    _broken("a comma behind the last pair", b'{"question": "q",}'),
    refused("no comma between rows", whole(b"[\n" + ROW + b"\n" + ROW + b"]"), "json_syntax", 3),
    refused("a comma behind the last row", listed(ROW, b""), "json_syntax", 4),
    refused("a second list behind the first", whole(b"[" + ROW + b"]\n[" + ROW + b"]\n"), "json_syntax", 2),
    refused("text behind the list", whole(b"[" + ROW + b"]\n\nend\n"), "json_syntax", 3),
)
