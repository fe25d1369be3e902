"""Quotes in CSV: what is closed is one cell, what is not ends the reading where it began."""

from __future__ import annotations

from corpus.case import CELL, ROW, H, csv, faulty, refused, taken, whole_csv

OPEN = b'q2,"a2,2024,1\n'
TALL = b'q1,"one\ntwo\n\nfour",2024,1.5\n'

CASES = (
    refused("a quote opens in the first row and never closes", csv(OPEN + ROW), "open_quote", 2),
    refused("a quote opens in the middle and never closes", csv(ROW * 5 + OPEN + ROW * 5), "open_quote", 7),
    refused("a quote opens in the last row", csv(ROW * 3 + OPEN), "open_quote", 5),
    refused("a quote opens in the last row, without line end", csv(ROW + OPEN[:-1]), "open_quote", 3),
    refused("a quote opens at the very end", csv(ROW + b'q2,a2,2024,"'), "open_quote", 3),
    refused("a quote opens below a cell of four lines", csv(TALL + OPEN), "open_quote", 6),
    refused("a quote opens below blank lines", csv(b"\n\n" + OPEN), "open_quote", 4),
    refused(
        "a quote opens in the header", whole_csv(b'"question,answer,year,amount\n' + ROW), "open_quote", 1
    ),
    refused("three quotes leave one open", csv(b'q1,"a""",2024,1\nq2,""",2024,1\n'), "open_quote", 3),
    refused(
        "an open quote is closed by the next row's", csv(b'q1,"a1,2024,1\nq2,"a2,2024,1\n'), "quoting", 2
    ),
    refused("text behind a closing quote", csv(ROW + b'q2,"a" b,2024,1\n'), "quoting", 3),
    refused("a blank behind a closing quote", csv(b'q1,"a" ,2024,1\n'), "quoting", 2),
    refused("quotes escaped by a backslash", csv(ROW * 2 + b'q2,"say \\"yes\\"",2024,1\n'), "quoting", 4),
    refused("a wrong quote below a cell of four lines", csv(TALL + b'q2,"a"b,2024,1\n'), "quoting", 6),
    refused("a wrong quote within a cell of lines", csv(b'q1,"one\ntwo"x,2024,1\n'), "quoting", 2),
    refused("a wrong quote in the header", whole_csv(b'"question"x,answer,year,amount\n'), "quoting", 1),
    taken("a comma in quotes", csv(b'"q1","a, b",2024,1.5\n'), [("q1", "a, b", 2024, 1.5)]),
    taken("every cell in quotes", csv(b'"q1","a1","2024","1.5"\n')),
    taken("a header in quotes", whole_csv(b'"question","answer","year","amount"\n' + ROW)),
    taken("doubled quotes", csv(b'q1,"say ""yes""",2024,1.5\n'), [("q1", 'say "yes"', 2024, 1.5)]),
    taken("a cell that is one quote", csv(b'q1,"""",2024,1.5\n'), [("q1", '"', 2024, 1.5)]),
    taken(
        "a quote inside a text without quotes",
        csv(b'q1,a 5" pipe,2024,1.5\n'),
        [("q1", 'a 5" pipe', 2024, 1.5)],
    ),
    taken("a quote at the end of a text without quotes", csv(b'q1,5",2024,1.5\n'), [("q1", '5"', 2024, 1.5)]),
    taken("curly quotes", csv("q1,“a”,2024,1.5\n".encode()), [("q1", "“a”", 2024, 1.5)]),
    taken("a cell of four lines", csv(TALL), [("q1", "one\ntwo\n\nfour", 2024, 1.5)]),
    taken(
        "rows that look swallowed are one cell when the quote closes",
        csv(b'q1,"a1,2024,1\nq2,a2",2024,1.5\n'),
        [("q1", "a1,2024,1\nq2,a2", 2024, 1.5)],
    ),
    taken("a row of empty quotes is blank", csv(b'"","","",""\n' + ROW)),
    taken("empty quotes are a missing value", csv(b'q1,"",2024,1.5\n'), [("q1", None, 2024, 1.5)]),
    taken("blanks in quotes are kept", csv(b'q1," a ",2024,1.5\n'), [("q1", " a ", 2024, 1.5)]),
    faulty(
        "single quotes do not hold a comma",
        csv(b"q1,'a, b',2024,1\n" + ROW),
        (2, None, "field_count"),
        rows=1,
    ),
    faulty("curly quotes do not hold a comma", csv("q1,“a, b”,2024,1\n".encode()), (2, None, "field_count")),
    faulty(
        "a quote behind a blank does not hold a comma", csv(b'q1, "a, b",2024,1\n'), (2, None, "field_count")
    ),
    faulty("a row of one quoted row", csv(b'"q1,a1,2024,1"\n' + ROW), (2, None, "field_count"), rows=1),
    faulty(
        "a short row below a cell of four lines", csv(TALL + b"q2,a2\n"), (6, None, "field_count"), rows=1
    ),
    faulty(
        "a wrong number below a cell of four lines", csv(TALL + b"q2,a2,x,1\n"), (6, "year", "type"), rows=1
    ),
    faulty(
        "a wrong number in a row of four lines",
        csv(ROW + TALL.replace(b"2024", b"x")),
        (3, "year", "type"),
        rows=1,
    ),
    faulty(
        "a number of two lines",
        csv(b'q1,a1,"20\n24",1.5\nq2,a2,x,1\n'),
        (2, "year", "type"),
        (4, "year", "type"),
    ),
    faulty(
        "faults between tall rows",
        csv(TALL + b"q,a\n" + TALL + b"q,a,1,1,1\n" + TALL),
        (6, None, "field_count"),
        (11, None, "field_count"),
        rows=3,
    ),
    taken(
        "the header over two lines of a quoted name",
        {"a.csv": H.replace(b"year", b'"\nyear\n"') + ROW},
        [CELL],
    ),
)
