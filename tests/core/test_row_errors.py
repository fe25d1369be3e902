"""Wrong places are shown masked, bounded, and with every rule fairly represented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import ENOUGH, FILLED, UNIQUE, fault, found, in_groups, peek_at
from upload_samples import contract, personal

from pipelines.core.contract import Contract
from pipelines.core.findings import Finding
from pipelines.core.report import RowError
from pipelines.core.row_errors import (
    MASKED,
    WHOLE_UPLOAD,
    Eyes,
    fair_shares,
    listed,
    sample,
    shown,
    unread_rows,
    wrong_rows,
)

EYES = Eyes(peek_at({n: f"question {n}" for n in range(10)}), str)


def errors(of: Contract, violating: dict[str, tuple[int, ...]], limit: int = 100) -> tuple[RowError, ...]:
    return listed(wrong_rows(of, found(of, violating, 10)), limit, EYES)


def test_every_wrong_row_is_named_with_its_place_and_what_to_do() -> None:
    error = errors(contract(FILLED), {"not_null": (3,)})[0]
    assert (error.file, error.line, error.column, error.value) == ("a.csv", 5, "question", "question 3")
    assert (error.rule, error.problem, error.fix) == (
        "not_null",
        "question must be filled in",
        "Fill it in.",
    )


def test_one_place_stands_for_a_rule_about_the_whole_upload() -> None:
    assert [(e.file, e.line, e.column, e.value) for e in errors(contract(ENOUGH), {"row_count": ()})] == [
        (WHOLE_UPLOAD, None, None, None)
    ]


def test_what_a_check_noted_about_a_row_is_said_with_it() -> None:
    of = contract(UNIQUE)
    finding = found(of, {"unique": (1, 2)}, 10)[0]
    noted = Finding(finding.outcome, finding.rows, {2: "like line 3 of a.csv"})
    problems = [error.problem for error in listed(wrong_rows(of, (noted,)), 10, EYES)]
    assert problems == [
        "question must be written once",
        "question must be written once: like line 3 of a.csv",
    ]


def test_personal_values_are_masked_and_others_are_shown() -> None:
    of = contract(UNIQUE, columns=personal("question"))
    faults = in_groups([fault(9, "year", "20x"), fault(10, None, "a whole line")])
    groups = (*unread_rows(of, faults), *wrong_rows(of, found(of, {"unique": (0,)}, 2)))
    assert [(error.column, error.value) for error in listed(groups, 10, EYES)] == [
        ("year", "20x"),
        (None, MASKED),
        ("question", MASKED),
    ]


def test_what_looks_personal_is_masked_in_any_column_before_it_is_cut() -> None:
    long = "x" * 70 + "secret@example.com and more"
    eyes = Eyes(peek_at({0: long}), lambda text: text.replace("secret@example.com", "[e-mail address]"))
    value = listed(wrong_rows(contract(UNIQUE), found(contract(UNIQUE), {"unique": (0,)}, 1)), 1, eyes)[
        0
    ].value
    assert value == "x" * 70 + "[e-mail ad…"


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


def test_a_list_is_bounded_and_fair_to_rare_problems() -> None:
    of = contract(FILLED, UNIQUE)
    some = errors(of, {"not_null": tuple(range(9)), "unique": (4,)}, limit=4)
    assert [error.rule for error in some] == ["not_null"] * 3 + ["unique"]


def test_a_sample_keeps_the_order() -> None:
    every = errors(contract(FILLED, UNIQUE), {"not_null": (1, 2, 3), "unique": (5,)})
    assert sample(every, 2) == (every[0], every[3])


@given(
    st.lists(st.integers(min_value=1, max_value=500), max_size=20), st.integers(min_value=0, max_value=1000)
)
def test_shares_are_fair_and_complete(counts: list[int], limit: int) -> None:
    shares = fair_shares(counts, limit)
    assert sum(shares) == min(limit, sum(counts)) or sum(shares) <= limit
    assert all(share <= count for share, count in zip(shares, counts, strict=True))
    cut = [share for share, count in zip(shares, counts, strict=True) if share < count]
    assert max(cut, default=0) - min(cut, default=0) <= 1
