"""The interval of one proportion agrees with a published table and covers what it says."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.statistics.proportions import wilson_interval

# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3: 95 % intervals.
PUBLISHED = {
    (81, 263): (0.2553, 0.3662),
    (15, 148): (0.0624, 0.1605),
    (0, 20): (0.0, 0.1611),
    (1, 29): (0.0061, 0.1718),
}


@pytest.mark.parametrize("counts", PUBLISHED)
def test_the_interval_is_the_published_one(counts: tuple[int, int]) -> None:
    assert wilson_interval(*counts, 0.025) == pytest.approx(PUBLISHED[counts], abs=5e-5)


@given(st.integers(1, 400), st.floats(0, 1), st.floats(0.005, 0.2))
def test_the_interval_holds_the_share_and_narrows_with_more_items(n: int, share: float, alpha: float) -> None:
    low, high = wilson_interval(share * n, n, alpha)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    wider = wilson_interval(share * n / 2, n / 2, alpha)
    assert high - low <= wider[1] - wider[0] + 1e-9


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_it_covers_about_as_often_as_it_says(share: float) -> None:
    n, alpha = 200, 0.05
    covered = sum(
        comb(n, k) * share**k * (1 - share) ** (n - k)
        for k in range(n + 1)
        if wilson_interval(k, n, alpha)[0] <= share <= wilson_interval(k, n, alpha)[1]
    )
    assert covered == pytest.approx(1 - 2 * alpha, abs=0.03)


@pytest.mark.parametrize("wrong", [(5, 4, 0.05), (-1, 4, 0.05), (1, 4, 0.5), (0, 0, 0.05)])
def test_counts_that_cannot_be_are_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="wilson_interval needs"):
        wilson_interval(*wrong)
