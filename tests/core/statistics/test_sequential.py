"""The e-process is fair to a candidate that is not worse, at every look, and finds one that is."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.statistics.sequential import EProcess

differences = st.floats(-1, 1)


def after_all(pairs: list[float]) -> EProcess:
    process = EProcess()
    for pair in pairs:
        process = process.after(pair)
    return process


def false_alarms(shares: tuple[float, float, float], runs: int, pairs: int, seed: int) -> float:
    """Share of runs that ever alarm; `shares` of wins, losses and ties."""
    rng = np.random.default_rng(seed)
    drawn = rng.choice([1.0, -1.0, 0.0], p=shares, size=(runs, pairs)).tolist()
    return float(np.mean([after_all(run).alarms(0.05) for run in drawn]))


@given(st.lists(differences, max_size=20), st.floats(-1, 0), st.floats(0, 1), st.floats(0, 1))
def test_from_any_state_the_wealth_of_a_fair_pair_does_not_grow_on_average(
    before: list[float], loss: float, gain: float, extra: float
) -> None:
    process = after_all(before)
    # The pair loses with the probability that makes its mean 0, or with a smaller one.
    chance = gain / (gain - loss) * extra if gain > loss else 0.0
    expected = chance * exp(process.after(loss).log_evidence) + (1 - chance) * exp(
        process.after(gain).log_evidence
    )
    assert expected <= exp(process.log_evidence) * (1 + 1e-9)


@pytest.mark.parametrize("shares", [(0.05, 0.05, 0.9), (0.5, 0.5, 0.0), (0.1, 0.05, 0.85)])
def test_looking_after_every_pair_alarms_no_more_often_than_alpha(shares: tuple[float, float, float]) -> None:
    assert false_alarms(shares, runs=150, pairs=200, seed=6) <= 0.05 + 0.03  # 1.7 standard errors of 150 runs


def test_the_average_wealth_over_many_fair_runs_is_at_most_1() -> None:
    rng = np.random.default_rng(8)
    drawn = rng.choice([1.0, -1.0, 0.0], p=[0.1, 0.1, 0.8], size=(200, 100)).tolist()
    wealths = [exp(after_all(run).log_evidence) for run in drawn]
    assert np.mean(wealths) <= 1 + 3 * np.std(wealths) / len(wealths) ** 0.5


def test_a_loss_of_ten_points_is_nearly_always_found_within_a_thousand_pairs() -> None:
    assert false_alarms((0.03, 0.13, 0.84), runs=30, pairs=1000, seed=9) >= 0.9


def test_an_alarm_stays_when_luck_returns() -> None:
    process = after_all([-1.0] * 20 + [1.0] * 200)
    assert process.alarms(0.05)
    assert process.log_evidence < 0
    assert process.p_value <= 0.05


@given(st.lists(differences, max_size=30))
def test_an_alarm_is_a_p_value_of_at_most_alpha(pairs: list[float]) -> None:
    process = after_all(pairs)
    assert process.pairs == len(pairs)
    assert 0 < process.p_value <= 1
    assert process.alarms(0.2) == (process.p_value <= 0.2)


@given(st.lists(differences, max_size=30))
def test_the_order_of_the_pairs_does_not_change_the_evidence(pairs: list[float]) -> None:
    assert after_all(pairs).log_evidence == pytest.approx(after_all(pairs[::-1]).log_evidence, abs=1e-9)


def test_the_process_survives_being_written_down() -> None:
    process = after_all([-1.0, 0.25, -0.5])
    assert EProcess.model_validate_json(process.to_json()) == process


@pytest.mark.parametrize("wrong", [1.01, -2.0, float("nan")])
def test_a_difference_outside_the_scale_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="must lie in"):
        EProcess().after(wrong)
