"""The decision on an upload: what is left out, what rejects, what waits, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from judging import ENOUGH, FILLED, UNIQUE, fault, found, in_groups
from upload_samples import contract, rule

from pipelines.core.contract import Contract
from pipelines.core.errors import DeclarationError
from pipelines.core.findings import Table
from pipelines.core.rows import Reading, Refusal, RowFault
from pipelines.core.upload import LeftFile
from pipelines.core.validation import (
    Decision,
    confirm,
    decide,
    hold,
    refused,
    remaining,
    untaken,
    whole_upload,
)


def reading(rows: int, *faults: RowFault) -> Reading:
    unread = len({(f.file, f.line) for f in faults})
    return Reading(Table(Path("table"), rows), in_groups(faults), unread)


def judged(of: Contract, rows: int, violating: dict[str, tuple[int, ...]], *faults: RowFault) -> Decision:
    return decide(of, reading(rows, *faults), found(of, violating, rows))


def kept(decision: Decision) -> list[int]:
    return [row for row, out in enumerate(decision.out) if not out]


def again(of: Contract, decision: Decision, violating: dict[str, tuple[int, ...]], rows: int) -> Decision:
    """Confirmed by what the rules about the whole upload say about the kept rows."""
    upload = of.with_rules(whole_upload(of))
    fails = {name: () for name, broken in violating.items() if not broken}
    left = remaining(decision, of, found(of, violating, rows), found(upload, fails, decision.rows_accepted))
    return confirm(decision, of, left)


def test_rows_that_keep_every_rule_are_accepted_without_a_word() -> None:
    decision = judged(contract(FILLED, ENOUGH), 3, {})
    assert (decision.verdict, decision.reasons, decision.error_count) == ("accepted", (), 0)
    assert (kept(decision), decision.rows_accepted) == ([0, 1, 2], 3)


@pytest.mark.parametrize(("wrong", "verdict"), [(0, "accepted"), (2, "accepted"), (3, "rejected")])
def test_wrong_rows_are_left_out_within_the_budget_and_reject_above_it(wrong: int, verdict: str) -> None:
    of = contract(FILLED, row_error_budget_percent=20)
    decision = judged(of, 10, {"not_null": tuple(range(wrong))})
    assert decision.verdict == verdict
    assert decision.rows_accepted == (10 - wrong if verdict == "accepted" else 0)
    assert decision.error_count == wrong


def test_a_budget_means_exactly_what_it_says() -> None:
    of = contract(FILLED, row_error_budget_percent=0.5)
    assert judged(of, 200, {"not_null": (7,)}).verdict == "accepted"
    assert judged(of, 199, {"not_null": (7,)}).verdict == "rejected"


def test_a_row_that_is_wrong_in_many_ways_counts_once() -> None:
    of = contract(FILLED, UNIQUE, row_error_budget_percent=10)
    decision = judged(of, 20, {"not_null": (3,), "unique": (3, 4)})
    assert decision.verdict == "accepted"
    assert (len(kept(decision)), decision.error_count) == (18, 3)
    assert decision.reasons == ("2 of 20 rows were left out.",)


def test_rows_that_could_not_be_read_count_against_the_budget() -> None:
    of = contract(FILLED, row_error_budget_percent=10)
    two_cells = (fault(30), fault(30, "amount"))
    assert judged(of, 19, {"not_null": (0,)}, *two_cells).verdict == "accepted"
    over = judged(of, 19, {"not_null": (0, 1)}, *two_cells)
    assert (over.verdict, over.rows_read) == ("rejected", 20)
    assert over.reasons == ("3 of 20 rows are wrong, and 10 % are allowed.",)


def test_an_upload_without_a_row_is_held_and_no_word_can_bring_it_in() -> None:
    decision = judged(contract(ENOUGH), 0, {"row_count": ()})
    assert (decision.verdict, len(decision.reasons)) == ("held", 1)
    assert hold(decision, (), confirmed=True).verdict == "held"


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (reading(0, fault(2)), "The only row is wrong."),
        (reading(0, fault(2), fault(3)), "All 2 rows are wrong."),
    ],
)
def test_an_upload_without_a_good_row_is_rejected_by_any_contract(read: Reading, reason: str) -> None:
    decision = decide(contract(row_error_budget_percent=100), read, ())
    assert (decision.verdict, decision.reasons) == ("rejected", (reason,))


def test_a_rule_about_the_whole_upload_rejects_whatever_the_budget() -> None:
    decision = judged(contract(ENOUGH, row_error_budget_percent=100), 1, {"row_count": ()})
    assert decision.verdict == "rejected"
    assert decision.reasons == ("the number of rows must be at least 2. It is 1.",)
    assert [(g.rule, g.places) for g in decision.groups] == [("row_count", 1)]


def test_a_number_that_a_rule_observed_is_named() -> None:
    share = rule(
        "category_share", "question", maximum=60.0, text="no topic may be more than 60 % of all rows"
    )
    of = contract(share)
    answer = found(of, {"category_share": ()}, 10)[0]
    measured = answer._replace(outcome=answer.outcome.model_copy(update={"observed": 72.5}))
    decision = decide(of, reading(10), (measured,))
    assert decision.reasons == ("no topic may be more than 60 % of all rows. It is 72.5.",)


def test_a_rule_that_does_not_hold_on_enough_rows_rejects_whatever_the_budget() -> None:
    of = contract(FILLED.model_copy(update={"mostly": 0.9}), row_error_budget_percent=100)
    decision = judged(of, 10, {"not_null": (0, 1)})
    assert decision.verdict == "rejected"
    assert decision.reasons == ("question must be filled in, and 2 of 10 rows break this.",)


def test_a_rule_that_holds_on_enough_rows_keeps_the_others() -> None:
    decision = judged(contract(FILLED.model_copy(update={"mostly": 0.9})), 10, {"not_null": (4,)})
    assert (decision.verdict, decision.rows_accepted, decision.error_count) == ("accepted", 10, 1)


def test_warnings_accept_with_a_note() -> None:
    decision = judged(contract(UNIQUE.model_copy(update={"severity": "warning"})), 4, {"unique": (0, 1)})
    assert (decision.verdict, decision.rows_accepted) == ("accepted", 4)
    assert decision.reasons == ("Note: question must be written once, and 2 of 4 rows break this.",)


def test_a_file_that_cannot_be_read_is_all_that_is_said() -> None:
    refusal = Refusal("b.csv", 4, "encoding", "the file is not UTF-8 text", "Save it as UTF-8.")
    decision = decide(contract(FILLED, ENOUGH), Reading(None, refusals=(refusal,)), ())
    assert decision == refused([refusal])
    assert (decision.verdict, decision.outcomes, decision.rows_read) == ("rejected", (), 0)
    assert decision.reasons == ("One file cannot be read.",)
    assert [(e.file, e.line, e.rule, e.problem) for e in decision.errors] == [
        ("b.csv", 4, "encoding", "the file is not UTF-8 text")
    ]


def test_files_of_a_stranger_quarantine_the_upload_whatever_else_is_wrong() -> None:
    bad_name = LeftFile(name="a\\x00.csv", code="file_name", found="a control character")
    stranger = LeftFile(name="b.csv", code="wrong_steward", found="mallory")
    assert untaken([bad_name]).verdict == "rejected"
    decision = untaken([bad_name, stranger])
    assert decision.verdict == "quarantined"
    assert decision.reasons == ("Files were put here by mallory, who may not write here.",)
    assert [(e.file, e.rule) for e in decision.errors] == [
        ("a\\x00.csv", "file_name"),
        ("b.csv", "wrong_steward"),
    ]


def test_the_rows_that_remain_must_keep_the_rules_about_the_upload_too() -> None:
    of = contract(FILLED, ENOUGH, row_error_budget_percent=50)
    decision = judged(of, 2, {"not_null": (0,)})
    assert decision.verdict == "accepted"
    confirmed = again(of, decision, {"not_null": (0,), "row_count": ()}, 2)
    assert (confirmed.verdict, confirmed.rows_accepted) == ("rejected", 0)
    assert confirmed.reasons == ("Without the wrong rows: the number of rows must be at least 2. It is 1.",)
    assert confirmed.groups == decision.groups


def test_a_share_that_held_only_thanks_to_rows_that_were_left_out_rejects() -> None:
    mostly = UNIQUE.model_copy(update={"mostly": 0.8})
    of = contract(FILLED, mostly, row_error_budget_percent=50)
    broken = {"not_null": (0, 1, 2, 3), "unique": (8, 9)}
    decision = judged(of, 10, broken)
    assert decision.verdict == "accepted"
    confirmed = again(of, decision, broken, 10)
    assert confirmed.reasons == (
        "Without the wrong rows: question must be written once, and 2 of 6 rows break this.",
    )


def test_confirming_good_rows_changes_nothing() -> None:
    of = contract(FILLED, ENOUGH, row_error_budget_percent=50)
    decision = judged(of, 4, {"not_null": (0,)})
    assert again(of, decision, {"not_null": (0,)}, 4) == decision


def test_what_is_suspicious_waits_until_the_steward_has_confirmed_it() -> None:
    decision = judged(contract(ENOUGH), 4, {})
    held = hold(decision, ("It shrank.",), confirmed=False)
    assert (held.verdict, held.reasons, held.rows_accepted) == ("held", ("It shrank.",), 0)
    confirmed = hold(decision, ("It shrank.",), confirmed=True)
    assert (confirmed.verdict, confirmed.rows_accepted) == ("accepted", 4)
    assert confirmed.reasons == ("Confirmed by the steward: It shrank.",)


def test_a_rejection_is_no_question_to_the_steward() -> None:
    decision = judged(contract(ENOUGH), 1, {"row_count": ()})
    assert hold(decision, ("It shrank.",), confirmed=False) == decision


def test_findings_of_other_rules_are_not_believed() -> None:
    answers = found(contract(FILLED), {}, 3)
    with pytest.raises(DeclarationError, match="every rule is answered once"):
        decide(contract(FILLED, ENOUGH), reading(3), answers)
    with pytest.raises(DeclarationError, match="every rule is answered once"):
        decide(contract(ENOUGH), reading(3), answers)


def test_what_could_not_be_read_is_counted_among_the_rules() -> None:
    of = contract(FILLED, row_error_budget_percent=50)
    decision = judged(of, 4, {}, fault(8), fault(9))
    assert [(o.rule, o.violations, o.checked, o.passed) for o in decision.outcomes] == [
        ("type", 2, 6, False),
        ("not_null", 0, 4, True),
    ]
