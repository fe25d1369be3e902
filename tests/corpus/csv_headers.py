"""The first row of a CSV: the contract's names, each once, in any order, separated by commas."""

from __future__ import annotations

from corpus.case import CELL, ROW, H, faulty, refused, taken, whole_csv

NAMES = H.strip().split(b",")


def headed(header: bytes, *rows: bytes) -> dict[str, bytes]:
    return {"a.csv": header + b"\n" + (b"".join(rows) or ROW)}


CASES = (
    refused("a column twice", headed(b"question,answer,year,year"), "header", 1, "twice"),
    refused("a column missing", headed(b"question,answer,year", b"q,a,1\n"), "header", 1, "amount"),
    refused(
        "an unknown column", headed(b"question,answer,year,amount,note", b"q,a,1,1,n\n"), "header", 1, "note"
    ),
    refused("a column in another case", headed(b"Question,answer,year,amount"), "header", 1, "Question"),
    refused("a column without a name", headed(b"question,answer,year,", ROW), "header", 1, "amount"),
    refused("a comma behind the last name", headed(b"question,answer,year,amount,"), "header", 1, "no name"),
    refused("no header", whole_csv(ROW * 3), "header", 1),
    refused("no header, below blank lines", whole_csv(b"\n\n\n" + ROW), "header", 4),
    refused("a title above the header", whole_csv(b"Rules of 2024\n" + H + ROW), "header", 1),
    refused("a comment above the header", whole_csv(b"# made by a script\n" + H + ROW), "header", 1),
    refused("only commas above the header", whole_csv(b",,,\n" + H + ROW), "header", 1),
    refused(
        "an invisible character in a name", headed("question,answer,ye\u200bar,amount".encode()), "header", 1
    ),
    refused("a name of look-alike letters", headed("question,\u0430nswer,year,amount".encode()), "header", 1),
    refused(
        "a name in decomposed letters", headed("question,answer,ye\u0061\u0301r,amount".encode()), "header", 1
    ),
    refused("numbers as names", headed(b"1,2,3,4"), "header", 1),
    refused("a list of JSON in a csv", whole_csv(b'[{"question": "q"}]\n'), "mislabelled", 1),
    refused("HTML in a csv", whole_csv(b"<html><body>Please sign in</body></html>\n"), "mislabelled"),
    refused("XML in a csv", whole_csv(b'<?xml version="1.0"?>\n<rows/>\n'), "mislabelled"),
    refused(
        "a page of an object store in a csv",
        whole_csv(b"<Error><Code>AccessDenied</Code></Error>"),
        "header",
        1,
    ),
    refused("a merge conflict in a csv", whole_csv(b"<<<<<<< HEAD\n" + H + ROW), "header", 1),
    refused("five thousand columns", headed(b",".join(b"c%d" % n for n in range(5000))), "header", 1),
    refused("semicolons", headed(b"question;answer;year;amount", b"q;a;1;1\n"), "delimiter", 1),
    refused("bars", headed(b"question|answer|year|amount", b"q|a|1|1\n"), "delimiter", 1),
    refused("tabs", headed(b"question\tanswer\tyear\tamount", b"q\ta\t1\t1\n"), "delimiter", 1),
    refused("semicolons with quotes", headed(b'"question";"answer";"year";"amount"'), "delimiter", 1),
    refused(
        "semicolons below a blank line",
        whole_csv(b"\nquestion;answer;year;amount\nq;a;1;1\n"),
        "delimiter",
        2,
    ),
    refused("Excel's separator line", whole_csv(b"sep=;\n" + (H + ROW).replace(b",", b";")), "delimiter", 1),
    refused(
        "Excel's separator line in quotes",
        whole_csv(b'"sep=;"\n' + (H + ROW).replace(b",", b";")),
        "delimiter",
        1,
    ),
    refused("blanks between the columns", headed(b"question answer year amount", b"q a 1 1\n"), "header", 1),
    refused("nothing", whole_csv(b""), "empty"),
    refused("one line end", whole_csv(b"\n"), "empty"),
    refused("a thousand line ends", whole_csv(b"\r\n" * 1000), "empty"),
    taken("only a header", whole_csv(H), []),
    taken("only a header, without line end", whole_csv(H[:-1]), []),
    taken("a header and blank lines", whole_csv(H + b"\n\n\n"), []),
    taken("the columns in another order", headed(b"year,amount,answer,question", b"2024,1.5,a1,q1\n")),
    taken("blanks around names", headed(b" question, answer ,year ,\tamount")),
    taken("a no-break blank behind a name", headed("question\u00a0,answer,year,amount".encode())),
    taken("blank lines above the header", whole_csv(b"\n\r\n" + H + ROW)),
    taken("names in quotes", headed(b'"question","answer",year,"amount"')),
    faulty(
        "the header again in the middle",
        whole_csv(H + ROW + H + ROW),
        (3, "year", "type"),
        (3, "amount", "type"),
        rows=2,
    ),
    faulty(
        "a fault below blank lines and a header",
        whole_csv(b"\n\n" + H + b"\nq,a\n"),
        (5, None, "field_count"),
    ),
    taken(
        "the columns of two files in two orders",
        headed(b"year,amount,answer,question", b"2024,1.5,a1,q1\n") | {"b.csv": H + ROW},
        [CELL, CELL],
    ),
)
