"""A steward is told what is shown, harm first, and nothing that may be luck."""

from __future__ import annotations

from typing import Any

from pipelines.core.explanation import CurvePoint, Explanation, PartEffect, SliceWinner
from pipelines.core.explanation_words import in_words


def an_explanation(**changes: Any) -> Explanation:
    values: dict[str, Any] = {
        "candidate": "0" * 64,
        "base": "small",
        "metric": "exact.exact_match",
        "items": 100,
        "actual": 0.9,
    }
    return Explanation(**values | changes)


def a_part(name: str, difference: float, error: float) -> PartEffect:
    return PartEffect(
        part=name,
        rows=10,
        score_with=0.9,
        score_without=0.9 - difference,
        difference=difference,
        lower=difference - error,
        upper=difference + error,
    )


def a_curve(*scores: float) -> tuple[CurvePoint, ...]:
    return tuple(CurvePoint(rows=100 * 2**n, score=s, lower=s, upper=s) for n, s in enumerate(scores))


def test_a_part_that_did_harm_is_named_before_those_that_helped() -> None:
    parts = (a_part("north", 0.2, 0.05), a_part("south", -0.1, 0.05))
    harm, help_ = in_words(an_explanation(parts=parts))
    assert harm == (
        "Without its 10 rows of 'south' the upload would have scored 10.0 points of 100 better: "
        "look at these rows."
    )
    assert help_ == "The score owes most to the rows of 'north' (20.0 points of 100)."


def test_a_difference_that_may_be_luck_is_not_told() -> None:
    assert in_words(an_explanation(parts=(a_part("north", 0.02, 0.05), a_part("south", -0.02, 0.05)))) == ()


def test_a_part_that_surely_moves_nothing_is_told() -> None:
    parts = (a_part("north", 0.2, 0.05), a_part("south", 0.0, 0.01), a_part("west", 0.0, 0.03))
    _, idle = in_words(an_explanation(parts=parts))
    assert "rows of 'south' the upload scores the same" in idle


def test_a_rising_curve_asks_for_more_rows_and_a_flat_one_does_not() -> None:
    rising = in_words(an_explanation(curve=a_curve(0.5, 0.7, 0.9), predicted=0.9, doubling=0.2))
    assert rising == ("More rows would help: twice as many should bring about 20.0 points of 100.",)
    flat = in_words(an_explanation(curve=a_curve(0.9, 0.9, 0.9), predicted=0.9, doubling=0.0))
    assert flat == ("More rows of the same kind would hardly help.",)


def test_a_slice_on_which_one_source_alone_is_better_is_named() -> None:
    winner = SliceWinner(slice="north", items=50, unified=0.5, individual=0.9, winner="rules")
    (told,) = in_words(an_explanation(winners=(winner,)))
    assert told.startswith("On 'north' training on rules alone does better")
