"""Coverage: every arm was scored on every item, once, on the same questions, without a shortcut."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.arm import PROMPTED
from pipelines.core.assertion import Assertion
from pipelines.core.decision import Reason
from pipelines.core.eval_suite import Metric
from pipelines.core.evaluation import EvalReport
from pipelines.core.gate.evidence import Evidence
from pipelines.core.gate.judgement import Judgement, Part, parts_of


def coverage(evidence: Evidence) -> Iterator[Reason]:
    """Anything missing fails, and no other rule is asked then."""
    flaws = [*_suite_flaws(evidence), *_missing_arms(evidence)]
    flaws += [flaw for name, report in evidence.arms for flaw in _flaws(name, report, evidence)]
    flaws += [flaw for a in evidence.spec.suite.assertions for flaw in _unchecked(a, evidence)]
    flaws += _judgement_flaws(evidence)
    for flaw in flaws:
        yield Reason(rule="coverage", verdict="FAIL", text=f"{flaw[:1].upper()}{flaw[1:]}.")
    if not flaws:
        yield Reason(
            rule="coverage",
            verdict="PASS",
            text=f"Every arm was scored on the same {evidence.expected_items} items.",
            numbers={"items": evidence.expected_items, "metrics": len(evidence.spec.suite.metrics)},
        )


def _missing_arms(evidence: Evidence) -> Iterator[str]:
    expected, champion = evidence.plan.champion, evidence.champion
    if expected is not None and champion is None:
        yield "the champion was not scored"
    if champion is not None and champion.arm.subject != expected:
        yield "another arm was scored in the place of the champion"
    # The first promotion that still stands is the anchor: with a champion there is always one.
    if expected is not None and evidence.anchor is None:
        yield "the anchor was not scored"
    if evidence.prompting is None:
        yield "no prompting arm was scored"


def _suite_flaws(evidence: Evidence) -> Iterator[str]:
    suite = evidence.spec.suite
    if not suite.metrics or not suite.metrics[0].facts:
        yield "the eval suite does not begin with a metric of facts"
    # Items are told apart by their ids alone where answers are looked through.
    own = {item.id for task in suite.tasks for item in task.items}
    golden = {i.item for i in evidence.candidate.items if not suite.own_items(i.task)}
    if both := sorted(own & golden):
        yield f"the item {both[0]} stands both in the golden set and in the eval suite"


def _flaws(name: str, report: EvalReport, evidence: Evidence) -> Iterator[str]:
    asked = _asked(report)
    if report.limited:
        yield f"{name} was scored on a limited run"
    if any(not 0 <= item.score <= 1 for item in report.items):
        yield f"{name} has scores outside 0 to 1"
    if uneven := next(_uneven(name, report, evidence), None):
        yield uneven
    elif asked != _asked(evidence.candidate):
        yield f"{name} did not see the same questions and targets as the candidate"
    elif _same_prompting(report, evidence.candidate) and _prompts(report) != _prompts(evidence.candidate):
        yield f"{name} was asked in other words than the candidate"
    wanted = (evidence.plan.golden, evidence.spec.suite.digest, "gate")
    if (report.golden, report.suite, report.split) != wanted:
        yield f"{name} was scored on another golden set, split or eval suite"


def _uneven(name: str, report: EvalReport, evidence: Evidence) -> Iterator[str]:
    """What is missing, or too much, in the item scores of an arm."""
    metrics = evidence.spec.suite.metrics
    if missing := [m.label for m in metrics if report.mean(m.task, m.name) is None]:
        yield f"{name} has no score for {', '.join(missing)}"
    golden: set[str] | None = None
    for metric in metrics:
        ids = _ids(report, metric)
        own = {item.id for item in evidence.spec.suite.own_items(metric.task)}
        expected = len(own) or evidence.expected_items
        if not len(ids) == len(set(ids)) == expected:
            yield f"{name} has {len(ids)} item scores of {metric.label}, expected {expected}"
        golden = golden if own or golden is not None else set(ids)
        if set(ids) != (own or golden):
            yield f"{name} was scored on other items by {metric.label}"
    if len(report.items) > sum(len(_ids(report, metric)) for metric in metrics):
        yield f"{name} has scores of metrics that the eval suite does not name"


def _unchecked(assertion: Assertion, evidence: Evidence) -> Iterator[str]:
    """Why the answers were not all looked through for a known failure."""
    results = [r for r in evidence.assertions if r.assertion == assertion]
    answers = {
        i.item
        for i in evidence.candidate.items
        if i.task == assertion.task and (not assertion.slices or i.slice in assertion.slices)
    }
    if len(results) != 1:
        yield f"the assertion {assertion.id} was not checked"
    elif results[0].checked != len(answers):
        yield f"the assertion {assertion.id} was checked on {results[0].checked} of {len(answers)} answers"


def _judgement_flaws(evidence: Evidence) -> Iterator[str]:
    """Every rubric of the model was judged once, on all items that it asks about."""
    declared = evidence.spec.judges
    for rubric in declared:
        found = [judgement for judgement in evidence.judgements if judgement.rubric == rubric]
        if len(found) != 1:
            yield f"rubric {rubric.name} has {len(found)} judgements, expected 1"
        else:
            yield from _misjudged(found[0], evidence)
    if any(judgement.rubric not in declared for judgement in evidence.judgements):
        yield "there is a judgement by a rubric that the model does not name"


def _misjudged(judgement: Judgement, evidence: Evidence) -> Iterator[str]:
    rubric, reports = judgement.rubric, judgement.reports
    scored: dict[Part, EvalReport | None] = {"champion": evidence.champion, "anchor": evidence.anchor}
    rivals = [part for part, report in scored.items() if report is not None]
    if judgement.standing.counts and reports.keys() != set(parts_of(rubric, rivals)):
        yield f"rubric {rubric.name} was not judged against every rival"
    if any((report.rubric, report.kind) != (rubric.digest, rubric.kind) for report in reports.values()):
        yield f"rubric {rubric.name} was judged under other words"
    suite = evidence.spec.suite
    golden = {i.item for i in evidence.candidate.items if not suite.own_items(i.task)}
    judged = {frozenset(ids) for report in reports.values() if (ids := [item.item for item in report.items])}
    once = all(len(report.scores) == len(report.items) > 0 for report in reports.values())
    # A second turn is asked of the items that have one, a first of all.
    whole = all(ids <= golden if rubric.two_turns else ids == golden for ids in judged)
    if not once or not whole or len(judged) > 1:
        yield f"rubric {rubric.name} was judged on other items than the golden ones, or not once on each"


def _ids(report: EvalReport, metric: Metric) -> list[str]:
    return [i.item for i in report.on(metric.task, metric.name)]


def _asked(report: EvalReport) -> dict[tuple[str, str, str], tuple[str, str]]:
    return {i.key: (i.doc_hash, i.target_hash) for i in report.items}


def _prompts(report: EvalReport) -> dict[tuple[str, str, str], str]:
    return {i.key: i.prompt_hash for i in report.items}


def _same_prompting(one: EvalReport, other: EvalReport) -> bool:
    """Trained arms and plain prompting ask the bare question, so their prompts must be the same."""
    bare = [r.arm.method not in PROMPTED - {"zero_shot"} for r in (one, other)]
    return all(bare) and one.arm.base_sha256 == other.arm.base_sha256
