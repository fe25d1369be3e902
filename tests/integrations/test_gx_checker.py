"""One behaviour, two checkers: Great Expectations and plain Python answer alike, or stop the upload."""

from __future__ import annotations

import random
import socket
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from upload_samples import COLUMNS, NAMES, contract, rule

from pipelines.core.contract import Contract, Rule
from pipelines.core.errors import DataError, DeclarationError
from pipelines.integrations.gx_checker import GxChecker, _finding, _run
from pipelines.integrations.rule_checker import RuleChecker
from pipelines.ports import Checker

CELLS: list[tuple[object, ...]] = [
    ("alpha", "$500", 2024, 1.5),
    ("alpha", "$500\n", 2025, -0.0),
    ("", None, None, None),
    (None, "$05", 2024, 1e300),
    ("βeta gamma", "500", -7, 2.0),
]
Rows = list[dict[str, object]]


def rows(*cells: tuple[object, ...]) -> Rows:
    return [dict(zip(NAMES, values, strict=True)) for values in cells]


@pytest.fixture(params=["gx", "plain"])
def checker(request: pytest.FixtureRequest) -> Checker:
    return GxChecker() if request.param == "gx" else RuleChecker()


def violating(checker: Checker, of: Rule, *cells: tuple[object, ...]) -> tuple[int, ...]:
    return checker.check(rows(*cells), contract(of))[0][1]


MEANING: list[tuple[Rule, tuple[int, ...]]] = [
    (rule("not_null"), (3,)),
    (rule("unique"), (0, 1)),
    (rule("unique", "year"), (0, 3)),
    (rule("length_between", minimum=1.0, maximum=5.0), (2, 4)),
    (rule("length_between", maximum=0.0), (0, 1, 4)),
    (rule("value_between", "year", minimum=0.0, maximum=2024.0), (1, 4)),
    (rule("value_between", "amount", minimum=0.0), ()),
    (rule("value_between", "amount", maximum=2.0), (3,)),
    (rule("matches", "answer", pattern=r"^\$[1-9][0-9]{2,4}\Z"), (1, 3, 4)),
    (rule("matches", "answer", pattern="00"), (3,)),
    (rule("matches", pattern=r"^(?=.*a)(?!x)"), (2,)),
    (rule("not_matches", pattern="(?i)BETA|a{1}l"), (0, 1)),
    (rule("in_set", values=("alpha", "")), (4,)),
    (rule("in_set", "year", values=(2024, 2025)), (4,)),
    (rule("in_set", "amount", values=(2, 1.5, 0)), (3,)),
    (rule("not_in_set", values=("alpha",)), (0, 1)),
    (rule("row_count", None, minimum=5.0, maximum=5.0), ()),
]


@pytest.mark.parametrize(("of", "found"), MEANING, ids=lambda value: getattr(value, "check", None))
def test_every_check_means_what_it_says_in_both_checkers(
    checker: Checker, of: Rule, found: tuple[int, ...]
) -> None:
    outcome, indices = checker.check(rows(*CELLS), contract(of))[0]
    assert indices == found
    assert (outcome.rule, outcome.checked, outcome.violations, outcome.passed) == (
        of.id,
        5,
        len(found),
        not found,
    )


def test_rules_are_answered_in_order_also_when_two_say_the_same(checker: Checker) -> None:
    of = contract(*(rule("not_null", id=name) for name in "cab"), rule("row_count", None, minimum=9.0))
    answers = checker.check(rows(*CELLS), of)
    assert [(outcome.rule, outcome.passed) for outcome, _ in answers] == [
        ("c", False),
        ("a", False),
        ("b", False),
        ("row_count", False),
    ]


def test_enough_rows_are_enough(checker: Checker) -> None:
    cells = [("q", "a", 1, 1.0)] * 99 + [(None, "a", 1, 1.0)]
    of = contract(rule("not_null", id="most", mostly=0.99), rule("not_null", id="more", mostly=0.991))
    answers = checker.check(rows(*cells), of)
    assert [(outcome.violations, outcome.passed) for outcome, _ in answers] == [(1, True), (1, False)]


def test_an_empty_upload_and_an_empty_column_do_not_slip_through(checker: Checker) -> None:
    of = contract(rule("row_count", None, minimum=1.0), rule("not_null"), rule("in_set", values=("a",)))
    assert [outcome.passed for outcome, _ in checker.check([], of)] == [False, True, True]
    empty = checker.check(rows((None, "a", 1, 1.0), (None, "b", 2, 2.0)), of)
    assert [(outcome.passed, found) for outcome, found in empty] == [(True, ()), (False, (0, 1)), (True, ())]


