"""What counts as a number: what a person writes as one, in ASCII digits, and nothing a program guesses."""

from __future__ import annotations

from corpus.case import Case, csv, faulty, taken

YEARS = {
    "7": 7,
    " 7 ": 7,
    "\x1e7": 7,
    "+5": 5,
    "-0": 0,
    "007": 7,
    "9223372036854775807": 2**63 - 1,
    "-9223372036854775807": -(2**63 - 1),
    "": None,
}
NO_YEARS = (
    "1_000",
    "1,000",
    "1.000",
    "1 000",
    "1'000",
    "0x10",
    "0b1",
    "\uff11\uff12",
    "\u0663\u0664",
    "\u0967\u0968",
    "²",
    "½",
    "Ⅳ",
    "1.0",
    "1e3",
    "true",
    "TRUE",
    "NULL",
    "N/A",
    "#N/A",
    "nan",
    "-",
    "+",
    "--5",
    "5-",
    "(5)",
    "$5",
    "5%",
    "\u22125",
    "9223372036854775808",
    "-9223372036854775809",
    "1" * 31,
    "1" * 5000,
    "2024-01-02",
    "=1+1",
    "'7",
    "7\u200b",
    "l0",
)
AMOUNTS = {
    "1": 1.0,
    "1.5": 1.5,
    "1.": 1.0,
    ".5": 0.5,
    "\x1e5\x1f": 5.0,
    "+.5e1": 5.0,
    "-0.0": 0.0,
    "1e3": 1000.0,
    "1E+3": 1000.0,
    "0.1": 0.1,
    "1e308": 1e308,
    "12345678901234567890": 12345678901234567890.0,
    "\u00a05\u00a0": 5.0,
}
NO_AMOUNTS = (
    "1e400",
    "-1e400",
    "1e9999",
    "NaN",
    "inf",
    "-Infinity",
    "1,5",
    "1.000,50",
    "1,000.50",
    "1_0.5",
    "0x1p3",
    "1d5",
    "5e",
    "e5",
    ".",
    "1.5.2",
    "1/2",
    "1 €",
    "1.5kg",
    "\uff11.\uff15",
    "\u066b5",
    "true",
    "1e\uff15",
)


def _shown(value: str) -> str:
    return ascii(value if len(value) < 40 else f"{len(value)} digits")


def _read(column: str, value: str, number: object) -> Case:
    year, amount = (value, "1.5") if column == "year" else ("2024", value)
    cells = ("q1", "a1", number, 1.5) if column == "year" else ("q1", "a1", 2024, number)
    return taken(f"{column} {_shown(value)}", csv(f'q1,a1,"{year}","{amount}"\n'.encode()), [cells])


def _wrong(column: str, value: str) -> Case:
    year, amount = (value, "1.5") if column == "year" else ("2024", value)
    body = f'q1,a1,2024,1.5\nq2,a2,"{year}","{amount}"\n'
    return faulty(f"{column} {_shown(value)}", csv(body.encode()), (3, column, "type"), rows=1)


CASES = (
    *(_read("year", value, number) for value, number in YEARS.items()),
    *(_wrong("year", value) for value in NO_YEARS),
    *(_read("amount", value, number) for value, number in AMOUNTS.items()),
    *(_wrong("amount", value) for value in NO_AMOUNTS),
)
