"""JSON Lines: one object a line, every key known and there once, every value of its column's type."""

from __future__ import annotations

from corpus.case import CELL, LIMITS, Case, faulty, refused, taken
from upload_samples import CSV, contract, personal

ROW = b'{"question": "q1", "answer": "a1", "year": 2024, "amount": 1.5}\n'
WRONG = (2, None, "json")


def lines(data: bytes, name: str = "a.jsonl") -> dict[str, bytes]:
    return {name: data}


def _bad(name: str, line: bytes, code: str = "json") -> Case:
    """A line between two good ones that is no row."""
    return faulty(name, lines(ROW + line + b"\n" + ROW), (2, None, code), rows=2)


def _value(name: str, column: str, value: bytes, code: str = "type") -> Case:
    """A value between two good rows that its column cannot hold."""
    row = b'{"%s": %s}\n' % (column.encode(), value)
    return faulty(name, lines(ROW + row + ROW), (2, column, code), rows=2)


def _holds(name: str, column: str, value: bytes, cell: object) -> Case:
    names = ("question", "answer", "year", "amount")
    cells = tuple(cell if n == column else None for n in names)
    return taken(
        name,
        lines(ROW + b'{"%s": %s}\n' % (column.encode(), value)),
        [CELL, cells] if cell is not None else [CELL],
    )


