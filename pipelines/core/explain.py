"""From the reports of subset candidates to an explanation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist
from typing import NamedTuple

from pipelines.core.eval_suite import Metric
from pipelines.core.evaluation import EvalReport, ItemScore
from pipelines.core.explanation import CurvePoint, Explanation, PartEffect, SliceWinner, WeightDifference
from pipelines.core.gate.evidence import duel_of
from pipelines.core.gate.tally import Tally
from pipelines.core.learning_curve import foretold
from pipelines.core.statistics.clusters import clustered_standard_error
from pipelines.core.statistics.multiplicity import holm
from pipelines.core.subsets import Subset

ALPHA = 0.05
_Z = NormalDist().inv_cdf(1 - ALPHA / 2)


class Trial(NamedTuple):
    """A subset and how the candidate trained on it did on the dev items."""

    subset: Subset
    report: EvalReport


def explain(
    whole: EvalReport,
    rows: int,
    trials: Sequence[Trial],
    metric: Metric,
    weights: Iterable[WeightDifference] = (),
) -> Explanation:
    """What the trials say about the candidate of `whole`, which was trained on all `rows`."""
    scores = whole.on(metric.task, metric.name)
    by_kind: dict[str, list[Trial]] = {"share": [], "without": [], "only": []}
    for trial in trials:
        by_kind[trial.subset.kind].append(trial)
    earlier = [
        _point(len(t.subset.examples), t.report.on(metric.task, metric.name)) for t in by_kind["share"]
    ]
    last = _point(rows, scores)
    curve = (*earlier, last) if earlier else ()
    return Explanation(
        candidate=whole.arm.subject,
        base=whole.arm.base,
        metric=metric.label,
        items=len(scores),
        actual=last.score,
        curve=curve,
        predicted=foretold(earlier, rows) if earlier else None,
        doubling=foretold(curve, 2 * rows) - last.score if curve else None,
        parts=tuple(_effect(t, rows, scores, metric) for t in by_kind["without"]),
        winners=_winners(whole, by_kind["only"], metric),
        weights=tuple(weights),
    )


def _point(rows: int, scores: Sequence[ItemScore]) -> CurvePoint:
    mean, error = _mean([s.score for s in scores], scores)
    return CurvePoint(
        rows=rows, score=mean, lower=_clipped(mean - _Z * error), upper=_clipped(mean + _Z * error)
    )


def _effect(trial: Trial, rows: int, scores: Sequence[ItemScore], metric: Metric) -> PartEffect:
    without = {s.item: s.score for s in trial.report.on(metric.task, metric.name)}
    difference, error = _mean([s.score - without[s.item] for s in scores], scores)
    return PartEffect(
        part=trial.subset.name,
        rows=rows - len(trial.subset.examples),
        score_with=sum(s.score for s in scores) / len(scores),
        score_without=sum(without.values()) / len(without),
        difference=difference,
        lower=difference - _Z * error,
        upper=difference + _Z * error,
    )


def _mean(values: Sequence[float], scores: Sequence[ItemScore]) -> tuple[float, float]:
    """Mean and its standard error, items of one cluster counted together."""
    clusters = [s.cluster or s.item for s in scores]
    return sum(values) / len(values), clustered_standard_error(values, clusters)


def _clipped(score: float) -> float:
    return min(1.0, max(0.0, score))


def _winners(whole: EvalReport, alone: Sequence[Trial], metric: Metric) -> tuple[SliceWinner, ...]:
    """Slice by slice, the best single source against the mix; it wins only by proof, corrected by Holm."""
    if not alone:
        return ()
    duels = {t.subset.name: duel_of(t.report, whole, metric).slices for t in alone}
    best = {name: max(duels, key=lambda source: duels[source][name].mean) for name in _slices(duels)}
    tallies = {name: duels[source][name] for name, source in best.items()}
    p_values = holm({name: tally.better() for name, tally in tallies.items()})
    unified = _means(whole.on(metric.task, metric.name))
    return tuple(
        _winner(name, best[name], tallies[name], p_values[name], unified[name]) for name in sorted(best)
    )


def _slices(duels: Mapping[str, Mapping[str, Tally]]) -> set[str]:
    return {name for slices in duels.values() for name in slices}


def _winner(name: str, source: str, found: Tally, p: float, unified: float) -> SliceWinner:
    return SliceWinner(
        slice=name,
        items=found.n,
        unified=unified,
        individual=unified + found.mean,
        winner=source if p <= ALPHA else "unified",
    )


def _means(scores: Sequence[ItemScore]) -> dict[str, float]:
    grouped: dict[str, list[float]] = {}
    for score in scores:
        grouped.setdefault(score.slice, []).append(score.score)
    return {name: sum(values) / len(values) for name, values in grouped.items()}
