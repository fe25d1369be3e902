"""Rules about columns and what each must find, shared by the tests of everything that runs rules."""

from __future__ import annotations

import random

from upload_samples import COLUMNS, rule

from pipelines.core.contract import Rule

CELLS: tuple[tuple[object, ...], ...] = (
    ("alpha", "$500", 2024, 1.5),
    ("alpha", "$500\n", 2025, -0.0),
    ("", None, None, None),
    (None, "$05", 2024, 1e300),
    ("βeta 👍🏽", "500", -7, 2.0),
)
MEANING: list[tuple[Rule, tuple[int, ...]]] = [
    (rule("not_null"), (3,)),
    (rule("unique"), (0, 1)),
    (rule("unique", "year"), (0, 3)),
    (rule("length_between", minimum=1.0, maximum=5.0), (2, 4)),
    (rule("length_between", minimum=7.0, maximum=7.5), (0, 1, 2)),
    (rule("length_between", maximum=0.0), (0, 1, 4)),
    (rule("value_between", "year", minimum=0.0, maximum=2024.0), (1, 4)),
    (rule("value_between", "year", minimum=-6.5, maximum=1e300), (4,)),
    (rule("value_between", "amount", minimum=0.0), ()),
    (rule("value_between", "amount", maximum=2.0), (3,)),
    (rule("matches", "answer", pattern=r"^\$[1-9][0-9]{2,4}$"), (1, 3, 4)),
    (rule("matches", "answer", pattern="00"), (3,)),
    (rule("matches", pattern=r"^\w+$"), (2, 4)),
    (rule("not_matches", pattern="(?i)BETA|a{1}l"), (0, 1)),
    (rule("in_set", values=("alpha", "")), (4,)),
    (rule("in_set", values=(1, 2.5)), (0, 1, 2, 4)),
    (rule("in_set", "year", values=(2024, 2025.0, "-7", 7.5)), (4,)),
    (rule("in_set", "amount", values=(2, 1.5, 0, 1e300)), ()),
    (rule("not_in_set", values=("alpha", "a\"'; DROP TABLE rows")), (0, 1)),
    (rule("not_in_set", "year", values=("2024",)), ()),
    (rule("row_count", None, minimum=5.0, maximum=5.0), ()),
    (rule("duplicate_share", maximum=50.0), ()),
]
WORDS = (
    None,
    "",
    "a",
    "A",
    "aa",
    "$500",
    "$500\n",
    "ß",
    "a\u2028b",
    "=1",
    "1",
    "nan",
    "None",
    "'",
    "?",
    "\v",
)
NUMBERS = (None, -1, 0, 1, 2, 2**53 + 1, 2**53, -(2**63) + 1)
FLOATS = (None, 0.0, 1.0, 0.1 + 0.2, 0.3, -1e300, 5e-324)


def varied_cells() -> list[tuple[object, ...]]:
    """Rows of values that engines are known to disagree on."""
    chance = random.Random(7)
    choices: tuple[tuple[object, ...], ...] = (WORDS, WORDS, NUMBERS, FLOATS)
    return [tuple(chance.choice(values) for values in choices) for _ in range(400)]


def varied_rules() -> list[Rule]:
    """Rules of every kind for them."""
    listed = [
        rule(check, column.name, id=f"{check}.{column.name}", maximum=9.0)
        for check in ("not_null", "unique", "duplicate_share")
        for column in COLUMNS
    ]
    return [
        *listed,
        rule("matches", pattern=r"^\w+$", id="m"),
        rule("matches", pattern=r"(?i)^.\s?", id="mi"),
        rule("not_matches", "answer", pattern="a$", id="nm"),
        rule("length_between", minimum=1.0, maximum=2.0, id="l"),
        rule("value_between", "year", minimum=0.5, maximum=float(2**53), id="y"),
        rule("value_between", "amount", minimum=0.3, id="v"),
        rule("in_set", values=("a", "nan", "None", "'", "?"), id="s"),
        rule("in_set", "amount", values=(0, 1, 0.3), id="sa"),
        rule("not_in_set", "year", values=(0, 2**53 + 1, 2**80, 1e300), id="n"),
        rule("row_count", None, maximum=399.0, id="c"),
    ]