CASES = (
    taken("rows", lines(ROW * 3), [CELL] * 3),
    taken("rows by another ending", lines(ROW, "a.ndjson")),
    taken("no line end behind the last row", lines(ROW + ROW[:-1]), [CELL] * 2),
    taken("blank lines", lines(b"\n \n\t\n" + ROW + b"\n" + ROW + b"\n"), [CELL] * 2),
    taken("blanks around objects", lines(b"  " + ROW[:-1] + b" \t\n")),
    taken(
        "keys in another order", lines(b'{"amount": 1.5, "year": 2024, "answer": "a1", "question": "q1"}\n')
    ),
    taken("escaped letters in keys", lines(ROW.replace(b"question", b"\\u0071uestion"))),
    taken("keys that are left out", lines(b'{"question": "q"}\n'), [("q", None, None, None)]),
    taken("nothing by name", lines(ROW.replace(b"1.5", b"null")), [("q1", "a1", 2024, None)]),
    taken("empty objects", lines(b"{}\n" + ROW + b'{"question": null}\n')),
    taken(
        "escaped line ends in a text", lines(ROW.replace(b"a1", b"a\\r\\nb")), [("q1", "a\r\nb", 2024, 1.5)]
    ),
    _holds("an escaped pair", "question", b'"\\ud83d\\ude00"', "😀"),
    _holds("a whole number written with a point", "year", b"2024.0", 2024),
    _holds("a whole number in scientific form", "year", b"2.024e3", 2024),
    _holds("a number as text", "year", b'"2024"', 2024),
    _holds("a number in a text column", "question", b"42", "42"),
    _holds("nothing below zero", "amount", b"-0.0", 0.0),
    _holds("the largest whole number", "year", b"9223372036854775807", 2**63 - 1),
    _holds("an empty text", "question", b'""', None),
    _bad("a comma behind the last pair", b'{"question": "q",}'),
    _bad("a comma behind the object", b'{"question": "q"},'),
    _bad("a comment behind the object", b'{"question": "q"} // why'),
    _bad("a comment inside", b'{/* why */ "question": "q"}'),
    _bad("only a comment", b"# rows of 2024"),
    _bad("single quotes", b"{'question': 'q'}"),
    _bad("a key without quotes", b'{question: "q"}'),
    _bad("words of Python", b'{"question": None}'),
    _bad("a quote that is not closed", b'{"question": "q}'),
    _bad("an object that is not closed", b'{"question": "q"'),
    _bad("two objects in a line", b'{"question": "q"}{"question": "r"}'),
    _bad("a key twice", b'{"question": "q", "question": "r"}'),
    _bad("a key twice, once escaped", b'{"question": "q", "\\u0071uestion": "r"}'),
    _bad("a key twice inside a value", b'{"question": {"a": 1, "a": 2}}'),
    _bad("NaN", b'{"amount": NaN}'),
    _bad("Infinity", b'{"amount": -Infinity}'),
    _bad("a leading zero", b'{"year": 02024}'),
    _bad("a leading plus", b'{"year": +5}'),
    _bad("a number of programs", b'{"year": 0x10}'),
    _bad("a number without its start", b'{"amount": .5}'),
    _bad("a number of five thousand digits", b'{"year": ' + b"1" * 5000 + b"}"),
    _bad("an unknown escape", b'{"question": "\\x41"}'),
    _bad("a tab inside a text", b'{"question": "a\tb"}'),
    _bad("a NUL inside a text", b'{"question": "a\0b"}'),
    _bad("a NUL between", b'{"question":\0 "a"}'),
    _bad("a list", b'["q", "a", 2024, 1.5]'),
    _bad("a text", b'"question"'),
    _bad("a number", b"42"),
    _bad("nothing by name as a row", b"null"),
    _bad("a flag as a row", b"true"),
    _bad("words", b"Error: connection reset"),
    _bad("a row of a csv", b"q1,a1,2024,1.5"),
    _bad("a thousand lists in lists", b'{"question": ' + b"[" * 1000 + b"]" * 1000 + b"}"),
    _bad("two hundred thousand lists in lists", b'{"question": ' + b"[" * 200_000 + b"}"),
    _bad("half a million objects in objects", b'{"question": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001),
    _bad("an unknown key", b'{"question": "q", "note": "n"}', "unknown_key"),
    _bad("a key in another case", b'{"Question": "q"}', "unknown_key"),
    _bad("a key with a blank", b'{"question ": "q"}', "unknown_key"),
    _bad("a key of nothing", b'{"": "q"}', "unknown_key"),
    _bad("half a character in a key", b'{"\\udc00": 1}', "unknown_key"),
    _bad("a key of the reader's own", b'{"question": "q", "_line": 7}', "unknown_key"),
    _bad("a key that means something in other languages", b'{"__proto__": {"x": 1}}', "unknown_key"),
    _value("an object as a text", "question", b'{"a": 1}'),
    _value("a list as a text", "answer", b'["a"]'),
    _value("a flag as a text", "answer", b"true"),
    _value("a fraction as a text", "answer", b"1.5"),
    _value("a flag as a year", "year", b"true"),
    _value("a fraction as a year", "year", b"2024.5"),
    _value("a year beyond 64 bits", "year", b"9223372036854775808"),
    _value("a year of twenty digits", "year", b"-99999999999999999999"),
    _value("a year too large for its point", "year", b"1e30"),
    _value("a number beyond all", "amount", b"1e999"),
    _value("a number of four hundred digits", "amount", b"1" * 400),
    _value("words as a number", "amount", b'"a lot"'),
    _value("a flag as a number", "amount", b"false"),
    _value("an escaped NUL", "question", b'"a\\u0000"', "characters"),
    _value("half a character", "question", b'"\\ud800"', "characters"),
    _value("the other half of a character", "answer", b'"\\udc00a"', "characters"),
    _value("a pair in the wrong order", "answer", b'"\\ude00\\ud83d"', "characters"),
    faulty("faults below blank lines", lines(b"\n\n" + ROW + b"\n{]\n"), (5, None, "json"), rows=1),
    faulty("a header of a csv above the rows", lines(b"question,answer\n" + ROW), (1, None, "json"), rows=1),
    faulty(
        "two wrong values",
        lines(b'{"year": "x", "amount": "y"}\n'),
        (1, "year", "type"),
        (1, "amount", "type"),
    ),
    faulty(
        "unknown keys that are not repeated",
        lines(b'{"Jane Doe": 1}\n'),
        (1, None, "unknown_key"),
        of=contract(columns=personal("answer")),
    ),
    refused("cut off in a text", lines(ROW * 2 + b'{"question": "q'), "truncated", 3),
    refused("cut off in a key", lines(ROW + b'{"ques'), "truncated", 2),
    refused("cut off behind a brace", lines(ROW + b"{"), "truncated", 2),
    refused("nothing", lines(b""), "empty"),
    refused("only blank lines", lines(b"\n \n\t\n"), "empty"),
    refused("one object over many lines", lines(b'{\n  "question": "q"\n}\n'), "format", 1),
    faulty("a csv", lines(CSV), (1, None, "json"), (2, None, "json"), (3, None, "json")),
    refused(
        "a long line",
        lines(ROW + b'{"question": "' + b"a" * 5000 + b'"}\n'),
        "line_too_long",
        2,
        limits=LIMITS._replace(line=1000),
    ),
    refused(
        "a long text",
        lines(ROW + b'{"question": "' + b"a" * 5000 + b'"}\n'),
        "cell_too_long",
        2,
        limits=LIMITS._replace(cell=1000),
    ),
    refused("too many rows", lines(ROW * 6), "too_many_rows", 6, limits=LIMITS._replace(rows=5)),
)
