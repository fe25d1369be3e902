"""The letter says first what matters, in words, and no cell of the error list is ever run."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from upload_samples import contract, findings, rule

from pipelines.core.letter import COLUMNS, errors_csv, letter_of, report_json
from pipelines.core.report import RowError, ValidationReport
from pipelines.core.rows import Reading, Refusal, Row
from pipelines.core.validation import decide, refuse, report_of

FILLED = rule("not_null", text="question must be filled in", fix="Fill it in.")
UNIQUE = rule("unique", text="question must be different on every row")
WARNED = rule("length_between", text="question should be short", maximum=9.0, severity="warning")
UPLOAD = "ab" * 32


def report(rows: int, violating: dict[str, tuple[int, ...]], budget: float = 0) -> ValidationReport:
    of = contract(FILLED, UNIQUE, WARNED, row_error_budget_percent=budget)
    read = Reading(tuple(Row("a.csv", n + 2, (f"q{n}", "a", n, 1.0)) for n in range(rows)), (), ())
    return report_of(decide(of, read, findings(of, violating, rows)), of, upload=UPLOAD)


def row_error(**changes: Any) -> RowError:
    values: dict[str, Any] = {
        "file": "a.csv",
        "line": 2,
        "column": "question",
        "value": "x",
        "rule": "r",
        "problem": "p",
        "fix": "f",
    }
    return RowError(**values | changes)


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_clean_upload_gets_one_sentence_and_nothing_to_do() -> None:
    letter = letter_of(report(1200, {}))
    assert letter.headline == "Accepted: all 1,200 rows of rules are in use from now on."
    assert (letter.reasons, letter.problems) == ((), ())
    assert letter.next_steps[-1] == "Nothing has to be done."


def test_rows_left_out_are_counted_in_the_first_sentence() -> None:
    letter = letter_of(report(10, {"not_null": (3,)}, budget=20))
    assert letter.headline == "Accepted: 9 of 10 rows of rules are in use from now on, 1 was left out."
    assert "errors.csv" in " ".join(letter.next_steps)


def test_a_rejection_says_that_nothing_has_changed() -> None:
    letter = letter_of(report(10, {"not_null": (3,)}))
    assert letter.headline == "Rejected: nothing of this upload is in use; rules stays as it was."
    assert letter.reasons == ("1 of 10 rows is wrong, and none is allowed.",)
    assert "drop them again" in letter.next_steps[-1]


def test_problems_are_grouped_by_rule_worst_first_with_their_true_counts() -> None:
    every = tuple(range(900))
    letter = letter_of(report(1000, {"length_between": every, "not_null": (0, 1), "unique": every[:850]}))
    assert [(p.rule, p.severity, p.count) for p in letter.problems] == [
        ("unique", "critical", 850),
        ("not_null", "critical", 2),
        ("length_between", "warning", 900),
    ]
    assert [len(problem.places) for problem in letter.problems] == [10, 2, 10]
    assert letter.problems[1].places[0].line == 2


def test_a_file_that_cannot_be_read_is_a_problem_of_its_own() -> None:
    refusals = [Refusal("b.csv", 4, "encoding", "the file is not UTF-8 text", "Save it as UTF-8.")]
    letter = letter_of(report_of(refuse(refusals), contract(FILLED), upload=UPLOAD))
    assert [(p.text, p.count) for p in letter.problems] == [("the file is not UTF-8 text", 1)]
    assert (letter.rows_read, letter.error_count) == (0, 1)


def test_the_error_list_opens_as_a_table_with_one_row_an_error() -> None:
    errors = [row_error(value='two\nlines, "quoted"'), row_error(line=None, column=None, value=None)]
    data = errors_csv(errors)
    assert data.startswith(b"\xef\xbb\xbf")
    assert table(data) == [
        list(COLUMNS),
        ["a.csv", "2", "question", 'two\nlines, "quoted"', "r", "p", "f"],
        ["a.csv", "", "", "", "r", "p", "f"],
    ]


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", '=HYPERLINK("http://x","y")'],
)
def test_no_cell_of_the_error_list_runs_in_a_spreadsheet(value: str) -> None:
    texts = dict.fromkeys(("file", "column", "value", "rule", "problem", "fix"), value)
    for cell in table(errors_csv([row_error(**texts)]))[1]:
        assert cell == "2" or cell == "'" + value


def test_the_report_for_machines_names_its_schema_and_reads_back() -> None:
    original = report(10, {"not_null": (3,)})
    document = json.loads(report_json(original))
    assert document.pop("schema") == "perennial/report/1"
    assert ValidationReport.model_validate(document) == original
