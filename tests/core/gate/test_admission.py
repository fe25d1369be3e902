"""Rules about whether the question may be asked, and about known failures."""

from __future__ import annotations

import pytest
from gate_samples import PLAIN, a_case, evidence, rules, scores

from pipelines.core.assertion import AssertionResult
from pipelines.core.decision import Reason
from pipelines.core.gate.admission import (
    enough_items,
    golden_set_is_fresh,
    no_known_failure,
    not_rolled_back,
)
from pipelines.core.gate.decide import decide
from pipelines.core.gate_policy import GatePolicy

POLICY = GatePolicy(margin=0.05, rotate_after=10)
MOSTLY = PLAIN.model_copy(update={"mostly": 0.98, "text": "No markup"})


def failures(*results: AssertionResult) -> list[Reason]:
    return list(no_known_failure(a_case(assertions=results)))


def test_a_candidate_that_was_rolled_back_never_returns() -> None:
    assert rules(decide(evidence(rolled_back=True)), "FAIL") == {"history"}
    assert list(not_rolled_back(a_case())) == []


def test_a_golden_set_below_the_least_size_is_inconclusive_and_says_how_many_are_missing() -> None:
    decision = decide(evidence(scores(50, 50)))
    assert decision.verdict == "INCONCLUSIVE"
    assert any("50 too few" in text for text in decision.why)
    assert list(enough_items(a_case(items=100))) == []


@pytest.mark.parametrize("uses", [0, 7, 10, 17, 95])
def test_a_golden_set_with_decisions_left_says_nothing(uses: int) -> None:
    assert list(golden_set_is_fresh(a_case(policy=POLICY, uses=uses))) == []


@pytest.mark.parametrize(
    ("uses", "left"),
    [(8, "2 more decisions"), (9, "1 more decision"), (18, "2 more decisions"), (99, "1 more decision")],
)
def test_an_exchange_of_items_is_announced(uses: int, left: str) -> None:
    (reason,) = golden_set_is_fresh(a_case(policy=POLICY, uses=uses))
    assert reason.verdict == "PASS"
    assert reason.text.startswith(f"After {left} a tenth of the locked items")
    assert reason.numbers == {"decisions": uses, "rotate_after": 10}


@pytest.mark.parametrize("uses", [100, 101, 250])
def test_a_golden_set_whose_items_all_took_part_must_be_replaced(uses: int) -> None:
    (reason,) = golden_set_is_fresh(a_case(policy=POLICY, uses=uses))
    assert reason.verdict == "INCONCLUSIVE"
    assert "experts must replace it" in reason.text


def test_a_used_up_golden_set_never_passes_anything() -> None:
    decision = decide(evidence(uses=500))
    assert decision.verdict == "INCONCLUSIVE"
    assert rules(decision, "INCONCLUSIVE") == {"golden set"}


def test_a_broken_critical_assertion_blocks_and_names_the_items() -> None:
    (reason,) = failures(AssertionResult(assertion=PLAIN, checked=300, broken=1, examples=("q7",)))
    assert (reason.rule, reason.verdict) == ("assertion", "FAIL")
    assert reason.text == "plain: broken by 1 of 300 answers, first q7."
    assert reason.numbers == {"checked": 300, "broken": 1}


def test_a_broken_warning_is_shown_and_does_not_block() -> None:
    warning = PLAIN.model_copy(update={"severity": "warning"})
    (reason,) = failures(AssertionResult(assertion=warning, checked=300, broken=300))
    assert reason.verdict == "PASS"
    assert "broken by 300 of 300 answers" in reason.text


def test_some_answers_may_break_an_assertion_that_is_kept_mostly() -> None:
    (shown,) = failures(AssertionResult(assertion=MOSTLY, checked=300, broken=6))
    assert shown.verdict == "PASS"
    assert shown.text == "No markup: broken by 6 of 300 answers (98.0% must keep it)."
    (blocked,) = failures(AssertionResult(assertion=MOSTLY, checked=300, broken=7))
    assert blocked.verdict == "FAIL"


def test_an_assertion_that_was_asked_of_no_answer_does_not_hold() -> None:
    (reason,) = failures(AssertionResult(assertion=PLAIN, checked=0, broken=0))
    assert reason.verdict == "FAIL"
    assert reason.text == "plain: no answer was checked."


def test_known_failures_that_do_not_show_are_named_together() -> None:
    other = PLAIN.model_copy(update={"id": "polite"})
    clean = [AssertionResult(assertion=a, checked=300, broken=0) for a in (PLAIN, other)]
    (reason,) = failures(*clean)
    assert reason.verdict == "PASS"
    assert reason.text == "No answer shows a known failure: plain, polite."
    assert failures() == []


def test_a_known_failure_blocks_a_candidate_that_is_better_in_all_else() -> None:
    broken = AssertionResult(assertion=PLAIN, checked=300, broken=3)
    given = evidence(scores(300), scores(250), assertions=(broken,))
    assert rules(decide(given), "FAIL") == {"assertion"}
