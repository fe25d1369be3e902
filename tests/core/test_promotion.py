"""A model's standing is a fold of its ledger, whatever happened to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from examples import a_candidate, chain, sha

from pipelines.core.answer import APPROVAL, REFUSAL, Approval, Refusal
from pipelines.core.decision import GateDecision, Verdict
from pipelines.core.promotion import (
    DECISION,
    PROMOTION,
    ROLLBACK,
    Promotion,
    Rollback,
    standing,
)


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


def decision(candidate: str = "candidate", verdict: Verdict = "PASS") -> tuple[str, GateDecision]:
    return DECISION, GateDecision(
        model="desk",
        spec=sha("spec"),
        training_set=sha("training set"),
        golden=sha("golden"),
        golden_snapshot=sha("golden upload"),
        candidate=sha(candidate),
        champion=None,
        verdict=verdict,
        reasons=(),
    )


def refusal(of: GateDecision, by: str | None = "alice") -> tuple[str, Refusal]:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return REFUSAL, Refusal(model="desk", decision=of.digest, by=by, at=at, reason="wrong tone")


def test_the_newest_decision_is_remembered() -> None:
    (_, judged) = decision()
    assert standing(chain((DECISION, judged))).last_decision == judged


def test_a_refusal_closes_the_newest_decision_and_no_later_one() -> None:
    (_, judged) = decision()
    refused = standing(chain((DECISION, judged), refusal(judged)))
    assert refused.refusal is not None
    assert refused.refusal.text == "alice refused it: wrong tone"
    assert refused.champion is None
    # The same decision again, after data that went back and forth, is asked about again.
    again = standing(chain((DECISION, judged), refusal(judged), decision("other"), (DECISION, judged)))
    assert (again.last_decision, again.refusal) == (judged, None)


def approval(of: GateDecision) -> tuple[str, Approval]:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=1)))
    return APPROVAL, Approval(model="desk", decision=of.digest, by="alice", at=at, reason="")


def test_an_approval_belongs_to_the_promotion_of_its_decision_and_to_no_other() -> None:
    (_, judged), (_, yes) = decision(), approval(decision()[1])
    state = standing(chain((DECISION, judged), (APPROVAL, yes), promotion(1), decision("b"), promotion(2)))
    assert (state.approvals, state.approval) == ({1: yes}, None)
    assert standing(chain((DECISION, judged), promotion(1), (APPROVAL, yes))).approvals == {1: yes}
    assert yes.text == "alice, 2026-01-02 02:04 UTC"


def test_a_refusal_by_nobody_says_that_nobody_answered() -> None:
    _, refused = refusal(decision()[1], by=None)
    assert refused.text == "nobody approved it in time: wrong tone"


def test_a_passed_decision_awaits_its_review_until_it_is_settled_or_its_window_ends() -> None:
    (_, judged), day = decision(), timedelta(days=1)
    made = datetime(2026, 1, 1, tzinfo=UTC)  # the time of every entry of `chain`
    asked = standing(chain((DECISION, judged)))
    assert asked.awaits_review(day, made)
    assert not asked.awaits_review(timedelta(0), made)
    assert not asked.awaits_review(day, made + day)
    for settled in (promotion(1), refusal(judged)):
        assert not standing(chain((DECISION, judged), settled)).awaits_review(day, made)
    assert not standing(chain(decision(verdict="FAIL"))).awaits_review(day, made)
    assert not standing([]).awaits_review(day, made)
