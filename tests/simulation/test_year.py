"""A simulated year is what its world says: qualities, discordance, slices, clusters; the same everywhere."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean

import numpy as np
import pytest

from pipelines.core.gate.tally import Tally, tally
from pipelines.simulation.rules import NAIVE, Meeting
from pipelines.simulation.world import CLUSTERED, DECAY, MIXED, SLICES, WEEKS, World, spread_of
from pipelines.simulation.year import Rotation, Year

EQUAL = World("equal", noise=0.0, small_regressions=0, large_regressions=0, slice_failures=0, improvements=0)


def duel(right: list[list[int]], slices: list[int], cluster: int = 1) -> tuple[Tally, dict[str, Tally]]:
    """The first model against the second."""
    seen = Rotation(np.array(right, dtype=np.float32), np.array(slices), cluster)
    found = seen.duel(0, 1, by_cluster=True)
    return found.all, dict(found.slices)


def test_wins_and_losses_are_counted_over_all_and_in_every_slice_that_has_items() -> None:
    every, slices = duel([[1, 1, 0, 1], [0, 1, 1, 0]], [0, 0, 3, 3])
    assert every == Tally(wins=2, losses=1, n=4)
    assert slices == {"slice 0": Tally(1, 0, 2), "slice 3": Tally(1, 1, 2)}


@pytest.mark.parametrize("seed", range(20))
def test_clustered_items_have_the_design_effect_that_the_gate_computes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    right = rng.integers(0, 2, (2, 10)).repeat(4, axis=1)
    right ^= rng.random(right.shape) < 0.1
    every, slices = duel(right.tolist(), np.repeat([0, 1, 1, 1, 1, 1, 5, 5, 5, 5], 4).tolist(), cluster=4)
    differences = [float(d) for d in right[0] - right[1]]
    names = [str(item // 4) for item in range(40)]
    assert every.effect == pytest.approx(tally(differences, names).effect)
    assert slices["slice 0"].effect == pytest.approx(tally(differences[:4], names[:4]).effect)
    assert slices["slice 1"].effect == pytest.approx(tally(differences[4:24], names[4:24]).effect)


def test_equal_candidates_score_as_the_world_says_and_differ_as_often() -> None:
    years = [Year(EQUAL, 1500, 1, number).at(0) for number in range(8)]
    assert fmean(year.score(week) for year in years for week in range(9)) == pytest.approx(0.85, abs=0.01)
    duels = [year.duel(week, 0, by_cluster=True).all for year in years for week in range(1, 9)]
    assert fmean((d.wins + d.losses) / d.n for d in duels) == pytest.approx(0.08, abs=0.005)


@pytest.mark.parametrize("discordance", [0.02, 0.08, 0.2])
def test_the_spread_of_difficulty_gives_the_discordance_that_is_asked_for(discordance: float) -> None:
    world = replace(EQUAL, discordance=discordance)
    duels = [Year(world, 3000, 2, number).at(0).duel(1, 0, by_cluster=True).all for number in range(6)]
    assert fmean((d.wins + d.losses) / d.n for d in duels) == pytest.approx(discordance, rel=0.1)


def test_a_discordance_that_no_spread_gives_is_refused() -> None:
    with pytest.raises(ValueError, match="differ on less than"):
        spread_of(0.85, 0.4)


def test_candidates_are_good_bad_and_broken_on_one_slice_as_often_as_the_world_says() -> None:
    found = [e for number in range(60) for e in Year(MIXED, 30, 3, number).entrants[1:]]
    assert len(found) == 60 * WEEKS
    share = fmean(e.failed_slice is not None for e in found)
    assert share == pytest.approx(MIXED.slice_failures, abs=0.02)
    worse = fmean(e.truth < MIXED.start - 0.028 for e in found)
    assert worse == pytest.approx(MIXED.small_regressions + MIXED.large_regressions, abs=0.03)
    broken = next(e for e in found if e.failed_slice is not None)
    assert broken.truth == pytest.approx(broken.quality - 0.15 / SLICES)


def test_a_candidate_that_fails_on_a_slice_loses_there() -> None:
    losses = []
    for number in range(10):
        year = Year(MIXED, 1500, 4, number)
        for week, entrant in enumerate(year.entrants):
            if entrant.failed_slice is not None:
                found = year.at(0).duel(week, 0, by_cluster=True).slices["slice 0"]
                losses.append(found.mean)
    assert fmean(losses) == pytest.approx(-0.15, abs=0.02)


def test_under_decay_every_week_is_a_little_worse() -> None:
    truth = [entrant.truth for entrant in Year(DECAY, 30, 5, 0).entrants]
    assert truth[-1] == pytest.approx(0.85 - 0.001 * WEEKS, abs=0.015)


def test_items_of_one_cluster_move_together() -> None:
    effects = [
        Year(CLUSTERED, 1500, 6, number).at(0).duel(1, 0, by_cluster=True).all.effect for number in range(5)
    ]
    assert fmean(effects) > 2
    blind = Year(CLUSTERED, 1500, 6, 0).at(0).duel(1, 0, by_cluster=False)
    assert blind.all.effect == 1.0


def test_a_rotation_exchanges_some_of_the_locked_items_and_keeps_their_number() -> None:
    year = Year(MIXED, 200, 7, 0)
    before, after = year.at(0), year.at(1)
    assert before.items == after.items == 200
    assert [before.score(week) for week in range(9)] != [after.score(week) for week in range(9)]


def test_a_year_depends_on_nothing_but_its_world_size_seed_and_number() -> None:
    def scores(year: Year) -> list[float]:
        return [year.at(0).score(week) for week in range(WEEKS + 1)]

    once, again = Year(MIXED, 200, 8, 3), Year(MIXED, 200, 8, 3)
    assert scores(once) == scores(again)
    assert scores(once) != scores(Year(MIXED, 200, 9, 3))
    assert once.entrants == Year(MIXED, 500, 8, 3).entrants


def test_the_rules_of_others_do_what_they_are_called() -> None:
    right = np.zeros((4, 100), dtype=np.float32)
    right[0, :50] = right[1, :50] = 1
    right[2, :49] = 1
    right[3, :43] = 1
    year = Year(EQUAL, 100, 0, 0)
    year._rotations[0] = Rotation(right, np.zeros(100, dtype=np.int64), 1)
    accepted = {rule.name: [rule.promotes(Meeting(year, week, 0)) for week in (1, 2, 3)] for rule in NAIVE}
    assert accepted == {
        "candidate >= champion": [True, False, False],
        "may drop by 1 pp": [True, True, False],
        "may drop by 2 pp": [True, True, False],
        "not significantly worse": [True, True, False],
        "significantly better": [False, False, False],
    }
