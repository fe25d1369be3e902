"""Rules about quality: minimums, non-inferiority, superiority after a change, and slices."""

from __future__ import annotations

import pytest
from examples import a_spec
from gate_samples import N, a_case, a_rival, an_arm, evidence, rules, scores, with_report
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.gate.decide import decide
from pipelines.core.gate.quality import minimums, no_slice_harmed, not_worse, superior_after_a_change
from pipelines.core.gate.tally import Tally
from pipelines.core.gate_policy import GatePolicy


def test_a_candidate_below_a_minimum_fails_and_says_by_which_score() -> None:
    decision = decide(evidence(scores(200)))
    assert decision.verdict == "FAIL"
    assert any("0.667, below the minimum of 0.80" in text for text in decision.why)


def test_a_score_that_is_missing_holds_no_minimum() -> None:
    (reason,) = minimums(a_case(scores={}))
    assert reason.verdict == "FAIL"


@pytest.mark.parametrize("rival", ["champion", "anchor"])
def test_it_is_not_worse_than_the_champion_nor_than_the_anchor(rival: str) -> None:
    worse = a_rival(Tally(wins=0, losses=45, n=N), rival)
    (reason,) = not_worse(a_case(**{rival: worse}))
    assert (reason.verdict, reason.rule) == ("FAIL", "non-inferiority")
    assert f"against the {rival}: 0 items won, 45 lost of 300" in reason.text
    same = a_rival(Tally(wins=0, losses=0, n=N), rival)
    (reason,) = not_worse(a_case(**{rival: same}))
    assert reason.verdict == "PASS"


def test_the_anchor_may_have_a_margin_of_its_own() -> None:
    found = Tally(wins=8, losses=17, n=N)
    case = a_case(
        policy=GatePolicy(margin=0.05, anchor_margin=0.1),
        champion=a_rival(found),
        anchor=a_rival(found, "anchor"),
    )
    champion, anchor = not_worse(case)
    assert (champion.verdict, anchor.verdict) == ("INCONCLUSIVE", "PASS")
    assert (champion.numbers["margin"], anchor.numbers["margin"]) == (0.05, 0.1)


def test_clustered_items_count_for_less_and_the_reason_says_so() -> None:
    case = a_case(champion=a_rival(Tally(wins=2, losses=3, n=N)))
    assert [r.verdict for r in not_worse(case)] == ["PASS"]
    clustered = a_case(champion=a_rival(Tally(wins=2, losses=3, n=N, effect=6.0)))
    (reason,) = not_worse(clustered)
    assert reason.verdict == "INCONCLUSIVE"
    assert "design effect 6.0" in reason.text
    assert reason.numbers["items_missing"] > 0


def test_a_candidate_of_the_same_kind_need_not_be_better() -> None:
    assert list(superior_after_a_change(a_case(champion=a_rival(Tally(0, 0, N))))) == []


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (Tally(wins=20, losses=3, n=N), "PASS"),
        (Tally(wins=5, losses=5, n=N), "INCONCLUSIVE"),
        (Tally(wins=3, losses=20, n=N), "FAIL"),
    ],
)
def test_another_method_or_base_must_be_proven_better(found: Tally, verdict: str) -> None:
    (reason,) = superior_after_a_change(a_case(champion=a_rival(found), change="from this to that"))
    assert (reason.rule, reason.verdict) == ("superiority", verdict)
    assert "as the change from this to that asks for" in reason.text


@pytest.mark.parametrize("arm", [an_arm("full"), an_arm("lora", base="large")])
def test_an_equal_of_another_kind_does_not_replace_the_champion(arm: object) -> None:
    same = evidence(scores(290), scores(290))
    decision = decide(with_report(same, "candidate", arm=arm))
    assert decision.verdict == "INCONCLUSIVE"
    assert rules(decision, "INCONCLUSIVE") == {"superiority"}


def test_a_first_version_has_nothing_to_be_superior_to() -> None:
    assert list(superior_after_a_change(a_case(change="from this to that"))) == []


def test_harm_on_one_slice_fails_even_when_the_whole_is_no_worse() -> None:
    spec = a_spec(gate=GatePolicy(margin=0.2, min_items=100))
    champion = [1] * N
    candidate = [0 if k % 2 and k < 40 else 1 for k in range(N)]
    decision = decide(evidence(candidate, champion, spec=spec))
    assert rules(decision, "FAIL") == {"slices"}
    assert any("'s1'" in text for text in decision.why)


def test_slices_that_are_too_small_are_counted_and_not_tested() -> None:
    ruined, fine = Tally(wins=0, losses=29, n=29), Tally(wins=0, losses=0, n=100)
    case = a_case(champion=a_rival(Tally(0, 29, N), small=ruined, large=fine))
    (reason,) = no_slice_harmed(case)
    assert reason.verdict == "PASS"
    assert reason.text.endswith("on any of 1 slices; 1 too small to test.")


@given(st.integers(2, 40))
def test_many_slices_ask_for_more_proof_of_harm_on_one(others: int) -> None:
    """Five losses to none prove harm on a single slice, not on one of many."""
    harmed, fine = Tally(wins=0, losses=5, n=50), Tally(wins=0, losses=0, n=50)
    one = a_case(champion=a_rival(Tally(0, 5, N), harmed=harmed))
    many = a_case(champion=a_rival(Tally(0, 5, N), harmed=harmed, **{f"s{k}": fine for k in range(others)}))
    assert [r.verdict for r in no_slice_harmed(one)] == ["FAIL"]
    assert [r.verdict for r in no_slice_harmed(many)] == ["PASS"]
