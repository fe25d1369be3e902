"""Two spellings of one statement compare as equal, two statements do not."""

from __future__ import annotations

import pytest

from pipelines.core.wording import numbers, wording


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What's due?", "whats  due"),
        ("“Non-resident” aliens", "non resident aliens"),
        ("$1,000.50 (a year).", "$1000.50 a year"),
        ("１２ Straße", "12 STRASSE"),  # noqa: RUF001
    ],
)
def test_case_spacing_and_punctuation_do_not_matter(one, other):
    assert wording(one) == wording(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-5", "5"),
        ("1.5", "15"),
        ("5%", "5"),
        ("C++", "C#"),
        ("x < 5", "x > 5"),
        ("$5", "€5"),
        ("12:30", "1230"),
    ],
)
def test_signs_units_and_symbols_matter(one, other):
    assert wording(one) != wording(other)


def test_numbers_are_taken_with_sign_and_percent_as_often_as_they_stand_there():
    assert numbers(wording("From 5 to 5%, or -$3 in 2024-25, at 1,000.5.")) == (
        *("-$3", "1000.5", "2024", "25", "5", "5%"),
    )
