"""Errors and design effects of clustered items agree with their definition and with statsmodels."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.statistics.clusters import clustered_standard_error, design_effect

items = st.lists(
    st.tuples(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), st.sampled_from("abcdefgh")),
    min_size=2,
    max_size=60,
)


def test_the_error_agrees_with_statsmodels() -> None:
    # statsmodels 0.15.0, OLS on a constant with cov_type="cluster"
    values = [1.0, 0, 0, -1, -1, 0, 1, 1, 0, 0, -1, 0, 0, 1, 0]
    assert clustered_standard_error(values, list("aaabbcccddeeeff")) == pytest.approx(0.23821558863069112)


@given(items)
def test_the_error_is_that_of_miller_with_a_correction_for_few_clusters(
    drawn: list[tuple[float, str]],
) -> None:
    values, names = zip(*drawn, strict=True)
    k, n = len(set(names)), len(values)
    if k < 2:
        assert clustered_standard_error(values, names) == 1.0
        return
    rests = np.array(values) - np.mean(values)
    same = np.equal.outer(names, names)
    miller = sqrt(max(0.0, (np.outer(rests, rests) * same).sum())) / n
    found = clustered_standard_error(values, names)
    assert found == pytest.approx(miller * sqrt(k / (k - 1)), abs=1e-7)


@given(items)
def test_the_design_effect_lies_between_1_and_the_number_of_items(drawn: list[tuple[float, str]]) -> None:
    values, names = zip(*drawn, strict=True)
    assert 1.0 <= design_effect(values, names) <= len(values)


@given(items)
def test_neither_the_order_nor_the_names_nor_the_sign_matter(drawn: list[tuple[float, str]]) -> None:
    values, names = zip(*drawn, strict=True)
    effect = design_effect(values, names)
    assert design_effect(values[::-1], names[::-1]) == pytest.approx(effect)
    assert design_effect(values, [f"the {name}" for name in names]) == pytest.approx(effect)
    assert design_effect([-v for v in values], names) == pytest.approx(effect)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50))
def test_items_without_company_count_in_full(values: list[float]) -> None:
    assert design_effect(values, [str(i) for i in range(len(values))]) == 1.0


def test_items_that_repeat_each_other_count_once() -> None:
    rng = np.random.default_rng(1)
    once = rng.choice([-1.0, 0.0, 1.0], size=200)
    names = [str(i) for i in range(200) for _ in range(5)]
    assert design_effect(np.repeat(once, 5).tolist(), names) == pytest.approx(5, rel=0.02)


def test_items_of_one_source_that_do_not_move_together_count_nearly_in_full() -> None:
    rng = np.random.default_rng(1)
    names = [str(i) for i in range(200) for _ in range(5)]
    effects = [design_effect(rng.choice([-1.0, 0.0, 1.0], size=1000).tolist(), names) for _ in range(50)]
    assert np.mean(effects) < 1.1


def test_nothing_that_differs_shows_no_design_effect() -> None:
    assert design_effect([0.0] * 6, list("aabbcc")) == 1.0


def test_fewer_than_four_clusters_count_as_one_item() -> None:
    assert design_effect([1.0, 0.0, 0.0, 0.0, -1.0, 0.0], list("aabbcc")) == 6.0


@pytest.mark.parametrize(("values", "names"), [([], []), ([1.0], []), ([1.0], ["a", "b"])])
def test_every_difference_needs_its_cluster(values: list[float], names: list[str]) -> None:
    with pytest.raises(ValueError, match="cluster"):
        design_effect(values, names)
