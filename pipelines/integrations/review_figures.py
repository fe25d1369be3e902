"""The figures of a review: which numbers of a report stand in which plot."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.explanation import PartEffect
from pipelines.core.review.blocks import NAMES, named
from pipelines.core.review_report import Contrast, Estimate, ReviewedArm, ReviewedSlice, ReviewReport
from pipelines.integrations.review_chart import Chart, Point, chart
from pipelines.integrations.review_plot import Forest, Measured, Reference, forest

ZERO = Reference(0.0, "zero")
MOST_SLICES = 20
MOST_WEIGHTS = 16


def score_plots(report: ReviewReport) -> Iterator[Forest]:
    """One a metric: every arm that was scored on it."""
    for metric, minimum in zip(report.metrics, report.minimums, strict=True):
        scored = [(arm, arm.scores[metric]) for arm in report.arms if metric in arm.scores]
        if scored:
            rows = [
                _measured(named(arm.roles), estimate, f"{estimate.value:.3f}", _colour(arm))
                for arm, estimate in scored
            ]
            note = f"score, n = {scored[0][1].n:,}; dotted: the minimum of {minimum:.2f}"
            yield forest(metric, note, rows, [Reference(minimum, "minimum")], share=True)


def difference_plots(report: ReviewReport) -> Iterator[Forest]:
    """One a metric: the paired differences to every rival."""
    for metric in report.metrics:
        # Two rules may ask about one comparison, which is drawn once.
        first = {c.rivals: c for c in reversed(report.contrasts) if c.metric == metric}
        contrasts = list(reversed(first.values()))
        margins = {c.margin for c in contrasts if c.margin is not None}
        if contrasts:
            rows = [_difference(contrast) for contrast in contrasts]
            dashed = (
                f"; dashed: a loss of {' and '.join(f'{m:.3g}' for m in sorted(margins))}" if margins else ""
            )
            note = f"candidate minus rival, n = {contrasts[0].difference.n:,}{dashed}"
            references = [ZERO, *(Reference(-margin, "margin") for margin in sorted(margins))]
            yield forest(metric, note, rows, references)


def slice_plots(report: ReviewReport) -> Iterator[Forest]:
    """One a metric: its slices, the worst first, by their difference to the rival, else by their score."""
    against = report.sliced_against
    for metric in report.metrics:
        found = [s for s in report.slices if s.metric == metric]
        if len(found) > 1:
            rows = [_sliced(s, report.alpha) for s in found[:MOST_SLICES]]
            left = len(found) - len(rows)
            what = f"candidate minus {NAMES[against]}" if against else "score of the candidate"
            note = what + (f"; the worst {len(rows)} of {len(found)} slices" if left else "")
            yield forest(metric, note, rows, [ZERO] if against else [], share=against is None)


def cost_charts(report: ReviewReport) -> Iterator[Chart]:
    """Arms by how good they are and what an answer takes: money, where every base has a price, and time."""
    metric = report.metrics[0]
    arms = [arm for arm in report.arms if metric in arm.scores and arm.usage]
    prices = [arm.cost_per_1000 for arm in arms if arm.cost_per_1000 is not None]
    scores = [
        _measured(named(arm.roles), arm.scores[metric], f"{arm.scores[metric].value:.3f}", _colour(arm))
        for arm in arms
    ]
    if arms and len(prices) == len(arms):
        points = [Point(*found) for found in zip(prices, scores, strict=True)]
        yield chart(metric, "by cost", f"{report.currency} for 1,000 requests", points)
    times = [arm.usage.p95_ms for arm in arms if arm.usage]
    if arms:
        points = [Point(*found) for found in zip(times, scores, strict=True)]
        yield chart(metric, "by latency", "ms for 95 of 100 answers", points)


def curve_chart(report: ReviewReport) -> Chart | None:
    """The learning curve, on the dev items."""
    told = report.explanation
    if told is None or len(told.curve) < 2:
        return None
    points = [
        Point(
            p.rows,
            Measured(label, p.score, p.lower, p.upper, f"{p.score:.3f} with {p.rows:,} rows", "candidate"),
        )
        for p in told.curve
        for label in (f"{p.score:.3f}",)
    ]
    return chart(told.metric, f"by rows of data, on {told.items:,} dev items", "rows", points, joined=True)


def part_plot(report: ReviewReport) -> Forest | None:
    """What each part of the upload did to the score."""
    told = report.explanation
    if told is None or not told.parts:
        return None
    parts = sorted(told.parts, key=lambda part: part.difference)
    rows = [
        Measured(
            f"{p.part} ({p.rows:,} rows)", p.difference, p.lower, p.upper, f"{p.difference:+.3f}", _sign(p)
        )
        for p in parts
    ]
    return forest(told.metric, f"with the part minus without it, on {told.items:,} dev items", rows, [ZERO])


def weight_plot(report: ReviewReport) -> Forest | None:
    """How far the modules that moved most are from the champion's."""
    told = report.explanation
    if told is None or not told.weights:
        return None
    moved = sorted(told.weights, key=lambda w: -w.relative_norm)[:MOST_WEIGHTS]
    rows = [
        Measured(
            w.module, w.relative_norm, 0.0, w.relative_norm, f"{w.relative_norm:.2f}, cosine {w.cosine:+.2f}"
        )
        for w in moved
    ]
    note = f"size of the change by that of the champion's update; {len(moved)} of {len(told.weights)} modules"
    return forest("weights", note, rows, [ZERO])


def _measured(label: str, estimate: Estimate, said: str, kind: str) -> Measured:
    return Measured(label, estimate.value, estimate.lower, estimate.upper, said, kind)


def _difference(contrast: Contrast) -> Measured:
    counts = f"{contrast.difference.value:+.3f}, {contrast.wins} won, {contrast.losses} lost"
    return _measured(
        f"against the {named(contrast.rivals)}", contrast.difference, counts, contrast.verdict or ""
    )


def _sliced(found: ReviewedSlice, alpha: float) -> Measured:
    shown = found.difference or found.score
    value = f"{shown.value:+.3f}" if found.difference else f"{shown.value:.3f}"
    proven = "FAIL" if found.p is not None and found.p <= alpha else ""
    return _measured(found.slice, shown, f"{value}, n = {shown.n:,}", proven)


def _sign(estimate: PartEffect) -> str:
    return "FAIL" if estimate.upper < 0 else "PASS" if estimate.lower > 0 else ""


def _colour(arm: ReviewedArm) -> str:
    return "candidate" if "candidate" in arm.roles else "rival"
