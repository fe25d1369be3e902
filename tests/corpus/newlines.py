"""A line ends in LF, CRLF or CR, mixed as it may be, and in nothing else: what is named is what is seen."""

from __future__ import annotations

from corpus.case import CELL, LIMITS, ROW, Case, H, faulty, taken, whole_csv

FAULT = b"q,a,x,1\n"
ENDS = {"LF": b"\n", "CRLF": b"\r\n", "CR": b"\r"}
NO_ENDS = {
    "a line separator": "\u2028",
    "a paragraph separator": "\u2029",
    "a next-line mark": "\x85",
    "a vertical tab": "\x0b",
    "a form feed": "\x0c",
    "a file separator": "\x1c",
    "a group separator": "\x1d",
    "a record separator": "\x1e",
}


def ended(data: bytes, end: bytes) -> dict[str, bytes]:
    return whole_csv(data.replace(b"\n", end))


def _ends(name: str, end: bytes) -> tuple[Case, ...]:
    tall = b'q,"one\ntwo\n\n",1,1\n'
    shown = "one\ntwo\n\n".replace("\n", end.decode())
    return (
        taken(f"{name} ends", ended(H + ROW * 2, end), [CELL] * 2),
        taken(
            f"{name} ends but the last",
            whole_csv((H + ROW * 2).replace(b"\n", end).removesuffix(end)),
            [CELL] * 2,
        ),
        taken(f"blank lines with {name} ends", ended(b"\n" + H + b"\n\n" + ROW + b"\n", end)),
        taken(f"{name} in a cell", ended(H + tall, end), [("q", shown, 1, 1.0)]),
        faulty(f"a fault with {name} ends", ended(H + ROW * 3 + FAULT, end), (5, "year", "type"), rows=3),
        faulty(f"a fault below {name} in a cell", ended(H + tall + FAULT, end), (6, "year", "type"), rows=1),
        faulty(
            f"a fault below blank {name} lines",
            ended(b"\n\n" + H + b"\n\n" + FAULT, end),
            (6, "year", "type"),
        ),
    )


def _no_end(name: str, letter: str) -> tuple[Case, ...]:
    text = f"a{letter}b"
    row = f"q,{text},1,1\n".encode()
    json = b'{"question": "%s"}\n' % text.encode()
    return (
        taken(f"{name} ends no line", whole_csv(H + row), [("q", text, 1, 1.0)]),
        faulty(f"a fault below {name}", whole_csv(H + row + FAULT), (3, "year", "type"), rows=1),
        *(
            [
                faulty(
                    f"a fault below {name} in JSON",
                    {"a.jsonl": json + b'{"year": "x"}\n'},
                    (2, "year", "type"),
                    rows=1,
                )
            ]
            if ord(letter) >= 32
            else []
        ),
    )


CASES = (
    *(case for name, end in ENDS.items() for case in _ends(name, end)),
    *(case for name, letter in NO_ENDS.items() for case in _no_end(name, letter)),
    taken("three kinds of line ends", whole_csv(H[:-1] + b"\r" + ROW + ROW[:-1] + b"\r\n" + ROW), [CELL] * 3),
    faulty(
        "faults among three kinds of line ends",
        whole_csv(H[:-1] + b"\r" + FAULT + ROW[:-1] + b"\r\n" + FAULT + b"\r\r\n" + FAULT),
        (2, "year", "type"),
        (4, "year", "type"),
        (7, "year", "type"),
        rows=1,
    ),
    faulty(
        "a fault below three kinds of line ends in a cell",
        whole_csv(H + b'q,"a\rb\r\nc\nd",1,1\r\n' + FAULT),
        (6, "year", "type"),
        rows=1,
    ),
    faulty("lines doubled by a CR too many", ended(H + ROW + FAULT, b"\r\r\n"), (5, "year", "type"), rows=1),
    faulty("lines ended by LF and CR", ended(H + ROW + FAULT, b"\n\r"), (5, "year", "type"), rows=1),
    taken("a CR at the end of a cell in quotes", whole_csv(H + b'q,"a\r",1,1\n'), [("q", "a\r", 1, 1.0)]),
    taken(
        "CRLF ends in JSON Lines",
        {"a.jsonl": b'{"question": "q"}\r\n\r\n{"question": "r"}\r\n'},
        [("q", None, None, None), ("r", None, None, None)],
    ),
    faulty(
        "CR ends in JSON Lines",
        {"a.jsonl": b'{"question": "q"}\r\r{"year": "x"}\r'},
        (3, "year", "type"),
        rows=1,
    ),
    faulty(
        "a CRLF at the edge of what is read at once",
        whole_csv(H + b"q," + b"a" * ((1 << 20) - len(H) - 8) + b",1,1\r\n" + FAULT),
        (3, "year", "type"),
        rows=1,
    )._replace(limits=LIMITS._replace(cell=2 << 20)),
)
