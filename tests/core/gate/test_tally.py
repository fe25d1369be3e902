"""A tally reduces paired scores to counts, and clustered items count for less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.gate.tally import Tally, tally
from pipelines.core.statistics.paired import mcnemar_exact, noninferiority_p

DIFFERENCES = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=20, max_size=120)


def blank(count: int) -> list[str]:
    return [""] * count


@given(DIFFERENCES)
def test_right_or_wrong_scores_are_counted(differences: list[float]) -> None:
    found = tally(differences, blank(len(differences)))
    assert (found.wins, found.losses) == (differences.count(1.0), differences.count(-1.0))
    assert found.effect == 1.0
    assert found.mean == pytest.approx(sum(differences) / len(differences))
    assert found.better() == mcnemar_exact(found.wins, found.losses)
    assert found.worse() == mcnemar_exact(found.losses, found.wins)
    shown, p = found.worse_by_less_than(0.1, 0.05)
    assert p == noninferiority_p(found.wins, found.losses, found.n, 0.1)
    assert shown == (p <= 0.05)


@given(DIFFERENCES)
def test_clusters_of_one_item_change_nothing(differences: list[float]) -> None:
    names = [str(k) for k in range(len(differences))]
    assert tally(differences, names) == tally(differences, blank(len(differences)))


def test_items_of_one_fact_that_move_together_have_a_design_effect() -> None:
    differences = [1.0] * 6 + [-1.0] * 9 + [0.0] * 285
    apart = tally(differences, blank(300))
    together = tally(differences, [f"fact{k // 3}" for k in range(300)])
    assert together.effect > 2
    assert (together.wins, together.losses, together.n) == (apart.wins, apart.losses, apart.n)
    assert together.worse_by_less_than(0.05, 0.05)[1] > apart.worse_by_less_than(0.05, 0.05)[1]
    assert together.better() > apart.better()


@given(DIFFERENCES, st.integers(2, 5))
def test_clusters_never_make_the_evidence_stronger(differences: list[float], size: int) -> None:
    clusters = [str(k // size) for k in range(len(differences))]
    apart, together = tally(differences, blank(len(differences))), tally(differences, clusters)
    assert together.effect >= 1
    if apart.wins > apart.losses:
        assert together.better() >= apart.better() - 1e-12
    if apart.losses > apart.wins:
        assert together.worse() >= apart.worse() - 1e-12


def test_graded_scores_keep_every_difference() -> None:
    differences = [0.5, -0.25, 0.0, 0.25] * 30
    found = tally(differences, blank(120))
    assert found.differences == tuple(differences)
    assert found.mean == pytest.approx(0.125)
    shown, bound = found.worse_by_less_than(0.05, 0.05)
    assert shown
    assert -0.05 < bound < 0.125


def test_graded_scores_of_clusters_are_bounded_cluster_by_cluster() -> None:
    differences = [0.5] * 10 + [-0.5] * 10 + [0.1] * 100
    names = [f"fact{k // 10}" for k in range(120)]
    apart, together = tally(differences, blank(120)), tally(differences, names)
    assert together.clusters == tuple(names)
    assert together.worse_by_less_than(0.2, 0.05)[1] < apart.worse_by_less_than(0.2, 0.05)[1]


def test_nothing_that_differs_is_neither_better_nor_worse() -> None:
    found = Tally(wins=0, losses=0, n=300)
    assert (found.better(), found.worse()) == (1.0, 1.0)
    assert found.worse_by_less_than(0.05, 0.05)[0]
