"""The gate: one small pure function a rule, each with a reason. Nothing passes by being absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from pipelines.core.decision import GateDecision, Reason, Verdict
from pipelines.core.eval_suite import Metric
from pipelines.core.evaluation import EvalReport, ItemScore
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.core.statistics import holm, items_needed, mcnemar_exact, noninferiority_p
from pipelines.core.value import Value


class Evidence(Value):
    """All the gate may know. `expected_items` is the size of the gate split."""

    spec: ModelSpec
    plan: Plan
    candidate: EvalReport
    baselines: tuple[EvalReport, ...]
    champion: EvalReport | None = None
    anchor: EvalReport | None = None
    expected_items: int
    rolled_back: bool = False


Rule = Callable[[Evidence], Iterator[Reason]]


def decide(evidence: Evidence) -> GateDecision:
    """Apply every rule. One FAIL fails; otherwise one INCONCLUSIVE is inconclusive."""
    reasons = tuple(_coverage(evidence))
    if all(r.verdict == "PASS" for r in reasons):
        reasons += tuple(reason for rule in RULES for reason in rule(evidence))
    plan = evidence.plan
    return GateDecision(
        model=plan.model,
        spec=plan.spec,
        training_set=plan.training_set,
        golden=plan.golden,
        candidate=evidence.candidate.arm.subject,
        champion=plan.champion,
        verdict=_strictest(reasons),
        reasons=reasons,
    )


def _strictest(reasons: tuple[Reason, ...]) -> Verdict:
    found = {r.verdict for r in reasons}
    return "FAIL" if "FAIL" in found else "INCONCLUSIVE" if "INCONCLUSIVE" in found else "PASS"


def _coverage(evidence: Evidence) -> Iterator[Reason]:
    """Every arm scored every item once, with the same question and target; shortcuts never pass."""
    flaws = [flaw for name, report in _arms(evidence) for flaw in _flaws(name, report, evidence)]
    if evidence.plan.champion is not None and evidence.champion is None:
        flaws.append("the champion was not scored")
    if not evidence.baselines:
        flaws.append("no baseline was scored")
    for flaw in flaws:
        yield Reason(rule="coverage", verdict="FAIL", text=f"{flaw[:1].upper()}{flaw[1:]}.")
    if not flaws:
        yield Reason(
            rule="coverage",
            verdict="PASS",
            text=f"Every arm was scored on the same {evidence.expected_items} items.",
            numbers={"items": evidence.expected_items, "metrics": len(evidence.spec.suite.metrics)},
        )


def _arms(evidence: Evidence) -> list[tuple[str, EvalReport]]:
    named = [("the candidate", evidence.candidate), ("the champion", evidence.champion)]
    named += [("the anchor", evidence.anchor)]
    named += [(f"the baseline on {b.arm.base}", b) for b in evidence.baselines]
    return [(name, report) for name, report in named if report is not None]


def _flaws(name: str, report: EvalReport, evidence: Evidence) -> Iterator[str]:
    metrics = evidence.spec.suite.metrics
    expected = evidence.expected_items * len(metrics)
    hashes = _hashes(report)
    if report.limited:
        yield f"{name} was scored on a limited run"
    if missing := [m.label for m in metrics if report.mean(m.task, m.name) is None]:
        yield f"{name} has no score for {', '.join(missing)}"
    elif not len(report.items) == len(hashes) == expected:
        yield f"{name} has {len(report.items)} item scores, expected {expected}"
    elif hashes != _hashes(evidence.candidate):
        yield f"{name} did not see the same questions and targets as the candidate"
    wanted = (evidence.plan.golden, evidence.spec.suite.digest, "gate")
    if (report.golden, report.suite, report.split) != wanted:
        yield f"{name} was scored on another golden set, split or eval suite"


def _hashes(report: EvalReport) -> dict[tuple[str, str, str], tuple[str, str, str]]:
    return {i.key: (i.doc_hash, i.prompt_hash, i.target_hash) for i in report.items}


def _not_rolled_back(evidence: Evidence) -> Iterator[Reason]:
    if evidence.rolled_back:
        yield Reason(
            rule="history", verdict="FAIL", text="This candidate was rolled back before; it may not return."
        )


def _enough_items(evidence: Evidence) -> Iterator[Reason]:
    have, need = evidence.expected_items, evidence.spec.gate.min_items
    if have < need:
        yield Reason(
            rule="items",
            verdict="INCONCLUSIVE",
            text=f"The golden set has {have} items for the decision, {need - have} too few.",
            numbers={"have": have, "need": need},
        )


def _minimums(evidence: Evidence) -> Iterator[Reason]:
    for metric in evidence.spec.suite.metrics:
        mean = evidence.candidate.mean(metric.task, metric.name)
        score = 0.0 if mean is None else mean
        passed = mean is not None and score >= metric.minimum
        yield Reason(
            rule="minimum",
            verdict="PASS" if passed else "FAIL",
            text=f"{metric.label} is {score:.3f}, {'at least' if passed else 'below'} the minimum of "
            f"{metric.minimum:.2f}.",
            numbers={"score": score, "minimum": metric.minimum},
        )


def _not_worse(evidence: Evidence) -> Iterator[Reason]:
    """Non-inferior to the champion, and to the anchor so that small losses cannot add up."""
    for name, rival in (("champion", evidence.champion), ("anchor", evidence.anchor)):
        if rival is not None:
            for metric in evidence.spec.suite.metrics:
                yield _noninferiority(evidence, name, rival, metric)


def _noninferiority(evidence: Evidence, name: str, rival: EvalReport, metric: Metric) -> Reason:
    policy = evidence.spec.gate
    wins, losses, n = _discordant(evidence.candidate, rival, metric)
    p = noninferiority_p(wins, losses, n, policy.margin)
    harm = mcnemar_exact(losses, wins)
    need = items_needed((wins + losses) / n, policy.margin, policy.alpha)
    numbers = {"n": n, "wins": wins, "losses": losses, "p_noninferior": p, "p_worse": harm}
    against = f"{metric.label} against the {name}: {wins} items won, {losses} lost of {n}"
    if p <= policy.alpha:
        return Reason(
            rule="non-inferiority",
            verdict="PASS",
            text=f"{against}; a loss of {policy.margin:.0%} or more is ruled out (p={p:.3g}).",
            numbers=numbers,
        )
    if harm <= policy.alpha:
        return Reason(
            rule="non-inferiority",
            verdict="FAIL",
            text=f"{against}; it is proven worse (p={harm:.3g}).",
            numbers=numbers,
        )
    return Reason(
        rule="non-inferiority",
        verdict="INCONCLUSIVE",
        text=f"{against}; a loss of {policy.margin:.0%} cannot be ruled out, about {max(0, need - n)} more "
        "items are needed.",
        numbers=numbers | {"items_needed": need},
    )


def _no_slice_harmed(evidence: Evidence) -> Iterator[Reason]:
    if evidence.champion is None:
        return
    policy = evidence.spec.gate
    for metric in evidence.spec.suite.metrics:
        p_values = {
            name: mcnemar_exact(losses, wins)
            for name, (wins, losses, n) in _by_slice(evidence.candidate, evidence.champion, metric).items()
            if n >= policy.min_slice
        }
        harmed = {name: p for name, p in holm(p_values).items() if p <= policy.alpha}
        for name, p in harmed.items():
            yield Reason(
                rule="slices",
                verdict="FAIL",
                text=f"{metric.label} on the slice '{name}' is proven worse than the champion (p={p:.3g}).",
                numbers={"p_holm": p},
            )
        if not harmed:
            yield Reason(
                rule="slices",
                verdict="PASS",
                text=f"{metric.label}: no harm shown on any of {len(p_values)} slices.",
                numbers={"tested": len(p_values)},
            )


def _beats_baselines(evidence: Evidence) -> Iterator[Reason]:
    """Fine-tuning must prove its worth against plain prompting on the suite's first metric."""
    metric = evidence.spec.suite.metrics[0]
    for baseline in evidence.baselines:
        wins, losses, n = _discordant(evidence.candidate, baseline, metric)
        p = mcnemar_exact(wins, losses)
        better = p <= evidence.spec.gate.alpha
        yield Reason(
            rule="baseline",
            verdict="PASS" if better else "FAIL",
            text=f"{metric.label}: {'better' if better else 'not proven better'} than prompting "
            f"{baseline.arm.base} without training ({wins} won, {losses} lost of {n}, p={p:.3g}).",
            numbers={"wins": wins, "losses": losses, "n": n, "p": p},
        )


