"""The gate passes what is proven, fails what is worse, and says what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from examples import a_baseline, a_candidate, a_plan, a_report, a_spec, a_suite, an_item, sha
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.eval_suite import Metric
from pipelines.core.gate import Evidence, decide
from pipelines.core.model_spec import GatePolicy

N = 300
CANDIDATE = a_candidate().digest
CHAMPION = sha("champion")


def scores(right: int, n: int = N) -> list[int]:
    return [1] * right + [0] * (n - right)


def evidence(
    candidate: list[int] | None = None, champion: list[int] | None = None, **changes: Any
) -> Evidence:
    spec = changes.pop("spec", a_spec())
    mine = candidate if candidate is not None else scores(290)
    rival = a_report(CHAMPION, champion) if champion is not None else None
    values: dict[str, Any] = {
        "spec": spec,
        "plan": a_plan(spec, champion=CHAMPION if champion is not None else None),
        "candidate": a_report(CANDIDATE, mine),
        "baselines": (a_baseline(scores(0, len(mine))),),
        "champion": rival,
        "anchor": rival,
        "expected_items": len(mine),
    }
    return Evidence(**values | changes)


def rules(decision: Any, verdict: str) -> set[str]:
    return {r.rule for r in decision.reasons if r.verdict == verdict}


def test_a_first_candidate_that_holds_its_minimums_and_beats_prompting_passes() -> None:
    decision = decide(evidence())
    assert decision.verdict == "PASS"
    assert decision.champion is None
    assert decision.why


def test_a_candidate_equal_to_the_champion_passes() -> None:
    assert decide(evidence(scores(290), scores(291))).verdict == "PASS"


def test_a_candidate_proven_worse_than_the_champion_fails_although_it_holds_its_minimum() -> None:
    decision = decide(evidence(scores(250), scores(295)))
    assert decision.verdict == "FAIL"
    assert "non-inferiority" in rules(decision, "FAIL")
    assert "minimum" in rules(decision, "PASS")


def test_a_candidate_below_a_minimum_fails_and_says_by_which_score() -> None:
    decision = decide(evidence(scores(200)))
    assert decision.verdict == "FAIL"
    assert any("0.667, below the minimum of 0.80" in text for text in decision.why)


def test_too_few_items_for_the_margin_is_inconclusive_and_says_how_many_are_missing() -> None:
    spec = a_spec(gate=GatePolicy(margin=0.02, min_items=10))
    candidate = [1] * 50 + [0] * 4 + [1] * 46
    champion = [0] * 4 + [1] * 96
    decision = decide(evidence(candidate, champion, spec=spec))
    assert decision.verdict == "INCONCLUSIVE"
    assert any("more items are needed" in text for text in decision.why)


def test_a_golden_set_below_the_least_size_is_inconclusive() -> None:
    decision = decide(evidence(scores(50, 50)))
    assert decision.verdict == "INCONCLUSIVE"
    assert any("50 too few" in text for text in decision.why)


def test_a_candidate_no_better_than_prompting_the_base_fails() -> None:
    decision = decide(evidence(scores(290), baselines=(a_baseline(scores(290)),)))
    assert decision.verdict == "FAIL"
    assert rules(decision, "FAIL") == {"baseline"}


def test_harm_on_one_slice_fails_even_when_the_whole_is_no_worse() -> None:
    spec = a_spec(gate=GatePolicy(margin=0.2, min_items=100))
    champion = [1] * N
    candidate = [0 if k % 2 and k < 40 else 1 for k in range(N)]
    decision = decide(evidence(candidate, champion, spec=spec))
    assert rules(decision, "FAIL") == {"slices"}
    assert any("'s1'" in text for text in decision.why)


def test_a_candidate_that_was_rolled_back_never_returns() -> None:
    decision = decide(evidence(rolled_back=True))
    assert rules(decision, "FAIL") == {"history"}


def test_a_champion_without_scores_fails_closed() -> None:
    decision = decide(evidence(scores(290), scores(290)).model_copy(update={"champion": None}))
    assert decision.verdict == "FAIL"
    assert any("champion was not scored" in text for text in decision.why)


def test_a_run_without_any_baseline_fails_closed() -> None:
    assert rules(decide(evidence(baselines=())), "FAIL") == {"coverage"}


ONE_LESS = tuple(an_item(k, 1) for k in range(N - 1))
BROKEN = {
    "an item less": {"items": ONE_LESS},
    "an item twice": {"items": (*ONE_LESS, an_item(0, 1))},
    "another item": {"items": (*ONE_LESS, an_item(9999, 1))},
    "another prompt": {"items": (*ONE_LESS, an_item(N - 1, 1, prompt_hash="x"))},
    "another target": {"items": (*ONE_LESS, an_item(N - 1, 1, target_hash="x"))},
    "no items": {"items": ()},
    "another metric": {"items": tuple(an_item(k, 1, metric="f1") for k in range(N))},
    "a limited run": {"limited": True},
    "another golden set": {"golden": sha("other")},
    "another suite": {"suite": sha("other")},
    "the wrong split": {"split": "dev"},
}


@pytest.mark.parametrize("flaw", BROKEN)
@pytest.mark.parametrize("arm", ["candidate", "champion", "anchor", "baselines"])
def test_a_flaw_in_the_evidence_of_any_arm_never_passes(flaw: str, arm: str) -> None:
    good = evidence(scores(N), scores(N))
    report = good.baselines[0] if arm == "baselines" else getattr(good, arm)
    broken = report.model_copy(update=BROKEN[flaw])
    decision = decide(good.model_copy(update={arm: (broken,) if arm == "baselines" else broken}))
    assert decision.verdict == "FAIL"
    assert rules(decision, "FAIL") == {"coverage"}


def test_a_metric_that_nobody_scored_fails_closed() -> None:
    suite = a_suite(metrics=(*a_suite().metrics, Metric(task="exact", name="f1", minimum=0.0)))
    assert decide(evidence(spec=a_spec(suite=suite))).verdict == "FAIL"


@given(st.permutations(range(N)))
def test_the_order_of_items_changes_nothing(order: list[int]) -> None:
    good = evidence(scores(280), scores(285))
    items = tuple(good.candidate.items[k] for k in order)
    shuffled = good.model_copy(update={"candidate": good.candidate.model_copy(update={"items": items})})
    assert decide(shuffled) == decide(good)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=100, max_size=300))
def test_more_wrong_answers_never_turn_a_refusal_into_a_pass(pairs: list[tuple[bool, bool]]) -> None:
    mine, theirs = [int(a) for a, _ in pairs], [int(b) for _, b in pairs]
    if decide(evidence(mine, theirs)).verdict == "PASS":
        return
    assert decide(evidence([0, *mine[1:]], theirs)).verdict != "PASS"
