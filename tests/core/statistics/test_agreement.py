"""Kappa agrees with statsmodels and scikit-learn, and its interval covers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pipelines.core.statistics.agreement import kappa

verdicts = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=60)

# Rows: verdicts of the first rater. The 95 % intervals are those of statsmodels 0.15.0, cohens_kappa, after
# Fleiss, Cohen and Everitt (1969). The first table is that of Fleiss (1981), Statistical Methods for Rates
# and Proportions, table 13.1, with kappa 0.68.
TABLES = {
    ((75, 1, 4), (5, 4, 1), (0, 0, 10)): (0.676470588235, 0.504575958086, 0.848365218385),
    ((20, 5), (10, 15)): (0.4, 0.151092290477, 0.648907709523),
    ((88, 14, 18), (10, 40, 10), (2, 6, 12)): (0.491525423729, 0.391563702054, 0.591487145404),
}


def spread(table: tuple[tuple[int, ...], ...]) -> tuple[list[str], list[str]]:
    pairs = [
        (str(i), str(j)) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


@pytest.mark.parametrize("table", TABLES)
def test_kappa_and_its_interval_agree_with_published_tables(table: tuple[tuple[int, ...], ...]) -> None:
    value, lower, upper = TABLES[table]
    found = kappa(*spread(table))
    assert found.value == pytest.approx(value)
    assert found.n == sum(map(sum, table))
    # The hull with Wilson's interval is never shorter, and on so many verdicts little longer.
    assert lower - 0.06 <= found.lower <= lower + 1e-9
    assert upper - 1e-9 <= found.upper <= upper + 0.06


@given(verdicts)
@settings(max_examples=30)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = kappa(first, second)
    if len({*first, *second}) > 1:
        assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-9)


@given(verdicts, st.floats(0.01, 0.3))
def test_the_interval_holds_the_value_and_widens_with_confidence(
    pairs: list[tuple[str, str]], alpha: float
) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found, wider = kappa(first, second, alpha), kappa(first, second, alpha / 2)
    assert -1 <= wider.lower <= found.lower <= found.value + 1e-12
    assert found.value - 1e-12 <= found.upper <= wider.upper <= 1


@given(verdicts)
def test_raters_may_change_places_and_verdicts_their_names(pairs: list[tuple[str, str]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = kappa(first, second)
    for other in (kappa(second, first), kappa([f"is {a}" for a in first], [f"is {b}" for b in second])):
        assert other.value == pytest.approx(found.value)
        assert (other.lower, other.upper) == pytest.approx((found.lower, found.upper))


def test_full_agreement_on_few_items_proves_little() -> None:
    few = kappa(list("aabba"), list("aabba"))
    many = kappa(list("ab") * 200, list("ab") * 200)
    assert (few.value, many.value) == (1.0, 1.0)
    assert few.lower < 0.2
    assert many.lower > 0.95


@pytest.mark.parametrize(("first", "second"), [([], []), (["a"] * 9, ["a"] * 9)])
def test_where_kappa_is_not_defined_nothing_is_claimed(first: list[str], second: list[str]) -> None:
    found = kappa(first, second)
    assert (found.value, found.lower, found.upper, found.n) == (0.0, -1.0, 1.0, len(first))


def test_a_rater_who_always_says_the_same_agrees_by_chance_only() -> None:
    assert kappa(["yes"] * 40, ["yes", "no"] * 20).value == 0.0


def test_verdicts_on_other_items_are_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        kappa(["a"], ["a", "b"])


@pytest.mark.parametrize("truth", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("n", [20, 50])
def test_each_end_errs_no_more_often_than_it_says(truth: float, n: int) -> None:
    rng = np.random.default_rng(4)
    shares = np.array([0.6, 0.4])
    joint = truth * np.diag(shares) + (1 - truth) * np.outer(shares, shares)
    tables = rng.multinomial(n, joint.ravel(), size=500)
    found = [kappa(*spread(((a, b), (c, d)))) for a, b, c, d in tables.tolist()]
    assert np.mean([k.lower > truth for k in found]) <= 0.045
    assert np.mean([k.upper < truth for k in found]) <= 0.045
