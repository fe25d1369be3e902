"""Climbing the ladder: the smallest base whose candidate is good enough is the one to judge."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.core.eval_suite import EvalSuite
from pipelines.core.evaluation import EvalReport


def good_enough(report: EvalReport, suite: EvalSuite) -> bool:
    """Whether every minimum holds on the items that choose among rungs."""
    means = [(report.mean(m.task, m.name), m.minimum) for m in suite.metrics]
    return all(mean is not None and mean >= minimum for mean, minimum in means)


def best(reports: Sequence[EvalReport], suite: EvalSuite) -> int:
    """Index of the best report by the suite's metrics in order; the smaller rung wins a tie."""

    def rank(index: int) -> tuple[float, ...]:
        return tuple(reports[index].mean(m.task, m.name) or 0.0 for m in suite.metrics)

    return max(range(len(reports)), key=lambda index: (*rank(index), -index))