def test_all_violations_are_listed_however_many(checker: Checker) -> None:
    assert violating(checker, rule("not_null"), *[(None, "a", 1, 1.0)] * 1000) == tuple(range(1000))


def test_columns_without_rules_play_no_part(checker: Checker) -> None:
    assert violating(checker, rule("not_null", "answer"), (None, "a", None, None)) == ()


def test_a_contract_without_rules_has_no_answers(checker: Checker) -> None:
    assert checker.check(rows(*CELLS), contract()) == ()


def _unchecked(**fields: Any) -> Rule:
    return Rule.model_construct(**rule("not_null").model_dump() | {"id": "r"} | fields)


BROKEN = [
    _unchecked(check="looks_nice"),
    _unchecked(column="absent"),
    _unchecked(column=None),
    _unchecked(mostly=0.0),
    _unchecked(check="in_set"),
    _unchecked(check="matches"),
    _unchecked(check="matches", pattern="("),
    _unchecked(check="matches", pattern="1", column="year"),
    _unchecked(check="value_between", minimum=1.0),
    _unchecked(check="value_between", column="year"),
    _unchecked(check="row_count", minimum=1.0),
    _unchecked(check="row_count", column=None, minimum=1.0, mostly=0.5),
]


@pytest.mark.parametrize("of", BROKEN, ids=lambda of: f"{of.check} {of.column} {of.pattern} {of.mostly}")
def test_a_rule_that_cannot_run_stops_the_upload_by_its_name(checker: Checker, of: Rule) -> None:
    broken = Contract.model_construct(**dict(contract()) | {"rules": (of,)})
    with pytest.raises(DeclarationError, match="rule r:"):
        checker.check(rows(*CELLS), broken)


def test_two_rules_of_one_name_stop_the_upload(checker: Checker) -> None:
    with pytest.raises(DeclarationError, match="the same id twice"):
        checker.check(rows(*CELLS), contract(rule("not_null"), rule("not_null", "answer")))


@pytest.mark.parametrize("cells", [(1, "a", 1, 1.0), ("q", "a", "1", 1.0), ("q", "a", True, 1.0)])
def test_a_value_of_another_type_than_its_column_stops_the_upload(
    checker: Checker, cells: tuple[object, ...]
) -> None:
    with pytest.raises(DataError, match="every value of"):
        checker.check(rows(cells), contract(rule("not_null")))
    with pytest.raises(DataError, match="no value in row 1"):
        checker.check([{"question": "q"}], contract(rule("not_null")))


def test_a_rule_that_fails_inside_the_library_is_never_taken_for_a_pass() -> None:
    of = contract(rule("not_null", "year"), rule("row_count", None, minimum=1.0))
    broken, counted = of.rules
    results = _run(pd.DataFrame({"question": ["q"]}), of)
    with pytest.raises(DeclarationError, match="rule not_null: a rule that cannot run stops the upload"):
        _finding(broken, results["not_null"], 1)
    with pytest.raises(DeclarationError, match="another number of rows"):
        _finding(counted, results["row_count"], 2)
    with pytest.raises(DeclarationError, match="no result"):
        _finding(counted, results.get("other"), 1)


def test_the_two_checkers_agree() -> None:
    chance = random.Random(7)
    words = [
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
        "NaT",
        "<NA>",
    ]
    numbers = [None, -1, 0, 1, 2, 2**53 + 1, -(2**63) + 1]
    floats = [None, 0.0, 1.0, 0.1 + 0.2, 0.3, -1e300, 5e-324]
    cells = [
        (chance.choice(words), chance.choice(words), chance.choice(numbers), chance.choice(floats))
        for _ in range(400)
    ]
    listed = [
        rule(check, column.name, id=f"{check}.{column.name}")
        for check in ("not_null", "unique")
        for column in COLUMNS
    ]
    listed += [
        rule("matches", pattern=r"^\w+$", id="m"),
        rule("not_matches", "answer", pattern="a$", id="nm"),
        rule("length_between", minimum=1.0, maximum=2.0, id="l"),
        rule("value_between", "year", minimum=0.0, maximum=float(2**53), id="y"),
        rule("value_between", "amount", minimum=0.3, id="v"),
        rule("in_set", values=("a", "nan", "None"), id="s"),
        rule("in_set", "amount", values=(0, 1, 0.3), id="sa"),
        rule("not_in_set", "year", values=(0, 2**53 + 1), id="n"),
        rule("row_count", None, maximum=399.0, id="c"),
    ]
    of = contract(*listed)
    assert GxChecker().check(rows(*cells), of) == RuleChecker().check(rows(*cells), of)


def test_the_library_sends_nothing_shows_nothing_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    GxChecker().check(rows(*CELLS), contract(rule("not_null")))
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []
