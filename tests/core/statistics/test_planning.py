"""What is planned is what the test then needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.statistics.paired import noninferiority_p
from pipelines.core.statistics.planning import detectable_margin, items_needed, least_items

margins = st.floats(0.005, 0.2)
shares = st.floats(0, 0.5)


@given(margins, st.floats(0.001, 0.2))
def test_the_least_items_are_the_fewest_that_pass_without_a_difference(margin: float, alpha: float) -> None:
    n = least_items(margin, alpha)
    assert noninferiority_p(0, 0, n, margin) <= alpha * (1 + 1e-9)
    assert n == 1 or noninferiority_p(0, 0, n - 1, margin) > alpha


def test_the_least_items_follow_the_rule_of_three() -> None:
    assert [least_items(margin, 0.05) for margin in (0.01, 0.02, 0.03, 0.05)] == [299, 149, 99, 59]


@pytest.mark.parametrize(
    ("discordance", "margin", "plain"),
    [(0.2, 0.02, 3092), (0.2, 0.03, 1375), (0.2, 0.05, 495), (0.1, 0.02, 1546)],
)
def test_with_much_discordance_the_items_are_those_of_the_plain_normal_formula(
    discordance: float, margin: float, plain: int
) -> None:
    # (z(0.95) + z(0.8)) ** 2 * discordance / margin ** 2
    assert plain < items_needed(discordance, margin) < 1.07 * plain


@given(shares, margins)
def test_a_smaller_margin_and_more_discordance_need_more_items(discordance: float, margin: float) -> None:
    n = items_needed(discordance, margin)
    assert n >= least_items(margin, 0.05)
    assert items_needed(discordance, margin * 0.9) >= n
    assert items_needed(discordance + 0.1, margin) >= n


@given(shares, margins, st.floats(0.001, 0.1))
def test_a_candidate_that_is_better_needs_fewer_items(discordance: float, margin: float, gain: float) -> None:
    discordance += gain
    assert items_needed(discordance, margin, difference=gain) <= items_needed(discordance, margin)


@given(shares, margins)
def test_more_power_and_a_stricter_level_need_more_items(discordance: float, margin: float) -> None:
    n = items_needed(discordance, margin)
    assert items_needed(discordance, margin, power=0.9) >= n
    assert items_needed(discordance, margin, alpha=0.025) >= n


@given(shares, st.integers(10, 5000))
def test_the_detectable_margin_is_the_smallest_that_the_items_can_decide(discordance: float, n: int) -> None:
    margin = detectable_margin(discordance, n)
    assert items_needed(discordance, margin) <= n
    assert items_needed(discordance, margin * 0.999) > n or margin < 1e-6


def test_too_few_items_can_decide_nothing() -> None:
    assert detectable_margin(0.1, 0) == 1.0


@pytest.mark.parametrize("wrong", [(0.0, 0.0), (1.0, 0.0), (0.05, -0.05), (0.05, -0.1)])
def test_what_no_number_of_items_can_show_is_refused(wrong: tuple[float, float]) -> None:
    margin, difference = wrong
    with pytest.raises(ValueError, match="margin"):
        items_needed(0.1, margin, difference=difference)
