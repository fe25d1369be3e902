"""The blocks of a review in Markdown, each a heading with what stands under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipelines.core.arm import WORDS
from pipelines.core.decision import Verdict
from pipelines.core.review.markdown import plain, probability, score, short, signed, table
from pipelines.core.review_report import Contrast, Estimate, ReviewedArm, ReviewReport, Role

ORDER: tuple[Verdict, ...] = ("FAIL", "INCONCLUSIVE", "PASS")
NAMES: dict[Role, str] = {
    "candidate": "candidate",
    "champion": "champion",
    "anchor": "anchor",
    "prompting": "best prompting",
}
_WORST = 5


class Block(NamedTuple):
    """`name` is what it is called where it is left out."""

    name: str
    text: str


def named(roles: Sequence[Role]) -> str:
    return ", ".join(NAMES[role] for role in roles)


def against(contrast: Contrast) -> str:
    """Whom a comparison is with, and what is asked where it is not the usual."""
    return named(contrast.rivals) + (" (superiority)" if contrast.rule == "superiority" else "")


def scores(report: ReviewReport, most: int | None = None) -> Block:
    """Every score beside what it is measured against; `most` rows, the rest are counted."""
    rows = [*_minimums(report), *(_contrast(c, report) for c in report.contrasts)]
    shown = rows[:most]
    head = ("metric", "candidate", "against", "won/lost of", "difference", "margin", "p", "verdict")
    text = f"## Scores\n\n{table(head, shown)}"
    if report.contrasts:
        text += f"\n\nDifferences are paired by item; intervals hold {report.confidence} of the time."
    return Block("scores", text + _more(len(rows) - len(shown), "comparison"))


def reasons(report: ReviewReport, verdicts: Sequence[Verdict], most: int | None = None) -> Block:
    """The reasons of these verdicts, the strictest first."""
    found = sorted(
        (r for r in report.decision.reasons if r.verdict in verdicts), key=lambda r: ORDER.index(r.verdict)
    )
    title = "Rules that hold" if verdicts == ("PASS",) else "Why"
    shown = found[:most]
    rows = [(r.verdict, r.rule, plain(r.text, 280)) for r in shown]
    text = f"## {title}\n\n{table(('verdict', 'rule', 'reason'), rows)}" if rows else ""
    return Block(title[:1].lower() + title[1:], text + _more(len(found) - len(shown), "reason"))


def made_of(report: ReviewReport, link: str) -> Block:
    """What the candidate is made of; `link` is where its values lie, blank for none."""
    candidate, decision = report.candidate, report.decision
    shares = ", ".join(f"{s.rows:,} of {s.source}" for s in report.shares)
    out = f", {report.kept_out:,} kept out" if report.kept_out else ""
    took = f", {candidate.steps:,} steps" if candidate.steps else ""
    rows = [
        f"`{candidate.base}` {short(candidate.base_sha256)} by {WORDS[candidate.method]}{took}",
        f"training set {_at(link, 'training_set', decision.training_set)}: {report.rows:,} rows "
        f"({shares}{out})",
        f"candidate {_at(link, 'candidate', decision.candidate)}, declared by "
        f"{_at(link, 'model_spec', decision.spec)}",
        f"judged by {plain(report.suite)} on {report.golden.items:,} locked items of golden set "
        f"{_at(link, 'golden_set', decision.golden)}",
    ]
    return Block("what it is made of", "## What it is made of\n\n" + "\n".join(f"- {row}" for row in rows))


def slices(report: ReviewReport) -> Block:
    """The slices with the largest losses."""
    rival = report.sliced_against
    worst = report.slices[:_WORST]
    head = ["metric", "slice", "n", "candidate"]
    if rival:
        head += ["won/lost", f"difference to the {NAMES[rival]}", "p of harm"]
    rows = [
        [s.metric, plain(s.slice, 60), f"{s.score.n:,}", score(s.score.value)]
        + ([f"{s.wins}/{s.losses}", _interval(s.difference), probability(s.p)] if s.difference else [])
        for s in worst
    ]
    text = f"## Worst slices\n\n{table(head, rows)}" if rows else ""
    return Block("worst slices", text + _more(len(report.slices) - len(worst), "slice"))


def cost(report: ReviewReport) -> Block:
    """What an answer takes, arm by arm, and what the training took."""
    priced = any(arm.cost_per_1000 is not None for arm in report.arms)
    head = ["arm", "tokens a request", "p50 ms", "p95 ms"]
    if priced:
        head.append(f"{plain(report.currency or '')} per 1,000")
    rows = [_costs(arm, priced) for arm in report.arms if arm.usage]
    parts = [table(head, rows)] if rows else []
    if report.training:
        price = f", {report.currency} {report.training_cost:.3g}" if report.training_cost else ""
        took = report.training
        memory = f"{took.peak_memory_mib:,.0f} MiB"
        parts.append(f"Training: {took.seconds:,.0f} s, {took.tokens:,} tokens, {memory}{price}.")
    return Block("cost and speed", "## Cost and speed\n\n" + "\n\n".join(parts) if parts else "")


def golden(report: ReviewReport) -> Block:
    """How often the locked items have decided."""
    used = report.golden
    text = (
        f"Decision {used.uses + 1:,} on this golden set. A tenth of its locked items is exchanged after "
        f"every {used.rotate_after} decisions, so far {used.rotation} times."
    )
    return Block("use of the golden set", f"## Golden set\n\n{text}")


def digests(report: ReviewReport) -> Block:
    """Every digest in full."""
    decision = report.decision
    named = {
        "decision": decision.digest,
        "evidence": report.evidence,
        "candidate": decision.candidate,
        "champion": decision.champion or "",
        "training_set": decision.training_set,
        "golden_set": decision.golden,
        "golden snapshot": decision.golden_snapshot,
        "model_spec": decision.spec,
        "suite": report.suite_digest,
        "base": report.candidate.base_sha256,
    }
    rows = [(name.replace("_", " "), f"`{digest}`") for name, digest in named.items() if digest]
    return Block("digests", f"## Digests\n\n{table(('value', 'sha256'), rows)}")


def _minimums(report: ReviewReport) -> list[tuple[str, ...]]:
    mine = report.arm("candidate")
    found: list[tuple[str, ...]] = []
    for metric, minimum in zip(report.metrics, report.minimums, strict=True):
        estimate = mine.scores.get(metric) if mine else None
        value, n = (score(estimate.value), f"{estimate.n:,}") if estimate else ("not scored", "")
        held = estimate is not None and estimate.value >= minimum
        asked = f"the minimum of {minimum:.2f}"
        found.append((metric, value, asked, n, "", "", "", "PASS" if held else "FAIL"))
    return found


def _contrast(contrast: Contrast, report: ReviewReport) -> tuple[str, ...]:
    mine, rival = report.arm("candidate"), report.arm(contrast.rivals[0])
    return (
        contrast.metric,
        score(mine.scores[contrast.metric].value) if mine else "",
        f"{against(contrast)} {score(rival.scores[contrast.metric].value) if rival else ''}",
        f"{contrast.wins}/{contrast.losses} of {contrast.difference.n:,}",
        _interval(contrast.difference),
        f"{contrast.margin:.3g}" if contrast.margin is not None else "",
        probability(contrast.p),
        contrast.verdict or "not asked",
    )


def _interval(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return f"{signed(estimate.value)} ({signed(estimate.lower)} to {signed(estimate.upper)})"


def _costs(arm: ReviewedArm, priced: bool) -> list[str]:
    if arm.usage is None:
        return []
    tokens = f"{arm.usage.prompt_tokens:,.0f} + {arm.usage.answer_tokens:,.1f}"
    cells = [named(arm.roles), tokens, f"{arm.usage.p50_ms:,.0f}", f"{arm.usage.p95_ms:,.0f}"]
    if priced:
        cells.append(f"{arm.cost_per_1000:.3g}" if arm.cost_per_1000 is not None else "")
    return cells


def _at(link: str, name: str, digest: str) -> str:
    """A digest, linked to the artifact that holds its value."""
    return f"[{short(digest)}]({link}{name}.json)"


def _more(left: int, what: str) -> str:
    return f"\n\n{left:,} more {what}{'s' * (left != 1)} in the report." if left > 0 else ""
