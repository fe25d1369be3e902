"""The evidence on one candidate, and the case it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from pipelines.core.assertion import AssertionResult
from pipelines.core.eval_suite import Metric
from pipelines.core.evaluation import EvalReport, ItemScore
from pipelines.core.gate.case import Case, Duel, Rival
from pipelines.core.gate.judgement import Judgement
from pipelines.core.gate.opinion import opinion_of
from pipelines.core.gate.tally import Tally, tally
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.core.value import Sha256, Value


class Evidence(Value):
    """All the gate may know. `expected_items` is the size of the locked split, `uses` how many decisions
    were made on this golden set before. `prompting` is the best arm that is not trained, chosen on the dev
    items and scored on the locked ones; the candidate itself, where that is what is judged.
    """

    spec: ModelSpec
    plan: Plan
    golden_snapshot: Sha256
    candidate: EvalReport
    prompting: EvalReport | None
    champion: EvalReport | None = None
    anchor: EvalReport | None = None
    assertions: tuple[AssertionResult, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    expected_items: int
    rolled_back: bool = False
    uses: int = 0

    @property
    def arms(self) -> tuple[tuple[str, EvalReport], ...]:
        """Every scored arm under its part."""
        named = (
            ("the candidate", self.candidate),
            ("the champion", self.champion),
            ("the anchor", self.anchor),
            ("the best prompting arm", self.prompting),
        )
        return tuple((name, report) for name, report in named if report is not None)


def case_of(evidence: Evidence) -> Case:
    """What the rules look at. The evidence must be complete: `coverage` says whether it is."""
    spec, mine = evidence.spec, evidence.candidate
    means = {m.label: mine.mean(m.task, m.name) for m in spec.suite.metrics}
    prompting = evidence.prompting
    clusters = {i.item: i.cluster for i in mine.items}
    return Case(
        policy=spec.gate,
        items=evidence.expected_items,
        scores={label: mean for label, mean in means.items() if mean is not None},
        metrics=spec.suite.metrics,
        champion=_rival("champion", evidence.champion, evidence),
        anchor=_rival("anchor", evidence.anchor, evidence),
        prompting=_rival("prompting", prompting, evidence) if mine.arm.trained else None,
        change=_change(evidence.champion, mine),
        rolled_back=evidence.rolled_back,
        uses=evidence.uses,
        usage=mine.usage,
        cost_per_1000=_cost(evidence),
        assertions=evidence.assertions,
        opinions=tuple(opinion_of(judgement, clusters) for judgement in evidence.judgements),
    )


def duel_of(mine: EvalReport, other: EvalReport, metric: Metric) -> Duel:
    """Two reports on the same items, paired by item."""
    theirs = {i.key: i.score for i in other.on(metric.task, metric.name)}
    return duel_on(metric, mine.on(metric.task, metric.name), theirs)


def duel_on(metric: Metric, mine: Sequence[ItemScore], theirs: Mapping[tuple[str, str, str], float]) -> Duel:
    """The duel of item scores against the rival's scores of the same items, whatever their order. Raises
    KeyError for an item that the rival has no score of.
    """
    ordered = sorted(mine, key=lambda item: (item.slice, item.key))
    slices = {
        name: _tally(list(group), theirs) for name, group in groupby(ordered, key=lambda item: item.slice)
    }
    return Duel(metric=metric, all=_tally(ordered, theirs), slices=slices)


def _rival(name: str, report: EvalReport | None, evidence: Evidence) -> Rival | None:
    if report is None:
        return None
    duels = tuple(duel_of(evidence.candidate, report, m) for m in evidence.spec.suite.metrics)
    return Rival(name=name, label=report.arm.label, duels=duels)


def _tally(items: Iterable[ItemScore], theirs: Mapping[tuple[str, str, str], float]) -> Tally:
    pairs = [(item.score - theirs[item.key], item.cluster) for item in items]
    return tally([difference for difference, _ in pairs], [cluster for _, cluster in pairs])


def _change(champion: EvalReport | None, mine: EvalReport) -> str | None:
    if champion is None:
        return None
    was, now = champion.arm, mine.arm
    if (was.method, was.base, was.base_sha256) == (now.method, now.base, now.base_sha256):
        return None
    return f"from {was.label} to {now.label}"


def _cost(evidence: Evidence) -> float | None:
    arm, usage = evidence.candidate.arm, evidence.candidate.usage
    price = evidence.spec.price_of(arm.base_sha256)
    return price.per_thousand(usage) if price and usage else None
