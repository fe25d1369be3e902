"""The bound for graded scores covers, also where the normal one does not, and agrees with exact bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, t

from pipelines.core.statistics.graded import mean_bound
from pipelines.core.statistics.planning import least_items

scores = st.lists(st.sampled_from([-1.0, -0.5, -0.25, 0.0, 0.1, 0.25, 1.0]), min_size=1, max_size=40)


def rarely_a_disaster(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.where(rng.random(n) < 0.05, -1.0, 0.01)


def steps(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.choice([-0.5, -0.25, 0.0, 0.25, 0.5], p=[0.05, 0.1, 0.7, 0.1, 0.05], size=n)


@given(scores)
@settings(max_examples=40)
def test_the_bound_lies_below_the_mean_and_within_the_scale(differences: list[float]) -> None:
    bound = mean_bound(differences, alpha=0.05, resamples=50)
    assert -1.0 <= bound <= np.mean(differences) + 1e-9


@given(scores, st.integers(0, 5))
@settings(max_examples=40)
def test_the_same_arguments_give_the_same_bound_in_any_order(differences: list[float], seed: int) -> None:
    bound = mean_bound(differences, alpha=0.05, resamples=50, seed=seed)
    assert mean_bound(differences[::-1], alpha=0.05, resamples=50, seed=seed) == bound


@given(scores, st.integers(1, 4))
@settings(max_examples=40)
def test_a_stricter_level_gives_a_lower_bound(differences: list[float], seed: int) -> None:
    strict = mean_bound(differences, alpha=0.01, resamples=50, seed=seed)
    assert strict <= mean_bound(differences, alpha=0.1, resamples=50, seed=seed)


@given(scores)
@settings(max_examples=40)
def test_every_item_in_a_cluster_of_its_own_is_no_cluster_at_all(differences: list[float]) -> None:
    names = [str(i) for i in range(len(differences))]
    alone = mean_bound(differences, alpha=0.05, resamples=50, clusters=names)
    assert alone == mean_bound(differences, alpha=0.05, resamples=50)


@pytest.mark.parametrize("n", [1, 5, 50, 149, 1000])
@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_differences_that_are_all_zero_have_the_bound_of_the_rule_of_three(n: int, alpha: float) -> None:
    assert mean_bound([0.0] * n, alpha=alpha) == pytest.approx(alpha ** (1 / n) - 1, rel=0.02)


@pytest.mark.parametrize("margin", [0.02, 0.05])
def test_zero_variance_passes_only_with_as_many_items_as_right_or_wrong_scores_need(margin: float) -> None:
    n = least_items(margin, 0.05)
    assert mean_bound([0.0] * (n + n // 50 + 1), alpha=0.05) > -margin
    assert mean_bound([0.0] * (n - n // 50 - 1), alpha=0.05) < -margin


@pytest.mark.parametrize("losses", [1, 3, 10])
def test_for_losses_alone_the_bound_is_clopper_and_pearson_s_or_stricter(losses: int) -> None:
    n = 200
    exact = -beta.ppf(0.95, losses + 1, n - losses)
    bound = mean_bound([-1.0] * losses + [0.0] * (n - losses), alpha=0.05, resamples=500)
    assert 1.5 * exact <= bound <= exact * 0.995


def test_on_many_items_the_bound_comes_near_student_s() -> None:
    differences = np.random.default_rng(1).normal(0.02, 0.2, 800).clip(-1, 1)
    students = differences.mean() - t.ppf(0.95, 799) * differences.std(ddof=1) / 800**0.5
    bound = mean_bound(differences.tolist(), alpha=0.05, resamples=400)
    assert students - 0.002 < bound < students + 0.001


@pytest.mark.parametrize(("draw", "mean"), [(rarely_a_disaster, -0.0405), (steps, 0.0)])
def test_the_bound_exceeds_the_truth_no_more_often_than_alpha(
    draw: Callable[[np.random.Generator, int], np.ndarray], mean: float
) -> None:
    rng = np.random.default_rng(3)
    bounds = [mean_bound(draw(rng, 40).tolist(), alpha=0.05, resamples=100) for _ in range(100)]
    assert np.mean(np.array(bounds) > mean) <= 0.07


def test_items_that_repeat_each_other_count_once() -> None:
    once = steps(np.random.default_rng(4), 60)
    names = [str(i) for i in range(60) for _ in range(4)]
    clustered = mean_bound(np.repeat(once, 4).tolist(), alpha=0.05, clusters=names, resamples=400)
    assert clustered == pytest.approx(mean_bound(once.tolist(), alpha=0.05, resamples=400), abs=1e-6)
    assert clustered < mean_bound(np.repeat(once, 4).tolist(), alpha=0.05, resamples=400)


@pytest.mark.parametrize("wrong", [[], [1.5], [0.0, -1.1], [0.0, float("nan")]])
def test_differences_outside_the_scale_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        mean_bound(wrong, alpha=0.05)
