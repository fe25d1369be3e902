"""Rules about quality: good enough in itself, not worse than what is in production, on no slice."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from pipelines.core.decision import Reason
from pipelines.core.gate.case import Case, Duel, Rival
from pipelines.core.gate.tally import Tally
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.statistics.multiplicity import holm
from pipelines.core.statistics.planning import items_needed, least_items


def minimums(case: Case) -> Iterator[Reason]:
    """Every metric holds its minimum."""
    for metric in case.metrics:
        score = case.scores.get(metric.label)
        passed = score is not None and score >= metric.minimum
        found = score or 0.0
        yield Reason(
            rule="minimum",
            verdict="PASS" if passed else "FAIL",
            text=f"{metric.label} is {found:.3f}, {'at least' if passed else 'below'} the minimum of "
            f"{metric.minimum:.2f}.",
            numbers={"score": found, "minimum": metric.minimum},
        )


def not_worse(case: Case) -> Iterator[Reason]:
    """Non-inferior to the champion, and to the anchor so that small losses cannot add up. Guards, which may
    have few items, have a rule of their own.
    """
    for rival in (case.champion, case.anchor):
        if rival is not None:
            for duel in rival.duels:
                if not duel.metric.guard:
                    yield _noninferiority(case.policy, rival, duel)


def superior_after_a_change(case: Case) -> Iterator[Reason]:
    """Another base or another method must prove that it is better: what is run and known is not exchanged
    for an equal.
    """
    if case.change is None or case.champion is None:
        return
    duel = case.champion.duels[0]
    p = duel.all.better()
    better = p <= case.policy.alpha
    verdict = "PASS" if better else "FAIL" if duel.all.worse() <= case.policy.alpha else "INCONCLUSIVE"
    yield Reason(
        rule="superiority",
        verdict=verdict,
        text=f"{duel.metric.label}: {'proven' if better else 'not proven'} better than the champion "
        f"({_record(duel.all)}, p={p:.3g}), as the change {case.change} asks for.",
        numbers={**_counts(duel.all), "p": p},
    )


def no_slice_harmed(case: Case) -> Iterator[Reason]:
    """No slice shows proof of harm after Holm's correction; slices too small for a test are named."""
    if case.champion is None:
        return
    for duel in case.champion.duels:
        tested = {name: t for name, t in duel.slices.items() if t.n >= case.policy.min_slice}
        harmed = {
            name: p
            for name, p in holm({name: t.worse() for name, t in tested.items()}).items()
            if p <= case.policy.alpha
        }
        for name, p in harmed.items():
            yield Reason(
                rule="slices",
                verdict="FAIL",
                text=f"{duel.metric.label} on the slice '{name}' is proven worse than the champion "
                f"({_record(tested[name])}, p={p:.3g}).",
                numbers={**_counts(tested[name]), "p_holm": p},
            )
        if not harmed:
            small = len(duel.slices) - len(tested)
            note = f"; {small} too small to test" if small else ""
            yield Reason(
                rule="slices",
                verdict="PASS",
                text=f"{duel.metric.label}: no harm shown on any of {len(tested)} slices{note}.",
                numbers={"tested": len(tested), "too_small": small},
            )


def _noninferiority(policy: GatePolicy, rival: Rival, duel: Duel) -> Reason:
    margin = policy.margin_against(rival.name)
    shown, evidence = duel.all.worse_by_less_than(margin, policy.alpha)
    harm = duel.all.worse()
    against = f"{duel.metric.label} against the {rival.name}: {_record(duel.all)}"
    numbers = {**_counts(duel.all), "noninferiority": evidence, "p_worse": harm, "margin": margin}
    if shown:
        text = f"{against}; a loss of {margin:.1%} or more is ruled out ({_said(duel.all, evidence)})."
        return Reason(rule="non-inferiority", verdict="PASS", text=text, numbers=numbers)
    if harm <= policy.alpha:
        text = f"{against}; it is proven worse (p={harm:.3g})."
        return Reason(rule="non-inferiority", verdict="FAIL", text=text, numbers=numbers)
    missing = _missing(duel.all, margin, policy.alpha)
    more = f"about {missing} more items are needed" if missing else "on so many items it should be"
    return Reason(
        rule="non-inferiority",
        verdict="INCONCLUSIVE",
        text=f"{against}; a loss of {margin:.1%} cannot be ruled out, {more}.",
        numbers=numbers | {"items_missing": missing},
    )


def _missing(found: Tally, margin: float, alpha: float) -> int:
    """How many more items would decide it, if the two arms are equal and differ as often as they do here."""
    discordance = (found.wins + found.losses) / found.n
    needed = items_needed(discordance, margin, alpha) * found.effect
    if found.groups:
        needed = max(needed, least_items(margin, alpha) * found.n / found.groups)
    return max(0, ceil(needed) - found.n)


def _record(found: Tally) -> str:
    clustered = f", design effect {found.effect:.1f}" if found.effect > 1 else ""
    return f"{found.wins} items won, {found.losses} lost of {found.n}{clustered}"


def _said(found: Tally, evidence: float) -> str:
    return f"mean difference at least {evidence:+.3f}" if found.differences else f"p={evidence:.3g}"


def _counts(found: Tally) -> dict[str, float]:
    return {
        "n": found.n,
        "wins": found.wins,
        "losses": found.losses,
        "difference": found.mean,
        "design_effect": found.effect,
    }
