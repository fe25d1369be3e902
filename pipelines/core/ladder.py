"""Climbing the ladder: the smallest base whose candidate is good enough is the one to judge."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.core.eval_suite import EvalSuite
from pipelines.core.evaluation import EvalReport


def good_enough(report: EvalReport, suite: EvalSuite) -> bool:
    """Whether every minimum holds on the items that choose among arms, those of guards included."""
    means = [(report.mean(m.task, m.name), m.minimum) for m in suite.metrics]
    return all(mean is not None and mean >= minimum for mean, minimum in means)


def best(reports: Sequence[EvalReport], suite: EvalSuite) -> int:
    """Index of the best report by the suite's metrics in order, those of style after all others; of equals
    the first. Guards do not choose.
    """
    ranking = sorted((m for m in suite.metrics if not m.guard), key=lambda metric: metric.style)

    def rank(index: int) -> tuple[float, ...]:
        return tuple(reports[index].mean(m.task, m.name) or 0.0 for m in ranking)

    return max(range(len(reports)), key=lambda index: (*rank(index), -index))


def scores_of(report: EvalReport, suite: EvalSuite) -> str:
    """Every metric with its mean, in words."""
    return ", ".join(f"{m.label} {report.mean(m.task, m.name) or 0:.3f}" for m in suite.metrics)
