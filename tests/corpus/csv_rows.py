"""Rows of CSV and TSV: as many cells as the header, whatever stands in them."""

from __future__ import annotations

from corpus.case import CELL, ROW, H, csv, faulty, refused, taken

TABS = H.replace(b",", b"\t")
WRONG = "field_count"


def tsv(body: bytes) -> dict[str, bytes]:
    return {"a.tsv": TABS + body}


def _text(value: str) -> tuple[dict[str, bytes], list[tuple[object, ...]]]:
    return csv(f'q1,"{value}",2024,1.5\n'.encode()), [("q1", value, 2024, 1.5)]


CASES = (
    faulty("a row too short", csv(b"q1,a1,2024\n" + ROW), (2, None, WRONG), rows=1),
    faulty("a row too long", csv(ROW + b"q1,a1,2024,1,extra\n"), (3, None, WRONG), rows=1),
    faulty("a row of one cell", csv(b"q1\n"), (2, None, WRONG)),
    faulty("a row of a thousand cells", csv(b"x," * 1000 + b"\n" + ROW), (2, None, WRONG), rows=1),
    faulty("a comma behind every row", csv((ROW[:-1] + b",\n") * 3), *((n, None, WRONG) for n in (2, 3, 4))),
    faulty("a comma without quotes", csv(b"q1,a1, or b1,2024,1\n"), (2, None, WRONG)),
    faulty("a decimal comma without quotes", csv(b"q1,a1,2024,1,5\n"), (2, None, WRONG)),
    faulty(
        "rows with semicolons under a header with commas",
        csv(b"q1;a1;2024;1\n" + ROW),
        (2, None, WRONG),
        rows=1,
    ),
    faulty("a line of blanks", csv(b"   \n" + ROW), (2, None, WRONG), rows=1),
    faulty("a line with a tab", csv(ROW + b"\t\n"), (3, None, WRONG), rows=1),
    faulty("a total below the rows", csv(ROW + b"\nTotal: 1\n"), (4, None, WRONG), rows=1),
    faulty("the end mark of old systems", csv(ROW + b"\x1a"), (3, None, WRONG), rows=1),
    faulty("a tail of NULs after a crash", csv(ROW + b"\0" * 500), (3, None, WRONG), rows=1),
    faulty("a row cut off at the end", csv(ROW + b"q2,a2,20"), (3, None, WRONG), rows=1),
    faulty("a NUL in a text", csv(b"q1,a\x00b,2024,1\n" + ROW), (2, "answer", "characters"), rows=1),
    faulty("a NUL in a text in quotes", csv(b'q1,"a\x00",2024,1\n'), (2, "answer", "characters")),
    faulty("a NUL in a number", csv(b"q1,a,20\x0024,1\n"), (2, "year", "type")),
    faulty(
        "a NUL below a cell of lines", csv(b'q,"a\nb",1,1\n\0,a,1,1\n'), (4, "question", "characters"), rows=1
    ),
    faulty(
        "a NUL in every text", csv(b"\0,\0,1,1\n"), (2, "question", "characters"), (2, "answer", "characters")
    ),
    faulty("two wrong cells in one row", csv(b"q1,a1,x,y\n"), (2, "year", "type"), (2, "amount", "type")),
    faulty(
        "three faults in three rows",
        csv(b"q,a\nq,a,x,1\n" + ROW + b"q,\0,1,1\n"),
        (2, None, WRONG),
        (3, "year", "type"),
        (5, "answer", "characters"),
        rows=1,
    ),
    refused("a NUL in the header", {"a.csv": H.replace(b"year", b"ye\0ar") + ROW}, "encoding", 1),
    refused("a file of NULs", {"a.csv": b"\0" * 4096}, "encoding", 1),
    taken("blank lines between the rows", csv(b"\n\n" + ROW + b"\n" + ROW + b"\n"), [CELL, CELL]),
    taken("lines of only commas", csv(b",,,\n" + ROW + b",,,\n,\n,,,,,,\n")),
    taken("no line end behind the last row", csv(ROW[:-1])),
    taken("the same row a hundred times", csv(ROW * 100), [CELL] * 100),
    taken("a row of only a number", csv(b",,,1\n"), [(None, None, None, 1.0)]),
    taken("a cell of blanks", csv(b"q1,  ,2024,1.5\n"), [("q1", "  ", 2024, 1.5)]),
    taken("a text that starts a formula", *_text("=HYPERLINK(0)")),
    taken("a text that runs a program in a sheet", *_text("@SUM(1+1)*cmd|' /C calc'!A0")),
    taken("a script in a text", *_text("<script>alert(1)</script>")),
    taken("SQL in a text", *_text("'; DROP TABLE rows; --")),
    taken("a template in a text", *_text("{{ config }} ${jndi:ldap://x} %s %n")),
    taken("an emoji of several characters", *_text("\U0001f468\u200d\U0001f469\u200d\U0001f467")),
    taken("text from right to left", *_text("\u202eabc \u05e9\u05dc\u05d5\u05dd")),
    taken("a hundred accents on one letter", *_text("e" + "\u0301" * 100)),
    taken("the last character there is", *_text("\U0010ffff \ufffe \ufffd")),
    taken("a byte order mark in a text", *_text("a\ufeffb")),
    taken("words for nothing are words", csv(b"null,None,2024,1.5\n"), [("null", "None", 2024, 1.5)]),
    taken(
        "numbers in a text column stay as written", csv(b"007,1e5,2024,1.5\n"), [("007", "1e5", 2024, 1.5)]
    ),
    taken("tabs", tsv(ROW.replace(b",", b"\t"))),
    taken("a tab in quotes", tsv(b'q1\t"a\tb"\t2024\t1.5\n'), [("q1", "a\tb", 2024, 1.5)]),
    taken("commas among tabs", tsv(b"q1\ta, b\t2024\t1.5\n"), [("q1", "a, b", 2024, 1.5)]),
    taken("a tab file with an upper-case ending", {"A.TSV": TABS + ROW.replace(b",", b"\t")}),
    faulty("a tab too many", tsv(b"q1\ta\tb\t2024\t1\n"), (2, None, WRONG)),
    faulty("blanks where tabs were", tsv(b"q1    a1    2024    1\n"), (2, None, WRONG)),
    faulty("a wrong number among tabs", tsv(b'q\t"a\nb"\t1\t1\nq\ta\tx\t1\n'), (4, "year", "type"), rows=1),
    refused("commas in a tab file", {"a.tsv": H + ROW}, "delimiter", 1),
    refused("semicolons in a tab file", {"a.tsv": (H + ROW).replace(b",", b";")}, "delimiter", 1),
    refused("an open quote in a tab file", tsv(b'q1\t"a1\t2024\t1\n' * 1), "open_quote", 2),
    refused("a column twice in a tab file", {"a.tsv": b"question\tanswer\tyear\tyear\n"}, "header", 1),
)
