"""Rules about worth: training beats the best prompting arm, and answers hold their budgets."""

from __future__ import annotations

import pytest
from examples import a_base, a_prompting_report, a_report, a_spec, sha
from gate_samples import a_case, an_arm, evidence, rules, scores, with_report

from pipelines.core.gate.decide import decide
from pipelines.core.gate.worth import within_budget
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.usage import Price, Usage

USAGE = Usage(requests=300, prompt_tokens=100, answer_tokens=10, timed=50, p50_ms=20, p95_ms=80)
PRICE = Price(prompt_per_million=1.0, answer_per_million=4.0)


def test_a_candidate_no_better_than_the_best_prompting_arm_fails() -> None:
    decision = decide(evidence(scores(290), prompting=a_prompting_report(scores(290))))
    assert decision.verdict == "FAIL"
    assert rules(decision, "FAIL") == {"prompting"}
    assert any("not proven better than plain prompting of small" in text for text in decision.why)


def test_a_prompt_package_need_not_beat_prompting() -> None:
    package = a_report(sha("package"), scores(290), arm=an_arm("bm25"))
    decision = decide(evidence(prompting=package).model_copy(update={"candidate": package}))
    assert decision.verdict == "PASS"
    assert "prompting" not in {r.rule for r in decision.reasons}


def test_without_a_budget_nothing_need_be_measured() -> None:
    assert list(within_budget(a_case())) == []


@pytest.mark.parametrize(("p95", "verdict"), [(80.0, "PASS"), (79.9, "FAIL")])
def test_latency_holds_its_budget(p95: float, verdict: str) -> None:
    policy = GatePolicy(margin=0.05, max_p95_ms=p95)
    (reason,) = within_budget(a_case(policy=policy, usage=USAGE))
    assert (reason.rule, reason.verdict) == ("budget", verdict)
    assert reason.numbers == {"found": 80, "budget": p95}


@pytest.mark.parametrize(("most", "verdict"), [(0.14, "PASS"), (0.13, "FAIL")])
def test_cost_follows_from_the_price_of_the_base(most: float, verdict: str) -> None:
    spec = a_spec(
        ladder=(a_base("small", price=PRICE),),
        gate=GatePolicy(margin=0.05, min_items=100, max_cost_per_1000=most),
    )
    given = with_report(evidence(spec=spec), "candidate", usage=USAGE)
    decision = decide(given)
    assert decision.verdict == verdict
    (budget,) = (r for r in decision.reasons if r.rule == "budget")
    assert budget.numbers["found"] == pytest.approx((100 * 1.0 + 10 * 4.0) / 1000)


@pytest.mark.parametrize("budget", ["max_p95_ms", "max_cost_per_1000"])
def test_what_was_not_measured_holds_no_budget(budget: str) -> None:
    policy = GatePolicy(margin=0.05, min_items=100, **{budget: 1e9})
    decision = decide(evidence(spec=a_spec(gate=policy)))
    assert rules(decision, "FAIL") == {"budget"}
    assert any("was not measured" in text for text in decision.why)
