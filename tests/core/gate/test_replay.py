"""Replay: the same evidence under another policy."""

from __future__ import annotations

from datetime import UTC, datetime

from gate_samples import evidence, scores
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.gate.decide import decide
from pipelines.core.gate.replay import Replayed, is_about, replay
from pipelines.core.gate_policy import GatePolicy

AT = datetime(2026, 1, 1, tzinfo=UTC)
CLOSE = evidence(scores(288), scores(290))


@given(st.integers(200, 300), st.integers(200, 300))
def test_under_its_own_policy_a_decision_is_the_same(candidate: int, champion: int) -> None:
    found = evidence(scores(candidate), scores(champion))
    assert replay(found, found.spec.gate) == decide(found)


def test_a_smaller_margin_turns_a_pass_into_a_question_for_more_items() -> None:
    was, again = decide(CLOSE), replay(CLOSE, CLOSE.spec.gate.model_copy(update={"margin": 0.01}))
    found = Replayed(at=AT, was=was, again=again)
    assert (was.verdict, again.verdict) == ("PASS", "INCONCLUSIVE")
    assert found.differs
    assert "cannot be ruled out" in found.why


def test_more_items_asked_for_is_said_first() -> None:
    again = replay(CLOSE, GatePolicy(margin=0.05, min_items=500))
    assert "200 too few" in Replayed(at=AT, was=decide(CLOSE), again=again).why


def test_a_candidate_that_lacks_only_the_proof_against_prompting_is_said_to_give_way() -> None:
    found = evidence(scores(290))
    poor = found.model_copy(update={"prompting": found.candidate})
    decided = decide(poor)
    assert "prompt package would be judged" in Replayed(at=AT, was=decided, again=decided).why


def test_evidence_is_of_the_decision_that_was_made_on_it_and_of_no_other() -> None:
    assert is_about(CLOSE, decide(CLOSE))
    assert not is_about(CLOSE, decide(evidence(scores(290))))
    other = evidence(scores(288), scores(290), spec=CLOSE.spec.model_copy(update={"owner": "x@example.com"}))
    assert not is_about(other, decide(CLOSE))


def test_a_decision_without_evidence_does_not_differ_and_says_what_is_lacking() -> None:
    found = Replayed(at=AT, was=decide(CLOSE), again=None, lacking="Gone.")
    assert not found.differs
    assert found.why == "Gone."
