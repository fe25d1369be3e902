"""A comparison of two arms that were scored elsewhere, by the gate's own rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipelines.core.decision import Reason, Verdict
from pipelines.core.eval_suite import Metric
from pipelines.core.evaluation import ItemScore
from pipelines.core.gate.case import Case, Duel, Rival
from pipelines.core.gate.decide import judge, strictest
from pipelines.core.gate.evidence import duel_on
from pipelines.core.gate.quality import no_slice_harmed, not_worse
from pipelines.core.gate.tally import Tally
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.statistics.graded import mean_bound
from pipelines.core.statistics.paired import difference_interval
from pipelines.core.value import Value


class Paired(Value):
    """Of `n` items A did better on `wins` and worse on `losses`. `low` and `high` bound the mean difference,
    A minus B, each with the risk alpha; `better` and `worse` are p-values of "A is better" and "A is worse".
    """

    n: int
    wins: int
    losses: int
    difference: float
    low: float
    high: float
    better: float
    worse: float
    design_effect: float


class Comparison(Value):
    """A against B on one metric of which more is better. PASS says that A is not worse by `margin` or more,
    FAIL that it is proven worse, over all or on a slice; INCONCLUSIVE that about `missing` more items are
    needed.
    """

    metric: str
    margin: float
    alpha: float
    mean_a: float
    mean_b: float
    all: Paired
    slices: dict[str, Paired]
    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: int = 0

    @property
    def harm(self) -> str:
        """The first slice that is proven worse, in words; blank where none is."""
        found = (r.text for r in self.reasons if r.verdict == "FAIL" and r.rule == "slices")
        return next(found, "").replace("the champion", "B")

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        if self.verdict == "FAIL":
            over_all = f"A is proven worse than B (p={self.all.worse:.3g})."
            return over_all if self.all.worse <= self.alpha else f"A is proven worse on a slice: {self.harm}"
        if self.verdict == "INCONCLUSIVE":
            more = f"about {self.missing} more items are needed"
            need = more if self.missing else "on so many items it should be"
            return f"Undecided: a loss of {self.margin:g} or more cannot be ruled out, {need}."
        better = f"proven better than B (p={self.all.better:.3g})"
        said = better if self.all.better <= self.alpha else "not worse than B"
        return f"A is {said}: a loss of {self.margin:g} or more is ruled out."


class Mismatch(NamedTuple):
    """Why two logs cannot be paired, and the items where it shows. `log` is the one, A or B, that alone has
    these items, None where both have them.
    """

    what: str
    items: tuple[str, ...]
    log: str | None = None


def mismatch(a: Sequence[ItemScore], b: Sequence[ItemScore], *, any_prompt: bool = False) -> Mismatch | None:
    """What keeps two logs from being paired, None where nothing does. `any_prompt` lets their prompts
    differ.
    """
    mine, theirs = {i.item: i for i in a}, {i.item: i for i in b}
    if alone := _unlike(mine, lambda item: item in theirs):
        return Mismatch("items", alone, "A")
    if alone := _unlike(theirs, lambda item: item in mine):
        return Mismatch("items", alone, "B")
    if unlike := _unlike(mine, lambda item: mine[item].target_hash == theirs[item].target_hash):
        return Mismatch("targets", unlike)
    if any_prompt:
        return None
    unlike = _unlike(mine, lambda item: mine[item].prompt_hash == theirs[item].prompt_hash)
    return Mismatch("prompts", unlike) if unlike else None


def compare(a: Sequence[ItemScore], b: Sequence[ItemScore], policy: GatePolicy) -> Comparison:
    """A as the candidate and B as the champion. Both must be scores of the same items; see `mismatch`."""
    metric = Metric(task=_name(a[0].task), name=a[0].metric, minimum=0.0)
    theirs = {item.key: item.score for item in b}
    duel = duel_on(metric, a, theirs)
    means = sum(i.score for i in a) / len(a), sum(theirs.values()) / len(a)
    case = Case(
        policy=policy,
        items=len(a),
        scores={metric.label: means[0]},
        metrics=(metric,),
        champion=Rival("B", "B", (duel,)),
    )
    reasons = judge(case, (not_worse, no_slice_harmed))
    return Comparison(
        metric=metric.name,
        margin=policy.margin,
        alpha=policy.alpha,
        mean_a=means[0],
        mean_b=means[1],
        all=_paired(duel.all, policy.alpha),
        slices=_slices(duel, policy.alpha),
        verdict=strictest(reasons),
        reasons=reasons,
        missing=int(max((r.numbers.get("items_missing", 0) for r in reasons), default=0)),
    )


def _slices(duel: Duel, alpha: float) -> Mapping[str, Paired]:
    if len(duel.slices) < 2:
        return {}
    return {name: _paired(found, alpha) for name, found in duel.slices.items()}


def _paired(found: Tally, alpha: float) -> Paired:
    if found.differences:
        clusters = found.clusters or None
        low = mean_bound(found.differences, alpha=alpha, clusters=clusters)
        high = -mean_bound([-d for d in found.differences], alpha=alpha, clusters=clusters)
    else:
        wins, losses, n = (count / found.effect for count in (found.wins, found.losses, found.n))
        low, high = difference_interval(wins, losses, n, alpha)
    return Paired(
        n=found.n,
        wins=found.wins,
        losses=found.losses,
        difference=found.mean,
        low=low,
        high=high,
        better=found.better(),
        worse=found.worse(),
        design_effect=found.effect,
    )


def _unlike(items: Iterable[str], alike: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(item for item in items if not alike(item))


def _name(task: str) -> str:
    name = re.sub(r"[^a-z0-9_-]+", "_", task.lower())[:60]
    return name if name[:1].isalpha() else f"task_{name}"
