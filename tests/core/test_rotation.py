"""Rotation exchanges a tenth of the locked items at a time, until every item took part."""

from __future__ import annotations

import pytest
from examples import a_candidate, a_plan, chain, sha
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.composition import split_of
from pipelines.core.decision import GateDecision
from pipelines.core.golden_set import GoldenItem
from pipelines.core.plan import Plan
from pipelines.core.promotion import DECISION, standing
from pipelines.core.rotation import TURN, decisions_left, rotated, rotation_of

ITEMS = tuple(GoldenItem(id=f"q{k}", prompt="?", completion="!") for k in range(2000))
SNAPSHOT, OTHER = sha("golden snapshot"), sha("other snapshot")


def a_decision(plan: Plan, snapshot: str = SNAPSHOT) -> tuple[str, GateDecision]:
    return DECISION, GateDecision(
        model=plan.model,
        spec=plan.spec,
        training_set=plan.training_set,
        golden=plan.golden,
        golden_snapshot=snapshot,
        candidate=a_candidate().digest,
        champion=plan.champion,
        verdict="FAIL",
        reasons=(),
    )


@pytest.mark.parametrize(
    ("decisions", "rotation", "left"), [(0, 0, 50), (1, 0, 49), (49, 0, 1), (50, 1, 50), (149, 2, 1)]
)
def test_the_items_are_exchanged_after_so_many_decisions(decisions: int, rotation: int, left: int) -> None:
    assert rotation_of(decisions, 50) == rotation
    assert decisions_left(decisions, 50) == left


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 30))
def test_an_item_stays_within_the_circle(draw: float, rotation: int) -> None:
    assert 0 <= rotated(draw, rotation) < 1
    apart = abs(rotated(draw, rotation + TURN) - rotated(draw, rotation))
    assert min(apart, 1 - apart) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("dev_share", [0.1, 0.25, 0.5])
def test_a_rotation_exchanges_about_a_tenth_of_all_items(dev_share: float) -> None:
    for rotation in range(TURN):
        before = {i.id for i in ITEMS if split_of(i, dev_share, rotation) == "gate"}
        after = {i.id for i in ITEMS if split_of(i, dev_share, rotation + 1) == "gate"}
        assert 0.07 < len(before - after) / len(ITEMS) < 0.13
        assert 0.07 < len(after - before) / len(ITEMS) < 0.13
        assert abs(len(after) / len(ITEMS) - (1 - dev_share)) < 0.04


@pytest.mark.parametrize("dev_share", [0.1, 0.25])
def test_a_full_turn_brings_every_item_into_the_dev_split_and_back(dev_share: float) -> None:
    for item in ITEMS[:200]:
        splits = [split_of(item, dev_share, rotation) for rotation in range(TURN)]
        assert "dev" in splits
        assert splits.count("dev") <= TURN * dev_share + 1
        assert split_of(item, dev_share, TURN) == splits[0]


def test_an_item_keeps_its_split_when_others_come_and_go() -> None:
    few, many = ITEMS[:50], ITEMS
    assert {i.id: split_of(i, 0.25) for i in few}.items() <= {i.id: split_of(i, 0.25) for i in many}.items()


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1), st.integers(0, 30))
def test_items_of_one_cluster_stay_together(cluster: str, one: str, other: str, rotation: int) -> None:
    items = [GoldenItem(id=name, prompt="?", completion="!", cluster=cluster) for name in (one, other)]
    assert split_of(items[0], 0.25, rotation) == split_of(items[1], 0.25, rotation)


def test_decisions_are_counted_by_golden_set() -> None:
    first, second, third = (a_plan(training_set=sha(name)) for name in "abc")
    state = standing(chain(a_decision(first), a_decision(second, OTHER), a_decision(third)))
    assert (state.decisions_on(SNAPSHOT), state.decisions_on(OTHER), state.decisions_on(sha("new"))) == (
        2,
        1,
        0,
    )


def test_a_decision_that_is_repeated_is_not_counted_before_itself() -> None:
    """A retry of the gate finds its own decision in the ledger already."""
    plan, another = a_plan(), a_plan(training_set=sha("next"))
    assert standing([]).decisions_before(plan, SNAPSHOT) == 0
    state = standing(chain(a_decision(another), a_decision(plan)))
    assert state.decisions_before(plan, SNAPSHOT) == 1
    assert state.decisions_before(another, SNAPSHOT) == 2


def test_a_decision_on_another_golden_set_does_not_count_less() -> None:
    plan = a_plan()
    elsewhere = a_plan(golden=sha("other golden"))
    state = standing(chain(a_decision(plan), a_decision(elsewhere, OTHER)))
    assert state.decisions_before(plan, SNAPSHOT) == 1
