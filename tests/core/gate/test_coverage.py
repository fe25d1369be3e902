"""Coverage: whatever is missing, doubled or asked otherwise is named, and nothing else is asked then."""

from __future__ import annotations

from typing import Any

import pytest
from examples import a_report, a_spec, a_suite, an_item, sha
from gate_samples import (
    PLAIN,
    N,
    an_arm,
    evidence,
    full_items,
    guarded_evidence,
    guarded_suite,
    rules,
    scores,
    with_report,
)

from pipelines.core.assertion import AssertionResult
from pipelines.core.eval_suite import EvalTask, Metric
from pipelines.core.gate.coverage import coverage
from pipelines.core.gate.decide import decide
from pipelines.core.gate.evidence import Evidence
from pipelines.core.golden_set import GoldenItem

ONE_LESS = tuple(an_item(k, 1) for k in range(N - 1))
FLAWS: dict[str, dict[str, Any]] = {
    "an item less": {"items": ONE_LESS},
    "an item twice": {"items": (*ONE_LESS, an_item(0, 1))},
    "an item more": {"items": (*ONE_LESS, an_item(N - 1, 1), an_item(N, 1))},
    "another item": {"items": (*ONE_LESS, an_item(9999, 1))},
    "another question": {"items": (*ONE_LESS, an_item(N - 1, 1, doc_hash="x"))},
    "another prompt": {"items": (*ONE_LESS, an_item(N - 1, 1, prompt_hash="x"))},
    "another target": {"items": (*ONE_LESS, an_item(N - 1, 1, target_hash="x"))},
    "a score beyond 1": {"items": (*ONE_LESS, an_item(N - 1, 2))},
    "no items": {"items": ()},
    "another metric": {"items": tuple(an_item(k, 1, metric="f1") for k in range(N))},
    "one metric more": {"items": (*ONE_LESS, an_item(N - 1, 1), an_item(0, 1, metric="f1"))},
    "a limited run": {"limited": True},
    "another golden set": {"golden": sha("other")},
    "another suite": {"suite": sha("other")},
    "the wrong split": {"split": "dev"},
}


def flaws(given: Evidence) -> list[str]:
    return [reason.text for reason in coverage(given) if reason.verdict == "FAIL"]


@pytest.mark.parametrize("flaw", FLAWS)
@pytest.mark.parametrize("arm", ["candidate", "champion", "anchor", "prompting"])
def test_a_flaw_in_the_evidence_of_any_arm_fails(flaw: str, arm: str) -> None:
    decision = decide(with_report(evidence(scores(N), scores(N)), arm, **FLAWS[flaw]))
    assert decision.verdict == "FAIL"
    assert rules(decision, "FAIL") == {"coverage"}


@pytest.mark.parametrize("arm", ["champion", "anchor", "prompting"])
def test_an_arm_that_was_not_scored_fails(arm: str) -> None:
    given = evidence(scores(290), scores(290)).model_copy(update={arm: None})
    assert flaws(given) == [
        {
            "champion": "The champion was not scored.",
            "anchor": "The anchor was not scored.",
            "prompting": "No prompting arm was scored.",
        }[arm]
    ]


def test_another_model_does_not_stand_in_for_the_champion() -> None:
    given = with_report(
        evidence(scores(290), scores(290)), "champion", arm=an_arm("lora", subject=sha("other"))
    )
    assert flaws(given) == ["Another arm was scored in the place of the champion."]


def test_complete_evidence_says_on_how_many_items() -> None:
    (reason,) = coverage(evidence())
    assert reason.text == "Every arm was scored on the same 300 items."
    assert reason.numbers == {"items": 300, "metrics": 1}


def test_a_metric_that_nobody_scored_fails() -> None:
    suite = a_suite(metrics=(*a_suite().metrics, Metric(task="exact", name="f1", minimum=0.0)))
    given = evidence(spec=a_spec(suite=suite))
    assert "The candidate has no score for exact.f1." in flaws(given)


def test_every_metric_is_scored_on_the_same_items() -> None:
    given = guarded_evidence()
    shifted = [
        i.model_copy(update={"item": f"{i.item}x"}) if i.task == "choice" else i
        for i in given.candidate.items
    ]
    for arm in ("candidate", "champion", "anchor", "prompting"):
        given = with_report(given, arm, items=tuple(shifted))
    assert "The candidate was scored on other items by choice.acc." in flaws(given)


