"""Evidence as the gate meets it, and flawed versions of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from examples import a_candidate, a_plan, a_prompting_report, a_report, a_spec, a_suite, an_item, sha

from pipelines.core.arm import Arm
from pipelines.core.assertion import Assertion, AssertionResult
from pipelines.core.decision import GateDecision
from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.evaluation import EvalReport, ItemScore
from pipelines.core.gate.case import Case, Duel, Rival
from pipelines.core.gate.evidence import Evidence
from pipelines.core.gate.tally import Tally
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.golden_set import GoldenItem

N = 300
CANDIDATE = a_candidate().digest
CHAMPION = sha("champion")
SNAPSHOT = sha("golden snapshot")
FACTS = Metric(task="exact", name="exact_match", minimum=0.8)
GUARD = Metric(task="refuse", name="acc", minimum=0.0, guard=True)
GUARD_ITEMS = tuple(
    GoldenItem(id=f"r{k}", prompt=f"Who is {k}?", completion="I cannot say.") for k in range(40)
)
PLAIN = Assertion(id="plain", task="exact", must="not_match", pattern="<")


def scores(right: int, n: int = N) -> list[int]:
    """The first `right` of `n` items are solved."""
    return [1] * right + [0] * (n - right)


def evidence(
    candidate: Sequence[float] | None = None, champion: Sequence[float] | None = None, **changes: Any
) -> Evidence:
    """Evidence on one metric that passes unless changed; without `champion` it is about a first version."""
    spec = changes.pop("spec", a_spec())
    mine = candidate if candidate is not None else scores(290)
    rival = a_report(CHAMPION, champion, suite=spec.suite.digest) if champion is not None else None
    values: dict[str, Any] = {
        "spec": spec,
        "plan": a_plan(spec, champion=CHAMPION if champion is not None else None),
        "golden_snapshot": SNAPSHOT,
        "candidate": a_report(CANDIDATE, mine, suite=spec.suite.digest),
        "prompting": a_prompting_report(scores(0, len(mine)), suite=spec.suite.digest),
        "champion": rival,
        "anchor": rival,
        "expected_items": len(mine),
    }
    return Evidence(**values | changes)


def guarded_suite(**changes: Any) -> EvalSuite:
    """Two metrics on the golden items, a guard on items of its own, and an assertion."""
    values: dict[str, Any] = {
        "tasks": (
            EvalTask(name="exact", definition="task: exact"),
            EvalTask(name="choice", definition="task: choice"),
            EvalTask(name="refuse", definition="task: refuse", items=GUARD_ITEMS),
        ),
        "metrics": (
            FACTS,
            Metric(task="choice", name="acc", minimum=0.8),
            GUARD,
        ),
        "assertions": (PLAIN,),
    }
    return a_suite(**values | changes)


def full_items(golden: Sequence[float], guard: Sequence[float], **changes: Any) -> tuple[ItemScore, ...]:
    """The item scores of an arm on every metric of the guarded suite."""
    return (
        *(an_item(k, score, **changes) for k, score in enumerate(golden)),
        *(an_item(k, score, task="choice", metric="acc", **changes) for k, score in enumerate(golden)),
        *(
            an_item(k, score, task="refuse", metric="acc", item=f"r{k}", slice="all", **changes)
            for k, score in enumerate(guard)
        ),
    )


def guarded_evidence(
    candidate: Sequence[float] | None = None,
    guard: Sequence[float] = scores(40, 40),
    champion_guard: Sequence[float] = scores(40, 40),
    **changes: Any,
) -> Evidence:
    """Evidence on the guarded suite against a champion that solves what the candidate solves."""
    mine = candidate if candidate is not None else scores(290)
    spec = changes.pop("spec", a_spec(suite=guarded_suite()))
    suite = spec.suite.digest
    rival = a_report(CHAMPION, [], items=full_items(mine, champion_guard), suite=suite)
    prompted = full_items(scores(0, len(mine)), guard)
    values: dict[str, Any] = {
        "spec": spec,
        "plan": a_plan(spec, champion=CHAMPION),
        "golden_snapshot": SNAPSHOT,
        "candidate": a_report(CANDIDATE, [], items=full_items(mine, guard), suite=suite),
        "prompting": a_prompting_report([], items=prompted, suite=suite),
        "champion": rival,
        "anchor": rival,
        "assertions": tuple(
            AssertionResult(assertion=a, checked=len(mine), broken=0) for a in spec.suite.assertions
        ),
        "expected_items": len(mine),
    }
    return Evidence(**values | changes)


def an_arm(method: str, base: str = "small", subject: str | None = None) -> Arm:
    return Arm(method=method, base=base, base_sha256=sha(base), subject=subject or sha(method + base))


def rules(decision: GateDecision, verdict: str) -> set[str]:
    """Which rules gave this verdict."""
    return {r.rule for r in decision.reasons if r.verdict == verdict}


def with_report(evidence: Evidence, part: str, /, **changes: Any) -> Evidence:
    """The evidence with the report of one arm changed."""
    report: EvalReport = getattr(evidence, part)
    return evidence.model_copy(update={part: report.model_copy(update=changes)})


def a_rival(found: Tally, name: str = "champion", metric: Metric = FACTS, **slices: Tally) -> Rival:
    return Rival(name=name, label=f"the {name}", duels=(Duel(metric=metric, all=found, slices=slices),))


def a_case(**changes: Any) -> Case:
    values: dict[str, Any] = {
        "policy": GatePolicy(margin=0.05, min_items=100),
        "items": N,
        "scores": {"exact.exact_match": 0.9},
        "metrics": (FACTS,),
    }
    return Case(**values | changes)