RULES: tuple[Rule, ...] = (
    _not_rolled_back,
    _enough_items,
    _minimums,
    _not_worse,
    _no_slice_harmed,
    _beats_baselines,
)


def _pairs(mine: EvalReport, other: EvalReport, metric: Metric) -> list[tuple[ItemScore, float]]:
    theirs = {i.key: i.score for i in other.items}
    return [(i, theirs[i.key]) for i in mine.items if (i.task, i.metric) == (metric.task, metric.name)]


def _discordant(mine: EvalReport, other: EvalReport, metric: Metric) -> tuple[int, int, int]:
    """(items only `mine` solved, items only `other` solved, all items)."""
    return _count(_pairs(mine, other, metric))


def _by_slice(mine: EvalReport, other: EvalReport, metric: Metric) -> dict[str, tuple[int, int, int]]:
    ordered = sorted(_pairs(mine, other, metric), key=lambda pair: pair[0].slice)
    return {name: _count(list(group)) for name, group in groupby(ordered, key=lambda pair: pair[0].slice)}


def _count(pairs: list[tuple[ItemScore, float]]) -> tuple[int, int, int]:
    wins = sum(1 for item, other in pairs if item.score > other)
    losses = sum(1 for item, other in pairs if item.score < other)
    return wins, losses, len(pairs)
