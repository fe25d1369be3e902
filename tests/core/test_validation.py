"""The decision on an upload: what is left out, what rejects, and what the steward is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upload_samples import contract, findings, personal, rule

from pipelines.core.contract import Contract
from pipelines.core.errors import DeclarationError
from pipelines.core.row_errors import MASKED, WHOLE_UPLOAD, fair_shares, sample, shown
from pipelines.core.rows import Reading, Refusal, Row, RowFault
from pipelines.core.validation import MOST_LISTED, Decision, confirm, decide, refuse, report_of

FILLED = rule("not_null", text="question must be filled in", fix="Fill it in.")
UNIQUE = rule("unique")
ENOUGH = rule("row_count", None, minimum=2.0, text="the number of rows must be at least 2")


def reading(rows: int, faults: tuple[RowFault, ...] = ()) -> Reading:
    cells = [(f"question {n}", f"answer {n}", n, 1.0) for n in range(rows)]
    return Reading(tuple(Row("a.csv", n + 2, c) for n, c in enumerate(cells)), faults, ())


def fault(line: int, column: str | None = "year", value: object = "x") -> RowFault:
    return RowFault(
        "a.csv", line, column, value, "type", "the value is not a whole number", "Write a number."
    )


def judged(of: Contract, rows: int, violating: dict[str, tuple[int, ...]], *faults: RowFault) -> Decision:
    return decide(of, reading(rows, faults), findings(of, violating, rows))


def test_rows_that_keep_every_rule_are_accepted_without_a_word() -> None:
    decision = judged(contract(FILLED, ENOUGH), 3, {})
    assert (decision.verdict, decision.reasons, decision.errors) == ("accepted", (), ())
    assert decision.kept == (0, 1, 2)


@pytest.mark.parametrize(("wrong", "verdict"), [(0, "accepted"), (2, "accepted"), (3, "rejected")])
def test_wrong_rows_are_left_out_within_the_budget_and_reject_above_it(wrong: int, verdict: str) -> None:
    of = contract(FILLED, row_error_budget_percent=20)
    decision = judged(of, 10, {"not_null": tuple(range(wrong))})
    assert decision.verdict == verdict
    assert decision.kept == (tuple(range(wrong, 10)) if verdict == "accepted" else ())
    assert decision.error_count == wrong


def test_a_budget_means_exactly_what_it_says() -> None:
    of = contract(FILLED, row_error_budget_percent=0.5)
    assert judged(of, 200, {"not_null": (7,)}).verdict == "accepted"
    assert judged(of, 199, {"not_null": (7,)}).verdict == "rejected"


def test_a_row_that_is_wrong_in_many_ways_counts_once() -> None:
    of = contract(FILLED, UNIQUE, row_error_budget_percent=10)
    decision = judged(of, 20, {"not_null": (3,), "unique": (3, 4)})
    assert decision.verdict == "accepted"
    assert len(decision.kept) == 18
    assert decision.error_count == 3
    assert decision.reasons == ("2 of 20 rows were left out.",)


def test_rows_that_could_not_be_read_count_against_the_budget() -> None:
    of = contract(FILLED, row_error_budget_percent=10)
    two_cells = (fault(30), fault(30, "amount"))
    assert judged(of, 19, {"not_null": (0,)}, *two_cells).verdict == "accepted"
    over = judged(of, 19, {"not_null": (0, 1)}, *two_cells)
    assert over.verdict == "rejected"
    assert over.rows_read == 20
    assert over.reasons == ("3 of 20 rows are wrong, and 10 % are allowed.",)


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (reading(0), "The upload holds no row."),
        (reading(0, (fault(2),)), "The only row is wrong."),
        (reading(0, (fault(2), fault(3))), "All 2 rows are wrong."),
    ],
)
def test_an_upload_without_a_good_row_is_rejected_by_any_contract(read: Reading, reason: str) -> None:
    of = contract(row_error_budget_percent=100)
    decision = decide(of, read, ())
    assert (decision.verdict, decision.reasons) == ("rejected", (reason,))


def test_a_rule_about_the_whole_upload_rejects_whatever_the_budget() -> None:
    decision = judged(contract(ENOUGH, row_error_budget_percent=100), 1, {"row_count": ()})
    assert decision.verdict == "rejected"
    assert decision.reasons == ("the number of rows must be at least 2, and it is 1.",)
    assert [(e.file, e.line, e.column, e.value) for e in decision.errors] == [
        (WHOLE_UPLOAD, None, None, None)
    ]


def test_a_rule_that_does_not_hold_on_enough_rows_rejects_whatever_the_budget() -> None:
    of = contract(FILLED.model_copy(update={"mostly": 0.9}), row_error_budget_percent=100)
    decision = judged(of, 10, {"not_null": (0, 1)})
    assert decision.verdict == "rejected"
    assert decision.reasons == ("question must be filled in, and 2 of 10 rows break this.",)


def test_a_rule_that_holds_on_enough_rows_keeps_the_others_and_lists_them() -> None:
    decision = judged(contract(FILLED.model_copy(update={"mostly": 0.9})), 10, {"not_null": (4,)})
    assert (decision.verdict, len(decision.kept)) == ("accepted", 10)
    assert [error.line for error in decision.errors] == [6]


def test_warnings_accept_with_a_note() -> None:
    decision = judged(contract(UNIQUE.model_copy(update={"severity": "warning"})), 4, {"unique": (0, 1)})
    assert (decision.verdict, len(decision.kept)) == ("accepted", 4)
    assert decision.reasons == ("Note: question must keep the rule unique, and 2 of 4 rows break this.",)
    assert {error.severity for error in decision.errors} == {"warning"}


def test_a_file_that_cannot_be_read_is_all_that_is_said() -> None:
    decision = refuse([Refusal("b.csv", 4, "encoding", "the file is not UTF-8 text", "Save it as UTF-8.")])
    report = report_of(decision, contract(FILLED, ENOUGH), upload="0" * 64)
    assert (report.verdict, report.rules, report.rows_read) == ("rejected", (), 0)
    assert report.reasons == ("One file cannot be read.",)
    assert [(e.file, e.line, e.rule, e.problem) for e in report.errors] == [
        ("b.csv", 4, "encoding", "the file is not UTF-8 text")
    ]


def test_the_rows_that_remain_must_keep_the_rules_too() -> None:
    of = contract(FILLED, ENOUGH, row_error_budget_percent=50)
    decision = judged(of, 2, {"not_null": (0,)})
    assert decision.verdict == "accepted"
    confirmed = confirm(decision, of, findings(of, {"row_count": ()}, 1))
    assert (confirmed.verdict, confirmed.kept) == ("rejected", ())
    assert confirmed.reasons == (
        "Without the wrong rows: the number of rows must be at least 2, and it is 1.",
    )
    assert confirmed.errors == decision.errors


def test_confirming_good_rows_changes_nothing() -> None:
    of = contract(FILLED, ENOUGH, row_error_budget_percent=50)
    decision = judged(of, 4, {"not_null": (0,)})
    assert confirm(decision, of, findings(of, {}, 3)) == decision


def test_findings_of_other_rules_are_not_believed() -> None:
    answers = findings(contract(FILLED), {}, 3)
    with pytest.raises(DeclarationError, match="every rule is answered once"):
        decide(contract(FILLED, ENOUGH), reading(3), answers)
    with pytest.raises(DeclarationError, match="every rule is answered once"):
        decide(contract(ENOUGH), reading(3), answers)


def test_personal_values_are_masked_and_others_are_shown() -> None:
    of = contract(UNIQUE, columns=personal("question"), row_error_budget_percent=100)
    decision = judged(of, 2, {"unique": (0,)}, fault(9, "year", "20x"), fault(10, None, "a whole line"))
    assert [(error.column, error.value) for error in decision.errors] == [
        ("year", "20x"),
        (None, MASKED),
        ("question", MASKED),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        (1.5, "1.5"),
        ("é日", "é日"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("a" * 80, "a" * 80),
        ("a" * 81, "a" * 80 + "…"),
        (["a"], "['a']"),
    ],
)
def test_a_value_is_shown_on_one_line_and_bounded(value: object, text: str | None) -> None:
    assert shown(value) == text


@given(st.text())
def test_a_shown_value_never_breaks_its_bounds(value: str) -> None:
    text = shown(value)
    assert text is not None
    assert len(text) <= 81
    assert text.isprintable() or all(c.isprintable() or ord(c) > 0x9F for c in text)


def test_the_report_holds_a_fair_sample_and_the_true_number() -> None:
    of = contract(FILLED, UNIQUE, row_error_budget_percent=0)
    decision = judged(of, 1000, {"not_null": tuple(range(990)), "unique": (998, 999)})
    report = report_of(decision, of, upload="0" * 64)
    assert report.error_count == 992
    assert len(report.errors) == 200
    assert [error.rule for error in report.errors].count("unique") == 2


def test_the_listed_errors_are_bounded_and_counted_beyond() -> None:
    of = contract(FILLED, UNIQUE)
    rows = MOST_LISTED // 2 + 10
    every = tuple(range(rows))
    decision = judged(of, rows, {"not_null": every, "unique": every})
    assert (len(decision.errors), decision.error_count) == (MOST_LISTED, 2 * rows)


def test_what_could_not_be_read_is_counted_among_the_rules() -> None:
    of = contract(FILLED, row_error_budget_percent=50)
    report = report_of(judged(of, 4, {}, fault(8), fault(9)), of, upload="0" * 64)
    assert [(o.rule, o.violations, o.checked, o.passed) for o in report.rules] == [
        ("type", 2, 6, False),
        ("not_null", 0, 4, True),
    ]


@given(
    st.lists(st.integers(min_value=1, max_value=500), max_size=20), st.integers(min_value=0, max_value=1000)
)
def test_shares_are_fair_and_complete(counts: list[int], limit: int) -> None:
    shares = fair_shares(counts, limit)
    assert sum(shares) == min(limit, sum(counts)) or sum(shares) <= limit
    assert all(share <= count for share, count in zip(shares, counts, strict=True))
    cut = [share for share, count in zip(shares, counts, strict=True) if share < count]
    assert max(cut, default=0) - min(cut, default=0) <= 1


def test_a_sample_keeps_the_order() -> None:
    of = contract(FILLED, UNIQUE)
    errors = judged(of, 10, {"not_null": (1, 2, 3), "unique": (5,)}).errors
    assert sample(errors, 2) == (errors[0], errors[3])
