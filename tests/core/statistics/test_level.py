"""How often the paired test passes a candidate that loses the margin, or an equal one: over all tables."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import binom

from pipelines.core.statistics.clusters import design_effect
from pipelines.core.statistics.paired import noninferiority_p
from pipelines.core.statistics.planning import items_needed


@cache
def least_wins(n: int, margin: float, alpha: float) -> tuple[int, ...]:
    """For each number of losses the least wins that pass."""
    needed, wins = [], 0
    for losses in range(n + 1):
        while wins + losses <= n and noninferiority_p(wins, losses, n, margin) > alpha:
            wins += 1
        needed.append(wins)
    return tuple(needed)


def passed(n: int, margin: float, alpha: float, discordance: float, difference: float) -> float:
    """Exact probability of a pass, summed over all tables."""
    win, loss = (discordance + difference) / 2, (discordance - difference) / 2
    lost = np.arange(n + 1)
    won = binom.sf(np.array(least_wins(n, margin, alpha)) - 1, n - lost, max(0.0, win) / (1 - loss))
    return float((binom.pmf(lost, n, loss) * won).sum())


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.1])
@pytest.mark.parametrize("margin", [0.01, 0.02, 0.03, 0.05, 0.1])
@pytest.mark.parametrize("n", [10, 30, 50, 75, 100, 133, 150, 200])
def test_a_loss_of_the_margin_passes_no_more_often_than_alpha(n: int, margin: float, alpha: float) -> None:
    shares = np.concatenate([np.linspace(margin, margin + 0.1, 21), np.linspace(margin + 0.1, 0.9, 21)])
    assert max(passed(n, margin, alpha, share, -margin) for share in shares) <= alpha


@pytest.mark.parametrize(("n", "margin"), [(500, 0.03), (1500, 0.02)])
def test_on_a_usual_golden_set_the_level_is_used_and_not_exceeded(n: int, margin: float) -> None:
    levels = [passed(n, margin, 0.05, share, -margin) for share in (0.06, 0.08, 0.12, 0.2)]
    assert all(0.039 <= level <= 0.05 for level in levels)


@pytest.mark.parametrize("n", [30, 200])
def test_when_everything_differs_the_level_is_missed_by_little(n: int) -> None:
    assert passed(n, 0.05, 0.05, 1.0, -0.05) <= 0.055


@pytest.mark.parametrize("margin", [0.02, 0.05, 0.1])
@pytest.mark.parametrize("discordance", [0.02, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("difference", [0.0, 0.01, -0.01])
def test_the_items_that_planning_asks_for_show_what_they_should(
    discordance: float, margin: float, difference: float
) -> None:
    n = items_needed(discordance, margin, difference=difference)
    if n <= 1500:
        assert 0.79 <= passed(n, margin, 0.05, discordance, difference) <= 0.95


@pytest.mark.parametrize("together", [0.0, 0.3, 1.0])
def test_clustered_items_keep_the_level_once_their_counts_are_divided_by_the_design_effect(
    together: float,
) -> None:
    """100 sources of 5 items; an item follows its source with the square root of `together`."""
    rng = np.random.default_rng(5)
    sources, size, margin, shares = 100, 5, 0.03, (0.035, 0.065, 0.9)
    names = [str(i) for i in range(sources) for _ in range(size)]
    passes, years = 0, 300
    for _ in range(years):
        common = np.repeat(rng.choice([1.0, -1.0, 0.0], p=shares, size=sources), size)
        own = rng.choice([1.0, -1.0, 0.0], p=shares, size=sources * size)
        d = np.where(rng.random(sources * size) < together**0.5, common, own)
        effect = design_effect(d.tolist(), names)
        wins, losses, n = (float(x) / effect for x in ((d > 0).sum(), (d < 0).sum(), d.size))
        passes += noninferiority_p(wins, losses, n, margin) <= 0.05
    assert passes / years <= 0.05 + 0.02  # 1.6 standard errors of 300 years
