"""The ladder ranks by facts, then by style, and never by a guard."""

from __future__ import annotations

from examples import a_report, a_suite, an_item
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.eval_suite import Metric
from pipelines.core.evaluation import EvalReport
from pipelines.core.ladder import best, good_enough, scores_of

FACTS = Metric(task="exact", name="exact_match", minimum=0.5)
STYLE = Metric(task="form", name="exact_match", minimum=0.2, style=True)
MORE = Metric(task="choice", name="acc", minimum=0.0)
GUARD = Metric(task="refuse", name="acc", minimum=0.5, guard=True)
SUITE = a_suite(metrics=(FACTS, STYLE, MORE, GUARD))
MEANS = st.tuples(*[st.sampled_from([0.0, 0.5, 1.0])] * 4)


def report(*means: float) -> EvalReport:
    """A report with these means on the suite's metrics in order."""
    items = [
        an_item(0, mean, task=metric.task, metric=metric.name)
        for metric, mean in zip(SUITE.metrics, means, strict=True)
    ]
    return a_report("a" * 64, [], items=tuple(items))


def test_the_first_metric_decides_and_the_others_break_ties() -> None:
    assert best([report(0.5, 1, 1, 1), report(1, 0, 0, 0)], SUITE) == 1
    assert best([report(0.5, 0, 0, 0), report(0.5, 0, 0.5, 0)], SUITE) == 1


def test_style_counts_after_every_metric_of_facts() -> None:
    assert best([report(0.5, 1, 0, 0), report(0.5, 0, 0.5, 0)], SUITE) == 1
    assert best([report(0.5, 0, 0.5, 0), report(0.5, 1, 0.5, 0)], SUITE) == 1


def test_of_equals_the_first_is_the_best() -> None:
    assert best([report(0.5, 0, 0, 0)] * 3, SUITE) == 0


@given(st.lists(MEANS, min_size=1, max_size=5), st.data())
def test_a_guard_never_chooses(means: list[tuple[float, ...]], data: st.DataObject) -> None:
    other = [(*m[:3], data.draw(st.sampled_from([0.0, 0.5, 1.0]))) for m in means]
    assert best([report(*m) for m in means], SUITE) == best([report(*m) for m in other], SUITE)


def test_the_minimums_of_all_metrics_hold_those_of_guards_included() -> None:
    assert good_enough(report(0.5, 0.2, 0, 0.5), SUITE)
    assert not good_enough(report(0.4, 1, 1, 1), SUITE)
    assert not good_enough(report(1, 0.1, 1, 1), SUITE)
    assert not good_enough(report(1, 1, 1, 0.4), SUITE)


def test_a_metric_without_scores_is_not_good_enough() -> None:
    assert not good_enough(a_report("a" * 64, [1, 1, 1]), SUITE)


def test_scores_are_told_metric_by_metric() -> None:
    told = scores_of(report(0.5, 1, 0, 0.25), SUITE)
    assert told == "exact.exact_match 0.500, form.exact_match 1.000, choice.acc 0.000, refuse.acc 0.250"
