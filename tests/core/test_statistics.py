"""The paired tests agree with scipy and with the properties their papers promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from pipelines.core.statistics import holm, items_needed, mcnemar_exact, noninferiority_p

counts = st.integers(min_value=0, max_value=200)


@given(counts, counts)
def test_mcnemar_is_the_one_sided_binomial_test(wins: int, losses: int) -> None:
    if wins + losses == 0:
        assert mcnemar_exact(wins, losses) == 1.0
        return
    expected = binomtest(wins, wins + losses, 0.5, alternative="greater").pvalue
    assert mcnemar_exact(wins, losses) == pytest.approx(expected, rel=1e-9)


@given(counts, counts, st.integers(1, 2000), st.floats(0.01, 0.2))
def test_noninferiority_lies_between_0_and_1_and_improves_with_every_win(
    wins: int, losses: int, rest: int, margin: float
) -> None:
    n = wins + losses + rest
    p = noninferiority_p(wins, losses, n, margin)
    assert 0.0 <= p <= 1.0
    assert noninferiority_p(wins + 1, losses, n, margin) <= p + 1e-9


@pytest.mark.parametrize(("n", "margin", "discordance"), [(200, 0.05, 0.06), (500, 0.03, 0.12)])
def test_noninferiority_keeps_its_level_at_the_margin(n: int, margin: float, discordance: float) -> None:
    rng = np.random.default_rng(7)
    win, loss = (discordance - margin) / 2, (discordance + margin) / 2
    tables = rng.multinomial(n, [win, loss, 1 - win - loss], size=4000)
    passed = np.mean([noninferiority_p(int(w), int(lost), n, margin) <= 0.05 for w, lost, _ in tables])
    assert passed <= 0.06


def test_noninferiority_refuses_a_margin_that_means_nothing() -> None:
    for margin in (0.0, 1.0, -0.1):
        with pytest.raises(ValueError, match="margin"):
            noninferiority_p(1, 1, 10, margin)


def test_two_percent_cannot_be_shown_on_a_hundred_items_even_without_a_single_difference() -> None:
    assert noninferiority_p(0, 0, 100, 0.02) > 0.05
    assert noninferiority_p(0, 0, 200, 0.02) < 0.05


@pytest.mark.parametrize(
    ("discordance", "margin", "items"), [(0.05, 0.02, 773), (0.10, 0.02, 1546), (0.10, 0.05, 248)]
)
def test_items_needed_agree_with_the_published_formula(discordance: float, margin: float, items: int) -> None:
    assert items_needed(discordance, margin) == pytest.approx(items, abs=1)


@given(st.dictionaries(st.text(min_size=1), st.floats(0, 1), max_size=8))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values: dict[str, float]) -> None:
    adjusted = holm(p_values)
    assert adjusted.keys() == p_values.keys()
    assert all(p_values[k] <= adjusted[k] <= 1.0 for k in p_values)
    by_raw = sorted(p_values, key=lambda k: p_values[k])
    assert [adjusted[k] for k in by_raw] == sorted(adjusted.values())


def test_holm_agrees_with_the_worked_example_of_its_definition() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})
