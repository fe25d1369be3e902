"""The arms of the evidence and the comparisons between them, as a reviewer sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pipelines.core.eval_suite import Metric
from pipelines.core.evaluation import EvalReport
from pipelines.core.gate.case import Case, Duel, Rival
from pipelines.core.gate.evidence import Evidence
from pipelines.core.gate.guards import guards_hold
from pipelines.core.gate.quality import not_worse, superior_after_a_change
from pipelines.core.gate.worth import beats_prompting
from pipelines.core.review.estimates import difference_of, mean_of
from pipelines.core.review_report import Contrast, ReviewedArm, ReviewedSlice, Role
from pipelines.core.statistics.multiplicity import holm

ROLES: tuple[Role, ...] = ("candidate", "champion", "anchor", "prompting")


def arms_of(evidence: Evidence) -> tuple[ReviewedArm, ...]:
    """Every scored arm once, with all its roles."""
    return tuple(_arm(roles, report, evidence) for roles, report in reports_of(evidence))


def contrasts_of(case: Case) -> tuple[Contrast, ...]:
    """Every comparison with a rival, in the order of the metrics; one a rule that asks about it."""
    return tuple(
        contrast
        for place, metric in enumerate(case.metrics)
        for rival in _rivals(case)
        for contrast in _asked(case, rival, rival.duels[place], first=metric == case.metrics[0])
    )


def slices_of(case: Case, mine: EvalReport) -> tuple[ReviewedSlice, ...]:
    """Every slice of every metric, those with the largest loss first."""
    rival = sliced_against(case)
    found = [
        reviewed
        for place, metric in enumerate(case.metrics)
        for reviewed in _sliced(case, mine, metric, rival.duels[place] if rival else None)
    ]
    return tuple(sorted(found, key=lambda s: (s.difference or s.score).value))


def sliced_against(case: Case) -> Rival | None:
    """The rival on whose slices the candidate is shown: the one that the gate compares slices with."""
    return case.champion or case.prompting


def reports_of(evidence: Evidence) -> tuple[tuple[tuple[Role, ...], EvalReport], ...]:
    """Every report once, with the roles that its arm has."""
    roles: dict[str, list[Role]] = {}
    reports: dict[str, EvalReport] = {}
    for role in ROLES:
        report: EvalReport | None = getattr(evidence, role)
        if report is not None:
            roles.setdefault(report.arm.subject, []).append(role)
            reports.setdefault(report.arm.subject, report)
    return tuple((tuple(named), reports[subject]) for subject, named in roles.items())


def _arm(roles: tuple[Role, ...], report: EvalReport, evidence: Evidence) -> ReviewedArm:
    arm, usage = report.arm, report.usage
    price = evidence.spec.price_of(arm.base_sha256)
    scored = {m: report.on(m.task, m.name) for m in evidence.spec.suite.metrics}
    whole = {m.label: items for m, items in scored.items() if len(items) == _expected(m, evidence) > 0}
    return ReviewedArm(
        roles=roles,
        label=arm.label,
        subject=arm.subject,
        base=arm.base,
        base_sha256=arm.base_sha256,
        scores={label: mean_of(items, evidence.spec.gate.alpha) for label, items in whole.items()},
        usage=usage,
        cost_per_1000=price.per_thousand(usage) if price and usage else None,
        citations=report.citations,
    )


def _expected(metric: Metric, evidence: Evidence) -> int:
    return len(evidence.spec.suite.own_items(metric.task)) or evidence.expected_items


def _rivals(case: Case) -> tuple[Rival, ...]:
    anchor = None if _one(case) else case.anchor
    return tuple(r for r in (case.champion, anchor, case.prompting) if r is not None)


def _one(case: Case) -> bool:
    """Whether champion and anchor are one arm, compared by one margin."""
    same = case.champion and case.anchor and case.champion.duels == case.anchor.duels
    return bool(same) and case.policy.margin_against("champion") == case.policy.margin_against("anchor")


def _asked(case: Case, rival: Rival, duel: Duel, *, first: bool) -> Iterator[Contrast]:
    """The rules are asked about this one comparison, so that what is shown is what they say."""
    alone = replace(rival, duels=(duel,))
    if rival.name == "prompting":
        reasons = list(beats_prompting(replace(case, prompting=alone))) if first else []
    else:
        single = replace(case, champion=alone, anchor=None, prompting=None)
        reasons = [*not_worse(single), *guards_hold(single)]
        if rival.name == "champion" and first:
            reasons += superior_after_a_change(single)
    contrast = Contrast(
        rivals=("champion", "anchor") if rival.name == "champion" and _one(case) else (_role(rival),),
        metric=duel.metric.label,
        wins=duel.all.wins,
        losses=duel.all.losses,
        effect=duel.all.effect,
        difference=difference_of(duel.all, case.policy.alpha),
    )
    for reason in reasons:
        told = reason.numbers
        yield contrast.model_copy(
            update={
                "rule": reason.rule,
                "verdict": reason.verdict,
                "margin": told.get("margin"),
                "p": _p_of(told, duel),
            }
        )
    if not reasons:
        yield contrast


def _p_of(told: Mapping[str, float], duel: Duel) -> float | None:
    """The p-value that a rule went by; graded scores have an interval instead of one."""
    if "p" in told or duel.all.differences:
        return told.get("p")
    return told.get("noninferiority", told.get("p_worse"))


def _sliced(case: Case, mine: EvalReport, metric: Metric, duel: Duel | None) -> Iterator[ReviewedSlice]:
    alpha, scores = case.policy.alpha, mine.on(metric.task, metric.name)
    harm: dict[str, float] = {}
    if case.champion is not None and duel is not None:
        harm = holm({name: t.worse() for name, t in duel.slices.items() if t.n >= case.policy.min_slice})
    for name in sorted({item.slice for item in scores}):
        found = duel.slices[name] if duel else None
        yield ReviewedSlice(
            metric=metric.label,
            slice=name,
            score=mean_of([item for item in scores if item.slice == name], alpha),
            wins=found.wins if found else 0,
            losses=found.losses if found else 0,
            difference=difference_of(found, alpha) if found else None,
            p=harm.get(name),
        )


def _role(rival: Rival) -> Role:
    return next(role for role in ROLES if role == rival.name)
