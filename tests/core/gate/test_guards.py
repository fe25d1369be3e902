"""Guards block on regression and never help a candidate."""

from __future__ import annotations

import pytest
from examples import a_spec
from gate_samples import (
    GUARD,
    N,
    a_case,
    a_rival,
    full_items,
    guarded_evidence,
    guarded_suite,
    rules,
    scores,
    with_report,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.gate.decide import decide
from pipelines.core.gate.guards import guards_hold
from pipelines.core.gate.quality import not_worse
from pipelines.core.gate.tally import Tally


@pytest.mark.parametrize("rival", ["champion", "anchor"])
def test_harm_to_a_guard_fails_against_champion_and_anchor(rival: str) -> None:
    (reason,) = guards_hold(a_case(**{rival: a_rival(Tally(0, 5, 40), rival, GUARD)}))
    assert (reason.rule, reason.verdict) == ("guard", "FAIL")
    assert reason.text == (
        f"refuse.acc against the {rival}: 0 items won, 5 lost of 40; it is proven worse (p=0.0312)."
    )


def test_a_guard_with_few_items_need_not_prove_that_nothing_was_lost() -> None:
    case = a_case(champion=a_rival(Tally(0, 4, 40), metric=GUARD))
    (reason,) = guards_hold(case)
    assert reason.verdict == "PASS"
    assert list(not_worse(case)) == []


def test_a_candidate_with_better_facts_and_a_harmed_guard_fails() -> None:
    mine = [1] * N
    given_ = guarded_evidence(mine, guard=scores(20, 40), champion_guard=scores(40, 40))
    worse = full_items(scores(240), scores(40, 40))
    decision = decide(with_report(given_, "champion", items=worse))
    assert decision.verdict == "FAIL"
    assert "guard" in rules(decision, "FAIL")
    assert rules(decision, "FAIL") <= {"guard", "slices"}


def test_a_guard_below_its_minimum_fails_a_first_version() -> None:
    strict = GUARD.model_copy(update={"minimum": 0.95})
    suite = guarded_suite(metrics=(*guarded_suite().metrics[:2], strict))
    first = {"champion": None, "anchor": None}
    given_ = guarded_evidence(guard=scores(37, 40), spec=a_spec(suite=suite))
    plan = given_.plan.model_copy(update={"champion": None})
    decision = decide(given_.model_copy(update={**first, "plan": plan}))
    assert rules(decision, "FAIL") == {"minimum"}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(80, 100), st.integers(80, 100))
def test_a_better_guard_never_turns_a_refusal_into_a_pass(
    before: int, guard: int, mine: int, theirs: int
) -> None:
    """Whatever a guard shows, the verdict is that of an equal guard, or stricter."""
    given_ = guarded_evidence(scores(mine, 100), guard=scores(guard, 40))
    different, equal = given_, given_
    for rival in ("champion", "anchor"):
        different = with_report(different, rival, items=full_items(scores(theirs, 100), scores(before, 40)))
        equal = with_report(equal, rival, items=full_items(scores(theirs, 100), scores(guard, 40)))
    if decide(different).verdict == "PASS":
        assert decide(equal).verdict == "PASS"
