"""One behaviour, two checkers: SQL over the table and plain Python answer alike, or stop the upload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rule_samples import CELLS, MEANING, varied_cells, varied_rules
from tables import table
from upload_samples import COLUMNS, contract, rule

from pipelines.core.contract import Column, Contract, Rule
from pipelines.core.errors import DataError, DeclarationError
from pipelines.core.findings import Findings, Surroundings
from pipelines.integrations.duckdb_checker import DuckDbChecker
from pipelines.integrations.rule_checker import RuleChecker
from pipelines.ports import Checker


def check(checker: Checker, folder: Path, of: Contract, *cells: tuple[object, ...]) -> Findings:
    return checker.check(table(folder, of.columns, cells), of, Surroundings())


@pytest.fixture(params=["duckdb", "plain"])
def checker(request: pytest.FixtureRequest) -> Checker:
    return DuckDbChecker() if request.param == "duckdb" else RuleChecker()


def named(of: Rule) -> str:
    return f"{of.check} {of.column} {of.pattern or of.values or of.mostly}"


@pytest.mark.parametrize(("of", "wrong"), MEANING, ids=[named(of) for of, _ in MEANING])
def test_a_rule_flags_exactly_the_rows_that_break_it(
    checker: Checker, of: Rule, wrong: tuple[int, ...], tmp_path: Path
) -> None:
    (finding,) = check(checker, tmp_path, contract(of), *CELLS)
    assert tuple(finding.rows) == wrong
    assert finding.outcome.violations == len(wrong)
    assert (finding.outcome.passed, finding.outcome.checked) == (not wrong, 5)


def test_findings_come_in_the_order_of_the_contract(checker: Checker, tmp_path: Path) -> None:
    of = contract(*(rule("not_null", id=name) for name in "cab"), rule("row_count", None, minimum=9.0))
    found = [f.outcome for f in check(checker, tmp_path, of, *CELLS)]
    assert [(o.rule, o.passed) for o in found] == [
        ("c", False),
        ("a", False),
        ("b", False),
        ("row_count", False),
    ]
    assert (found[3].observed, found[0].observed) == (5, None)


def test_enough_rows_are_enough(checker: Checker, tmp_path: Path) -> None:
    cells = [("q", "a", 1, 1.0)] * 99 + [(None, "a", 1, 1.0)]
    of = contract(rule("not_null", id="most", mostly=0.99), rule("not_null", id="more", mostly=0.991))
    found = [f.outcome for f in check(checker, tmp_path, of, *cells)]
    assert [(o.violations, o.passed) for o in found] == [(1, True), (1, False)]


def test_an_empty_upload_and_an_empty_column_do_not_slip_through(checker: Checker, tmp_path: Path) -> None:
    of = contract(
        rule("row_count", None, minimum=1.0),
        rule("not_null"),
        rule("in_set", values=("a",)),
        rule("duplicate_share", maximum=0.0),
    )
    assert [f.outcome.passed for f in check(checker, tmp_path, of)] == [False, True, True, True]
    found = check(checker, tmp_path, of, (None, "a", 1, 1.0), (None, "b", 2, 2.0))
    assert [(f.outcome.passed, tuple(f.rows)) for f in found] == [
        (True, ()),
        (False, (0, 1)),
        (True, ()),
        (True, ()),
    ]


def test_all_violations_are_listed_however_many_and_no_column_without_a_rule_plays_a_part(
    checker: Checker, tmp_path: Path
) -> None:
    of = contract(rule("not_null"))
    (finding,) = check(checker, tmp_path, of, *[(None, "a", None, None)] * 1000)
    assert list(finding.rows) == list(range(1000))
    assert check(checker, tmp_path, contract(), *CELLS) == ()


def test_repeated_values_are_a_share_of_the_values_that_are_there(checker: Checker, tmp_path: Path) -> None:
    of = contract(rule("duplicate_share", "year", maximum=30.0))
    cells = [(None, None, year, None) for year in (1, 1, 1, 2, None)]
    (finding,) = check(checker, tmp_path, of, *cells)
    assert (finding.outcome.observed, finding.outcome.passed) == (50, False)


def _unchecked(**fields: Any) -> Rule:
    return Rule.model_construct(**rule("not_null").model_dump() | {"id": "r"} | fields)


BROKEN = [
    _unchecked(check="looks_nice"),
    _unchecked(check="language"),
    _unchecked(column="absent"),
    _unchecked(column=None),
    _unchecked(mostly=0.0),
    _unchecked(check="in_set"),
    _unchecked(check="matches"),
    _unchecked(check="matches", pattern="("),
    _unchecked(check="matches", pattern="(?=a)"),
    _unchecked(check="matches", pattern="1", column="year"),
    _unchecked(check="value_between", minimum=1.0),
    _unchecked(check="value_between", column="year"),
    _unchecked(check="value_between", column="year", minimum=float("nan")),
    _unchecked(check="row_count", minimum=1.0),
    _unchecked(check="row_count", column=None, minimum=1.0, mostly=0.5),
    _unchecked(check="duplicate_share", column=None, maximum=1.0),
    _unchecked(check="sql", column=None, maximum=1.0),
]


@pytest.mark.parametrize("of", BROKEN, ids=named)
def test_a_rule_that_cannot_run_stops_the_upload_by_its_name(
    checker: Checker, of: Rule, tmp_path: Path
) -> None:
    broken = Contract.model_construct(**dict(contract()) | {"rules": (of,)})
    with pytest.raises(DeclarationError, match="rule r:"):
        check(checker, tmp_path, broken, *CELLS)


def test_two_rules_of_one_name_stop_the_upload(checker: Checker, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="the same id twice"):
        check(checker, tmp_path, contract(rule("not_null"), rule("not_null", "answer")), *CELLS)


def test_a_table_of_other_columns_stops_the_upload(checker: Checker, tmp_path: Path) -> None:
    other = table(tmp_path, (Column(name="question", type="integer"), *COLUMNS[1:]), [(1, "a", 1, 1.0)])
    less = table(tmp_path, COLUMNS[1:], [("a", 1, 1.0)])
    for of, found in ((other, "integer"), (less, "no such column")):
        with pytest.raises(DataError, match=f"question is a column of type string; found {found}"):
            checker.check(of, contract(rule("not_null")), Surroundings())


def test_the_two_checkers_agree(tmp_path: Path) -> None:
    of, rows = contract(*varied_rules()), table(tmp_path, COLUMNS, varied_cells())
    assert DuckDbChecker().check(rows, of, Surroundings()) == RuleChecker().check(rows, of, Surroundings())


def answer(folder: Path, query: str, *cells: tuple[object, ...], patience_s: float = 60) -> Findings:
    of = contract(rule("sql", None, id="r", query=query, maximum=2.0))
    return check(DuckDbChecker(patience_s), folder, of, *cells)


@pytest.mark.parametrize(
    ("query", "observed"),
    [
        ("SELECT count(*) FROM {object} WHERE question = 'alpha'", 2),
        ("SELECT count(DISTINCT year) FROM ${object}", 3),
        ("SELECT 100.0 * max(n) / sum(n) FROM (SELECT count(*) AS n FROM {object} GROUP BY question)", 40),
        ("WITH x AS (SELECT sum(year)::HUGEINT AS s FROM {object}) SELECT s / 3 FROM x", 2022),
        ("SELECT count(*) FROM (DESCRIBE {object})", 4),
    ],
)
def test_a_query_works_out_one_number(query: str, observed: float, tmp_path: Path) -> None:
    (finding,) = answer(tmp_path, query, *CELLS)
    assert finding.outcome.observed == pytest.approx(observed)
    assert finding.outcome.passed == (observed <= 2)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT * FROM {object}", "exactly one number"),
        ("SELECT 1, 2", "exactly one number"),
        ("SELECT 'a'", "exactly one number"),
        ("SELECT true", "exactly one number"),
        ("SELECT NULL", "exactly one number"),
        ("SELECT 'nan'::DOUBLE", "exactly one number"),
        ("SELECT 1 WHERE false", "exactly one number"),
        ("SELECT 1; SELECT 2", "only reads"),
        ("COPY (SELECT 1) TO 'x.csv'", "only reads"),
        ("SET memory_limit = '9GB'", "only reads"),
        ("DROP VIEW {object}", "only reads"),
        ("", "needs a query"),
        ("SELECT wat FROM {object}", 'column "wat" not found'),
        ("SELEC", "Parser Error"),
        ("SELECT count(*) FROM read_text('/etc/hostname')", "PermissionException"),
        ("SELECT count(*) FROM glob('*')", "PermissionException"),
        ("SELECT count(*) FROM read_csv('https://example.org/x.csv')", "found"),
        ("SELECT max(question::INTEGER) FROM {object}", "ConversionException"),
    ],
)
def test_a_query_that_does_anything_else_stops_the_upload(query: str, found: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="rule r:.*" + found) as raised:
        answer(tmp_path, query, *CELLS)
    assert "alpha" not in str(raised.value)


def test_queries_and_columns_are_checked_together(tmp_path: Path) -> None:
    count = {"query": "SELECT count(*) FROM {object}", "minimum": 5.0}
    of = contract(rule("sql", None, id="a", **count), rule("not_null"), rule("sql", None, id="b", **count))
    found = check(DuckDbChecker(), tmp_path, of, *CELLS)
    assert [(f.outcome.passed, tuple(f.rows)) for f in found] == [(True, ()), (False, (3,)), (True, ())]


def test_a_query_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    endless = "SELECT sum(a.range + b.range) FROM range(10000000) a, range(10000000) b, {object}"
    with pytest.raises(DeclarationError, match=r"no answer within 0\.2 s"):
        answer(tmp_path, endless, *CELLS, patience_s=0.2)


def test_a_query_without_a_value_over_no_rows_keeps_nothing(tmp_path: Path) -> None:
    (finding,) = answer(tmp_path, "SELECT max(year) FROM {object}")
    assert (finding.outcome.observed, finding.outcome.passed) == (None, False)


def test_nothing_is_left_beside_the_table(tmp_path: Path) -> None:
    answer(tmp_path, "SELECT count(*) FROM {object}", *CELLS)
    assert [path.suffix for path in tmp_path.iterdir()] == [".parquet"]
