"""A pattern of a contract means the same to every engine that runs it, or it is refused."""

from __future__ import annotations

import re
import warnings

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.declarations.patterns import demand_re2, python_form

TEXTS = (
    "", "a", "A", "aa", "a\n", "a\nb", "\n", "b a", "7", "\u0667", "é", "É", "ß", "ẞ", "\u017f",
    "\u212a", "k", "_",
    "-", "]", "^", "\v", "\t", " ", "\u00a0", "\u2028", "a.b", "1 234,50 $", "$500", "12-2024", "2024-01-31",
    "x@y.org", "AB", "ab" * 20, "a{,5}", "日本語", "👍🏽", "\x1f", "\\",
)  # fmt: skip
FIT = (
    "", "a", "^a$", "a$", "$", "^$", "^", r"^\d+$", r"\D", r"^\w+$", r"\W", r"\s", r"\S", r"^\s*$",
    r"\ba\b", r"a\B",
    r"[\w.]+@[\w.]+", r"^[\s\S]$", r"^[^\s]+$", r"^[\W_]$", r"[^\W]", r"^[\D]$", r"[\d-]", "[]a]",
    "[^]a]", "[a-]",
    r"[\]^]", ".", "(?s).", "(?s:.)b", "(?m)^b$", "(?m)a$", "(?i)a", "(?i)ß", "(?i)[s]", "(?i)k", r"(?i)\w",
    "(?i)é", "(?i:a)A", "(?i-s:a.)", "(?im)^A$", "a*?b", "a{2}", "a{2,}?", "a{0,3}b", "x{0}", "(a|)b", "a||b",
    "(?P<year>[0-9]{4})-", "(?:a|b)+", "((a*)*)*$", "(a+)+$", "a{1000}", "(((a{10}){10}){10})",
    r"\$\d+", r"\x41",
    r"\t|\v|\f|\a", r"\.", r"\_", r"\-", r"\"", "a{", "a{1", "日|語", "^.$", r"\A7", "[+--]",
)  # fmt: skip
UNFIT = (
    "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", r"(a)\1", "(?P<n>a)(?P=n)", "a++", "a*+", "a?+", "a{2}+", "(?>a)",
    "(a)?(?(1)b|c)", "a{1001}", "(a{100}){11}", "(a*){1001}", "(?:.{1000}){1}" * 6, "(", "[", "*",
    "a**", "\\",
    r"\Z", r"\z", r"\pL", r"\Qa\E", r"\C", r"[\b]", r"\u0041", r"\N{DIGIT ONE}", r"\é", r"\0",
    r"\101", "(?x)a b",
    "(?a)a", "(?u)a", "(?L)a", "(?U)a", "a(?i)b", "(?#no)a", "(?m:a$)", "(?-m:a)", "[[:alpha:]]", "a{,5}",
    "(?<n>a)", "[b-a]", "a{2,1}", "(" * 400 + ")" * 400, "a" * 6000,
)  # fmt: skip


def searched(pattern: str) -> list[bool]:
    query = (
        "SELECT regexp_matches(t, ?) FROM (SELECT unnest(?) AS t, generate_subscripts(?, 1) AS i) ORDER BY i"
    )
    found = duckdb.execute(query, [pattern, list(TEXTS), list(TEXTS)]).fetchall()
    return [answer for (answer,) in found]


def python_searched(pattern: str) -> list[bool]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        compiled = re.compile(python_form(pattern))
    return [compiled.search(text) is not None for text in TEXTS]


@pytest.mark.parametrize("pattern", FIT)
def test_both_engines_find_the_same(pattern: str) -> None:
    assert demand_re2(pattern) is None
    assert python_searched(pattern) == searched(pattern)


@pytest.mark.parametrize("pattern", UNFIT, ids=lambda pattern: pattern[:20])
def test_what_one_engine_cannot_say_is_refused_in_words(pattern: str) -> None:
    problem = demand_re2(pattern)
    assert problem is not None
    assert len(problem) < 120


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=r"ab.7é[]^-(|)?*+{},12$\dDwWsSbBimP<:>=!_" + "\n", max_size=12))
def test_a_pattern_that_is_let_through_runs_in_both_engines_alike(pattern: str) -> None:
    if demand_re2(pattern) is None:
        assert python_searched(pattern) == searched(pattern)
