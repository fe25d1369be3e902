"""A model's standing is a fold of its ledger, whatever happened to it."""

from __future__ import annotations

from examples import a_candidate, chain, sha

from pipelines.core.decision import GateDecision
from pipelines.core.promotion import DECISION, PROMOTION, ROLLBACK, Promotion, Rollback, standing


def promotion(version: int) -> tuple[str, Promotion]:
    candidate = a_candidate(f"c{version}")
    return PROMOTION, Promotion(
        model="desk", version=version, candidate=candidate, decision=sha(str(version))
    )


def rollback(version: int) -> tuple[str, Rollback]:
    return ROLLBACK, Rollback(model="desk", version=version, reason="bad")


def test_without_promotions_there_is_no_champion() -> None:
    state = standing([])
    assert (state.champion, state.previous, state.anchor, state.next_version) == (None, None, None, 1)


def test_the_newest_promotion_is_champion_and_the_first_is_the_anchor() -> None:
    state = standing(chain(promotion(1), promotion(2), promotion(3)))
    assert [p.version for p in (state.champion, state.previous, state.anchor) if p] == [3, 2, 1]
    assert state.next_version == 4


def test_a_rollback_skips_every_version_rolled_back_before() -> None:
    state = standing(chain(promotion(1), promotion(2), rollback(2), promotion(3), rollback(3)))
    assert state.champion is not None
    assert state.champion.version == 1
    assert state.previous is None
    assert state.next_version == 4


def test_rolling_back_the_only_version_leaves_no_champion() -> None:
    state = standing(chain(promotion(1), rollback(1)))
    assert state.champion is None
    assert state.rolled_back(a_candidate("c1").digest)
    assert not state.rolled_back(a_candidate("c2").digest)


def test_the_immutable_name_carries_the_version() -> None:
    assert promotion(7)[1].served_as == "desk-v7"


def test_the_newest_decision_is_remembered() -> None:
    decision = GateDecision(
        model="desk",
        spec=sha("spec"),
        training_set=sha("training set"),
        golden=sha("golden"),
        candidate=sha("candidate"),
        champion=None,
        verdict="FAIL",
        reasons=(),
    )
    assert standing(chain((DECISION, decision))).last_decision == decision
