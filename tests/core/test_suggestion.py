"""A suggestion says what was meant, keeps the rule, and is left out where that is not known."""

from __future__ import annotations

import pytest
from letter_samples import a_place
from upload_samples import rule

from pipelines.core.suggestion import action_of, suggest, suggest_readable


@pytest.mark.parametrize(
    ("value", "number", "integer"),
    [
        ("1,000", "1000", "1000"),
        ("12 USD", "12", "12"),
        ("\u20ac 1 200.50", "1200.50", None),
        ("12.0", "12.0", "12"),
        ("-3 kg", "-3", "-3"),
        ("12,5", None, None),
        ("12 %", None, None),
        ("1.200 EUR", None, None),
        ("about 12", None, None),
        ("", None, None),
    ],
)
def test_a_number_is_suggested_where_only_one_can_be_meant(
    value: str, number: str | None, integer: str | None
) -> None:
    assert suggest_readable("type", "number", value) == number
    assert suggest_readable("type", "integer", value) == integer


def test_a_text_is_suggested_without_its_unreadable_characters() -> None:
    assert suggest_readable("characters", "string", "VA\0T") == "VAT"
    assert suggest_readable("characters", "string", "\0") is None
    assert suggest_readable("type", "string", "anything") is None
    assert suggest_readable("type", "number", 3) is None


@pytest.mark.parametrize(
    ("value", "meant"),
    [("Billing ", "billing"), ("biling", "billing"), ("openqa", "open_qa"), ("something", None), (3, None)],
)
def test_the_nearest_allowed_value_is_suggested(value: object, meant: str | None) -> None:
    assert suggest(rule("in_set", values=("billing", "open_qa", 3)), value) == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [("hello wonderful", "hello"), ("a" * 20, "a" * 10), ("hello worl d", "hello worl"), ("a", None)],
)
def test_a_long_text_is_cut_after_its_last_whole_word(value: str, meant: str | None) -> None:
    assert suggest(rule("length_between", minimum=3, maximum=10), value) == meant


def test_nothing_is_made_up_for_other_rules() -> None:
    assert suggest(rule("matches", pattern="x"), "y") is None
    assert suggest(rule("length_between", maximum=5_000), "x" * 6_000) is None


def test_every_wrong_row_has_a_mechanical_way_out() -> None:
    assert action_of(a_place(2, "biling", suggestion="billing")) == "replace"
    assert action_of(a_place(2, "x")) == "remove"
    assert action_of(a_place(None, None)) is None
