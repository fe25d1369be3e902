"""The decision passes what is proven, fails what is worse, and says what is missing."""

from __future__ import annotations

from examples import a_spec
from gate_samples import CANDIDATE, SNAPSHOT, N, evidence, guarded_evidence, rules, scores
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.decision import Reason, Verdict
from pipelines.core.gate.decide import decide, judge, prompting_suffices, strictest
from pipelines.core.gate.evidence import case_of
from pipelines.core.gate_policy import GatePolicy


def test_a_first_candidate_that_holds_its_minimums_and_beats_prompting_passes() -> None:
    decision = decide(evidence())
    assert decision.verdict == "PASS"
    assert decision.champion is None
    assert decision.why


def test_a_candidate_equal_to_the_champion_passes() -> None:
    assert decide(evidence(scores(290), scores(291))).verdict == "PASS"
    assert decide(guarded_evidence()).verdict == "PASS"


def test_a_candidate_proven_worse_than_the_champion_fails_although_it_holds_its_minimum() -> None:
    decision = decide(evidence(scores(250), scores(295)))
    assert decision.verdict == "FAIL"
    assert "non-inferiority" in rules(decision, "FAIL")
    assert "minimum" in rules(decision, "PASS")


def test_too_few_items_for_the_margin_is_inconclusive_and_says_how_many_are_missing() -> None:
    spec = a_spec(gate=GatePolicy(margin=0.02, min_items=10))
    candidate = [1] * 50 + [0] * 4 + [1] * 46
    champion = [0] * 4 + [1] * 96
    decision = decide(evidence(candidate, champion, spec=spec))
    assert decision.verdict == "INCONCLUSIVE"
    assert any("more items are needed" in text for text in decision.why)


def test_a_decision_names_what_it_is_about() -> None:
    given_ = evidence(scores(290), scores(290), uses=3)
    decision = decide(given_)
    assert (decision.model, decision.spec, decision.golden) == ("desk", given_.plan.spec, given_.plan.golden)
    assert (decision.candidate, decision.champion) == (CANDIDATE, given_.plan.champion)
    assert decision.golden_snapshot == SNAPSHOT
    assert decision.answers(given_.plan)


def test_a_flaw_in_the_evidence_is_the_only_thing_that_is_told() -> None:
    decision = decide(evidence(scores(200), scores(295), expected_items=N + 1))
    assert {r.rule for r in decision.reasons} == {"coverage"}


def test_every_rule_that_has_something_to_say_is_told() -> None:
    decision = decide(guarded_evidence())
    assert {r.rule for r in decision.reasons} == {
        "coverage",
        "minimum",
        "non-inferiority",
        "slices",
        "guard",
        "prompting",
        "assertion",
    }
    assert decision.reasons[1:] == judge(case_of(guarded_evidence()))


@given(st.lists(st.sampled_from(["PASS", "FAIL", "INCONCLUSIVE"])))
def test_the_strictest_answer_counts(verdicts: list[Verdict]) -> None:
    found = strictest(Reason(rule="r", verdict=v, text="t") for v in verdicts)
    assert found == next((v for v in ("FAIL", "INCONCLUSIVE") if v in verdicts), "PASS")


def test_prompting_suffices_only_where_nothing_else_failed() -> None:
    assert prompting_suffices(decide(evidence(prompting=evidence().candidate)))
    assert not prompting_suffices(decide(evidence()))
    worse = evidence(scores(200))
    assert not prompting_suffices(decide(worse.model_copy(update={"prompting": worse.candidate})))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=100, max_size=200))
def test_more_wrong_answers_never_turn_a_refusal_into_a_pass(pairs: list[tuple[bool, bool]]) -> None:
    mine, theirs = [int(a) for a, _ in pairs], [int(b) for _, b in pairs]
    if decide(evidence(mine, theirs)).verdict == "PASS":
        return
    assert decide(evidence([0, *mine[1:]], theirs)).verdict != "PASS"
