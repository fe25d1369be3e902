"""The paired tests agree with scipy, with published tables and with each other."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binom, binomtest

from pipelines.core.statistics.paired import (
    difference_interval,
    likeliest_losses,
    mcnemar_exact,
    noninferiority_p,
)

counts = st.integers(min_value=0, max_value=200)
margins = st.floats(0.01, 0.2)

# Wins, losses, n, and the 95 % score interval of Tango (1998), for the data of Cavo et al. (2012): Fagerland,
# Lydersen and Laake (2017), Statistical Analysis of Contingency Tables, chapter 8, and the tests of its R
# package contingencytables.
TANGO = {(6, 16, 161): (-0.1240, -0.0054)}


def exact_tail(wins: int, losses: int, n: int, margin: float) -> float:
    """P(W - L at least as observed) at the margin, summed over all tables with scipy."""
    loss = likeliest_losses(wins, losses, n, -margin)
    lost = np.arange(n + 1)
    at_least = lost + wins - losses
    won = binom.sf(at_least - 1, n - lost, min(1.0, max(0.0, loss - margin) / (1 - loss)))
    return float((binom.pmf(lost, n, loss) * won).sum())


@given(counts, counts)
def test_mcnemar_is_the_one_sided_binomial_test(wins: int, losses: int) -> None:
    if wins + losses == 0:
        assert mcnemar_exact(wins, losses) == 1.0
        return
    expected = binomtest(wins, wins + losses, 0.5, alternative="greater").pvalue
    assert mcnemar_exact(wins, losses) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_agrees_with_a_published_table() -> None:
    # The same source: two-sided exact conditional test, P = 0.052479.
    assert 2 * mcnemar_exact(16, 6) == pytest.approx(0.052479, abs=5e-7)


@given(counts, counts)
def test_better_and_worse_are_mirror_images(wins: int, losses: int) -> None:
    both = mcnemar_exact(wins, losses) + mcnemar_exact(losses, wins)
    assert both >= 1.0
    assert mcnemar_exact(wins + 1, losses) <= mcnemar_exact(wins, losses)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(20, 500), margins)
@settings(max_examples=60)
def test_noninferiority_is_the_exact_tail_at_the_margin(
    wins: int, losses: int, ties: int, margin: float
) -> None:
    n = wins + losses + ties
    expected = exact_tail(wins, losses, n, margin)
    assert noninferiority_p(wins, losses, n, margin) == pytest.approx(expected, rel=0.02, abs=1e-9)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 300), st.floats(-0.5, 0.5))
def test_the_losses_assumed_at_the_margin_are_the_most_likely_ones(
    wins: int, losses: int, ties: int, delta: float
) -> None:
    n = wins + losses + ties

    def misfit(loss: float) -> float:
        shares = (loss + delta, loss, 1 - 2 * loss - delta)
        pairs = zip((wins, losses, ties), shares, strict=True)
        return -sum(count * np.log(max(share, 1e-300)) for count, share in pairs if count)

    span = (max(0.0, -delta), (1 - delta) / 2)
    found = minimize_scalar(misfit, bounds=span, method="bounded", options={"xatol": 1e-10})
    ours = likeliest_losses(wins, losses, n, delta)
    assert span[0] <= ours <= span[1]
    assert misfit(ours) <= found.fun + 1e-6 * (1 + abs(found.fun))


@given(st.floats(0, 200), st.floats(0, 200), st.floats(0.1, 2000), margins)
def test_noninferiority_lies_between_0_and_1_for_counts_that_were_divided(
    wins: float, losses: float, ties: float, margin: float
) -> None:
    assert 0.0 <= noninferiority_p(wins, losses, wins + losses + ties, margin) <= 1.0


@given(st.integers(0, 80), st.integers(0, 80), st.integers(1, 1500), margins)
def test_a_win_never_hurts_and_a_loss_never_helps(wins: int, losses: int, ties: int, margin: float) -> None:
    n = wins + losses + ties
    p = noninferiority_p(wins, losses, n, margin)
    # Where all is decided, below one in a thousand, a win may raise p: it is also news about discordance.
    assert noninferiority_p(wins + 1, losses, n, margin) <= max(p + 1e-9, 1e-3)
    assert noninferiority_p(wins, losses + 1, n, margin) >= min(p - 1e-9, 0.9)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(50, 1500), margins)
def test_a_wider_margin_and_more_agreement_are_easier_to_show(
    wins: int, losses: int, ties: int, margin: float
) -> None:
    n = wins + losses + ties
    p = noninferiority_p(wins, losses, n, margin)
    assert noninferiority_p(wins, losses, n, margin * 1.2) <= p * 1.01 + 1e-9
    if wins >= losses:
        assert noninferiority_p(wins, losses, n + 20, margin) <= max(p * 1.01 + 1e-9, 1e-3)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(50, 500), margins, st.floats(1.05, 4))
def test_dividing_all_counts_by_a_design_effect_weakens_the_proof(
    wins: int, losses: int, ties: int, margin: float, effect: float
) -> None:
    n = wins + losses + ties
    p = noninferiority_p(wins, losses, n, margin)
    if p < 0.4:
        assert noninferiority_p(wins / effect, losses / effect, n / effect, margin) >= p * 0.99 - 1e-6


@pytest.mark.parametrize("wrong", [(1, 1, 10, 0.0), (1, 1, 10, 1.0), (1, 1, 10, -0.1), (0, 0, 0, 0.1)])
def test_a_margin_or_a_number_of_items_that_means_nothing_is_refused(
    wrong: tuple[int, int, int, float],
) -> None:
    with pytest.raises(ValueError, match="margin"):
        noninferiority_p(*wrong)


@pytest.mark.parametrize("wrong", [(-1, 0), (0, -1), (6, 5)])
def test_counts_that_cannot_be_are_refused(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="wins and losses"):
        noninferiority_p(*wrong, 10, 0.1)
    with pytest.raises(ValueError, match="wins and losses"):
        difference_interval(*wrong, 10, 0.05)


def test_two_percent_cannot_be_shown_on_a_hundred_items_even_without_a_single_difference() -> None:
    assert noninferiority_p(0, 0, 100, 0.02) == pytest.approx(0.98**100)
    assert noninferiority_p(0, 0, 200, 0.02) == pytest.approx(0.98**200)


@pytest.mark.parametrize("table", TANGO)
def test_at_the_ends_of_tango_s_intervals_the_score_is_that_of_the_normal_tail(
    table: tuple[int, int, int],
) -> None:
    wins, losses, n = table
    for end, side in zip(TANGO[table], (1, -1), strict=True):
        variance = n * (2 * likeliest_losses(wins, losses, n, end) + end * (1 - end))
        assert side * (wins - losses - n * end) / sqrt(variance) == pytest.approx(1.96, abs=0.01)


@pytest.mark.parametrize("table", TANGO)
def test_the_interval_is_tango_s_widened_by_less_than_one_item(table: tuple[int, int, int]) -> None:
    lower, upper = difference_interval(*table, 0.025)
    assert TANGO[table][0] - 1 / table[2] < lower < TANGO[table][0]
    assert TANGO[table][1] < upper < TANGO[table][1] + 1 / table[2]


def test_on_many_items_the_interval_is_the_normal_one() -> None:
    wins, losses, n = 30_000, 29_000, 1_000_000
    error = sqrt(wins + losses - (wins - losses) ** 2 / n) / n
    reach = NormalDist().inv_cdf(0.95) * error
    expected = (0.001 - reach, 0.001 + reach)
    assert difference_interval(wins, losses, n, 0.05) == pytest.approx(expected, abs=2e-6)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 500), st.floats(0.01, 0.2))
@settings(max_examples=30)
def test_the_interval_holds_the_difference_and_mirrors_when_the_arms_change_places(
    wins: int, losses: int, ties: int, alpha: float
) -> None:
    n = wins + losses + ties
    lower, upper = difference_interval(wins, losses, n, alpha)
    assert -1 <= lower <= (wins - losses) / n <= upper <= 1
    assert difference_interval(losses, wins, n, alpha) == pytest.approx((-upper, -lower))


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 500), margins, st.floats(0.01, 0.2))
@settings(max_examples=30)
def test_the_lower_end_says_what_the_test_says(
    wins: int, losses: int, ties: int, margin: float, alpha: float
) -> None:
    n = wins + losses + ties
    lower, _ = difference_interval(wins, losses, n, alpha)
    if abs(lower + margin) > 1e-6:
        assert (lower > -margin) == (noninferiority_p(wins, losses, n, margin) < alpha)
