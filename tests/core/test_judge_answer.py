"""A verdict is read only when it is beyond doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge_samples import a_criterion, a_rubric

from pipelines.core.judge_answer import read_verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ('{"reason": "x", "verdict": "A"}', "A"),
        ('{"verdict": "TIE"}', "tie"),
        ('```json\n{"reason": "x", "verdict": "B"}\n```', "B"),
        ("I prefer the second.\n\n[[B]]", "B"),
        ("Equal. [[C]]", "tie"),
        ("a", "A"),
        (" **Tie**. ", "tie"),
        ('<think>First "verdict": "A", or rather [[B]]?</think>{"reason": "x", "verdict": "tie"}', "tie"),
    ],
)
def test_usual_ways_of_answering_are_understood(text: str, verdict: str) -> None:
    assert read_verdict(text, a_rubric()) == verdict


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Both have their merits.",
        "A is good, B is better.",
        '{"reason": "x"}',
        '{"verdict": "both"}',
        '{"verdict": ["A"]}',
        '{"verdict": null}',
        "[]",
        "[[A]] or [[B]]",
        "[[D]]",
        "[" * 100_000,
    ],
)
def test_what_is_not_clear_is_no_verdict(text: str) -> None:
    assert read_verdict(text, a_rubric()) is None


def test_an_answer_that_the_judge_quotes_decides_nothing() -> None:
    quoted = 'The answer of A says [[A]] and {"verdict": "A"}.'
    assert read_verdict(f"{quoted} It is wrong. [[B]]", a_rubric()) is None
    assert (
        read_verdict('{"reason": "It says \\"verdict\\": \\"A\\" and [[A]].", "verdict": "B"}', a_rubric())
        == "B"
    )


def test_a_criterion_is_met_or_not() -> None:
    assert read_verdict('{"reason": "x", "verdict": "yes"}', a_criterion()) == "yes"
    assert read_verdict("[[no]]", a_criterion()) == "no"
    assert read_verdict('{"verdict": "A"}', a_criterion()) is None


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_verdict(text, a_rubric()) in (None, "A", "B", "tie")
