"""A learning curve foretells what its own law says, and never more than there is to gain."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.core.explanation import CurvePoint
from pipelines.core.learning_curve import foretold

SCORES = st.floats(0, 1)
ROWS = st.integers(1, 10**7)


def curve(*points: tuple[int, float]) -> list[CurvePoint]:
    return [CurvePoint(rows=rows, score=score, lower=score, upper=score) for rows, score in points]


@given(st.floats(0.01, 2), st.floats(0.05, 0.9))
def test_a_power_law_is_gone_on_with_exactly(exponent: float, wrong: float) -> None:
    known = curve(*((n, 1 - wrong * (n / 100) ** -exponent) for n in (100, 200, 400)))
    assert foretold(known, 1600) == pytest.approx(1 - wrong * 16**-exponent)


@given(SCORES, SCORES, ROWS, ROWS, ROWS)
@example(0.98, 0.94, 999, 1000, 2000)
def test_no_forecast_leaves_the_scale_and_a_rising_curve_goes_on_rising(
    a: float, b: float, one: int, two: int, three: int
) -> None:
    few, more, most = sorted((one, two, three))
    score = foretold(curve((few, a), (more, b)), most)
    assert 0 <= score <= 1
    if b >= a:
        assert score >= b - 1e-12


@pytest.mark.parametrize(
    "known", [curve((300, 0.7)), curve((300, 0.7), (300, 0.7)), curve((9, 1.0), (300, 0.7))]
)
def test_a_curve_without_a_law_stays_where_it_is(known: list[CurvePoint]) -> None:
    assert foretold(known, 600) == 0.7


def test_of_points_with_as_many_rows_the_last_counts() -> None:
    known = curve((100, 0.5), (200, 0.8), (200, 0.75))
    assert foretold(known, 400) == pytest.approx(1 - 0.25**2 / 0.5)


def test_where_every_answer_is_right_nothing_is_left_to_gain() -> None:
    assert foretold(curve((200, 0.3), (400, 0.9), (800, 1.0)), 1600) == 1.0