def test_a_guard_is_scored_on_exactly_the_items_that_it_brings_along() -> None:
    assert flaws(guarded_evidence()) == []
    fewer = guarded_evidence(guard=scores(39, 39), champion_guard=scores(39, 39))
    assert "The candidate has 39 item scores of refuse.acc, expected 40." in flaws(fewer)
    swapped = tuple(
        i.model_copy(update={"item": "r99"}) if i.item == "r0" else i
        for i in guarded_evidence().candidate.items
    )
    given = with_report(guarded_evidence(), "candidate", items=swapped)
    assert "The candidate was scored on other items by refuse.acc." in flaws(given)


def test_arms_that_write_other_prompts_are_compared_by_question_and_target_alone() -> None:
    shown = tuple(an_item(k, 0, prompt_hash="with examples") for k in range(N))
    few_shot = a_report(sha("package"), [], items=shown, arm=an_arm("few_shot"))
    assert decide(evidence(prompting=few_shot)).verdict == "PASS"
    plain = few_shot.model_copy(update={"arm": an_arm("zero_shot")})
    assert flaws(evidence(prompting=plain)) == [
        "The best prompting arm was asked in other words than the candidate."
    ]
    other_base = few_shot.model_copy(update={"arm": an_arm("zero_shot", base="large")})
    assert decide(evidence(prompting=other_base)).verdict == "PASS"


@pytest.mark.parametrize("kind", ["guard", "style"])
def test_a_suite_may_not_begin_with_a_guard_or_a_metric_of_style(kind: str) -> None:
    first = guarded_suite().metrics[0].model_copy(update={kind: True})
    suite = guarded_suite(metrics=(first, *guarded_suite().metrics[1:]))
    assert flaws(guarded_evidence(spec=a_spec(suite=suite))) == [
        "The eval suite does not begin with a metric of facts."
    ]


def test_a_suite_without_metrics_fails() -> None:
    suite = guarded_suite(metrics=(), assertions=())
    assert "The eval suite does not begin with a metric of facts." in flaws(
        guarded_evidence(spec=a_spec(suite=suite))
    )


def test_an_item_is_either_golden_or_of_the_suite() -> None:
    own = (GoldenItem(id="q7", prompt="Who?", completion="No."),)
    tasks = (*guarded_suite().tasks[:2], EvalTask(name="refuse", definition="task: refuse", items=own))
    given = guarded_evidence(spec=a_spec(suite=guarded_suite(tasks=tasks)))
    assert "The item q7 stands both in the golden set and in the eval suite." in flaws(given)


@pytest.mark.parametrize(
    ("results", "says"),
    [
        ((), "The assertion plain was not checked."),
        (
            (AssertionResult(assertion=PLAIN.model_copy(update={"pattern": "x"}), checked=N, broken=0),),
            "The assertion plain was not checked.",
        ),
        (
            (AssertionResult(assertion=PLAIN, checked=N - 1, broken=0),),
            "The assertion plain was checked on 299 of 300 answers.",
        ),
        (
            (AssertionResult(assertion=PLAIN, checked=N, broken=0),) * 2,
            "The assertion plain was not checked.",
        ),
    ],
)
def test_every_answer_is_looked_through_for_every_known_failure(
    results: tuple[AssertionResult, ...], says: str
) -> None:
    assert flaws(guarded_evidence(assertions=results)) == [says]


def test_an_assertion_on_some_slices_is_checked_on_their_answers() -> None:
    narrow = PLAIN.model_copy(update={"slices": ("s1",)})
    spec = a_spec(suite=guarded_suite(assertions=(narrow,)))
    half = AssertionResult(assertion=narrow, checked=N // 2, broken=0)
    assert flaws(guarded_evidence(spec=spec, assertions=(half,))) == []
    assert len(flaws(guarded_evidence(spec=spec))) == 1


def test_all_flaws_are_told() -> None:
    given = with_report(guarded_evidence(), "candidate", limited=True, split="dev")
    given = with_report(given, "anchor", items=full_items(scores(290), scores(40, 40))[1:])
    assert flaws(given) == [
        "The candidate was scored on a limited run.",
        "The candidate was scored on another golden set, split or eval suite.",
        "The anchor has 299 item scores of exact.exact_match, expected 300.",
    ]
