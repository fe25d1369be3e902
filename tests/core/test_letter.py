"""The letter says first what matters, in words, and no cell of the error list is ever run."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
from letter_samples import LETTERS, a_place, a_report, accepted, an_outcome, held, left_out, rejected

from pipelines.core.errors_csv import COLUMNS, errors_csv
from pipelines.core.letter import letter_of
from pipelines.core.notice import notice_of
from pipelines.core.repair import Repair, how_to_repair, repair_format
from pipelines.core.report import ValidationReport
from pipelines.core.report_json import report_json, report_schema

ROOT = Path(__file__).resolve().parents[2]


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_clean_upload_gets_one_sentence_and_nothing_to_do() -> None:
    letter = letter_of(a_report(rows_read=1200, rows_accepted=1200))
    assert letter.headline == "Accepted: all 1,200 rows of tax_rules are in use from now on."
    assert letter.action == "Nothing has to be done."
    assert (letter.reasons, letter.problems, letter.causes) == ((), (), ())


@pytest.mark.parametrize(
    ("rows", "taken", "headline"),
    [
        (1, 1, "Accepted: the only row of tax_rules is in use from now on."),
        (10, 9, "Accepted: 9 of 10 rows of tax_rules are in use from now on, 1 was left out."),
        (10, 7, "Accepted: 7 of 10 rows of tax_rules are in use from now on, 3 were left out."),
    ],
)
def test_rows_left_out_are_counted_in_the_first_sentence(rows: int, taken: int, headline: str) -> None:
    letter = letter_of(a_report(rows_read=rows, rows_accepted=taken))
    assert letter.headline == headline
    assert ("drop them again" in letter.action) == (taken < rows)


def test_a_confirmed_upload_says_who_took_the_decision() -> None:
    assert letter_of(a_report(confirmed=True)).headline.startswith("Accepted, as you confirmed: all")


def test_a_held_upload_says_first_what_the_steward_has_to_do() -> None:
    letter = held()
    assert letter.headline == "Held: this upload of tax_rules waits for your word."
    assert "an empty file named _CONFIRM into inbox/tax_rules/" in letter.action


def test_an_upload_without_a_row_cannot_be_confirmed() -> None:
    letter = letter_of(a_report(verdict="held", rows_read=0, rows_accepted=0))
    assert "_CONFIRM" not in letter.action
    assert "Drop the files with their rows into inbox/tax_rules/" in letter.action


def test_a_rejection_says_that_nothing_has_changed() -> None:
    letter = rejected()
    assert letter.headline == "Rejected: nothing of this upload is in use; tax_rules stays as it was."
    assert "drop them again" in letter.action


def test_problems_are_grouped_by_rule_worst_first_with_their_true_counts() -> None:
    few = [a_place(n, "x", rule="few") for n in range(1, 3)]
    many = [a_place(n, "x", rule="many") for n in range(1, 15)]
    warned = [a_place(n, "x", rule="warned", severity="warning") for n in range(1, 6)]
    rules = [an_outcome("many", "many must hold", 850), an_outcome("warned", "should hold", 900)]
    letter = letter_of(a_report(errors=(*few, *warned, *many), rules=tuple(rules), error_count=1752))
    assert [(p.rule, p.severity, p.count) for p in letter.problems] == [
        ("many", "critical", 850),
        ("few", "critical", 2),
        ("warned", "warning", 900),
    ]
    assert [len(problem.places) for problem in letter.problems] == [10, 2, 5]
    assert letter.problems[0].advice == few[0].fix


def test_what_explains_many_places_is_said_once_and_first() -> None:
    causes = rejected().causes
    assert causes[0].rules == ("type",)
    assert "All 40 wrong values of amount end with \u201cUSD\u201d." in causes[0].text
    assert "lines 300 to 339 of rules-2026.csv" in causes[0].text
    assert causes[1].rules == ("question.required", "answer.required")
    assert causes[1].text.startswith("The same 4 rows break 2 rules")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["1,000", "22,500", "1,000,000"], "have separators between their digits"),
        (["1,5", "22,75", "3,0"], "have a comma where the decimal point belongs"),
        (["1.4.2026", "2026-04-01", "4/1/26"], "look like dates"),
        (["#REF!", "#DIV/0!", "#N/A"], "are errors of a spreadsheet formula"),
        ([" a", "b ", " c"], "begin or end with a blank"),
        (["n/a", "n/a", "n/a"], "are \u201cn/a\u201d"),
        (["EUR 1", "EUR 2", "EUR 3"], "begin with \u201cEUR\u201d"),
    ],
)
def test_values_of_one_shape_are_explained_by_it(values: list[str], said: str) -> None:
    errors = tuple(a_place(3 * n, value) for n, value in enumerate(values, 1))
    (cause,) = letter_of(a_report(errors=errors, error_count=3)).causes
    assert said in cause.text


def test_a_pattern_in_a_sample_is_said_of_the_sample_only() -> None:
    errors = tuple(a_place(3 * n, f"{n} USD") for n in range(1, 6))
    rules = (an_outcome("type", "numbers", 500),)
    (cause,) = letter_of(a_report(errors=errors, rules=rules, error_count=500)).causes
    assert cause.text.startswith("The first 5 wrong values of amount end with")


def test_rows_that_are_not_listed_are_not_claimed_to_be_the_same() -> None:
    errors = tuple(a_place(3 * n, None, rule=rule) for rule in ("one", "two") for n in range(1, 6))
    rules = tuple(an_outcome(rule, "text", 500) for rule in ("one", "two"))
    (cause,) = letter_of(a_report(errors=errors, rules=rules, error_count=1000)).causes
    assert cause.text.startswith("As far as they are listed, the same rows break 2 rules")


@pytest.mark.parametrize("value", ["(masked)", None])
def test_hidden_values_explain_nothing(value: str | None) -> None:
    errors = tuple(a_place(3 * n, value) for n in range(1, 6))
    assert letter_of(a_report(errors=errors, error_count=5)).causes == ()


def test_charts_compare_shares_and_keep_what_is_gone() -> None:
    lengths, _, categories = accepted().charts
    assert lengths.bars[0].label == "10\u201319"
    assert sum(bar.share for bar in lengths.bars) == pytest.approx(1)
    bars = {bar.label: (bar.share, bar.before) for bar in categories.bars}
    assert bars["property"] == (0, pytest.approx(80 / 1180, abs=1e-6))
    assert bars["customs duties"][1] == 0
    assert "property: 0\u202f% of the rows, before 7\u202f%" in categories.said


def test_the_error_list_opens_as_a_table_with_one_row_an_error() -> None:
    errors = [
        a_place(2, 'two\nlines, "quoted"', fix="f", problem="p", suggestion="s"),
        a_place(None, None, column=None, fix="f", problem="p"),
    ]
    data = errors_csv(errors)
    assert data.startswith(b"\xef\xbb\xbf")
    assert table(data) == [
        list(COLUMNS),
        ["rules-2026.csv", "2", "amount", 'two\nlines, "quoted"', "type", "p", "f", "s"],
        ["rules-2026.csv", "", "", "", "type", "p", "f", ""],
    ]


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", '=HYPERLINK("http://x","y")'],
)
def test_no_cell_of_the_error_list_runs_in_a_spreadsheet(value: str) -> None:
    texts = dict.fromkeys(set(COLUMNS) - {"line", "value"}, value)
    for cell in table(errors_csv([a_place(2, value, **texts)]))[1]:
        assert cell == "2" or cell == "'" + value


def test_the_report_for_machines_names_its_schema_and_reads_back() -> None:
    original = a_report(errors=(a_place(2, "x"),), error_count=1)
    document = json.loads(report_json(original))
    assert document.pop("schema") == "perennial/report/2"
    assert ValidationReport.model_validate(document) == original


def test_the_published_schema_is_current_and_holds_for_reports() -> None:
    published = json.loads((ROOT / "data_contracts/report.schema.json").read_text(encoding="utf-8"))
    assert published == report_schema()
    document = json.loads(report_json(a_report(errors=(a_place(2, "x"),), error_count=1)))
    jsonschema.validate(document, published)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document | {"schema": "perennial/report/1"}, published)


def test_the_files_beside_the_letter_are_those_that_are_there() -> None:
    assert [file.name for file in accepted().attachments] == ["report.json"]
    assert [file.name for file in left_out().attachments] == [
        "errors.csv",
        "rows_to_repair.csv",
        "report.json",
    ]


def test_the_file_to_repair_never_seems_to_be_more_than_it_is() -> None:
    whole = how_to_repair(Repair(format="csv", wrong=3, rows=1200, complete=True), "tax_rules")
    assert "in place of everything that lies in inbox/tax_rules/" in whole
    part = how_to_repair(Repair(format="csv", wrong=3, rows=3, complete=False, missing=2), "tax_rules")
    assert "together with yours" in part
    assert "2 wrong rows could not be read and are not in it" in part


def test_json_is_repaired_as_json_and_everything_else_as_a_table() -> None:
    assert repair_format(["a.jsonl", "b.JSON.gz"]) == "jsonl"
    assert repair_format(["a.jsonl", "b.csv"]) == "csv"
    assert repair_format(["a.zip"]) == "csv"


def test_a_notice_holds_counts_and_names_but_nothing_of_the_data() -> None:
    report = a_report(errors=(a_place(2, "SECRET"),), error_count=1, reasons=("SECRET",), notes=("SECRET",))
    notice = notice_of(report, to="steward@example.com", link="outbox/tax_rules/7c9e04b1d2aa/report.html")
    assert "SECRET" not in notice.to_json().decode()
    assert notice.headline == "Accepted: all 1,240 rows of tax_rules are in use from now on."


def test_the_same_facts_give_the_same_letter() -> None:
    assert all(make() == make() for make in LETTERS.values())
