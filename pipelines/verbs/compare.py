"""The verb `compare`: two sample logs of lm-evaluation-harness, paired item by item."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from pipelines.core.errors import UsageError
from pipelines.core.gate_policy import GatePolicy

if TYPE_CHECKING:
    from pipelines.core.evaluation import ItemScore
    from pipelines.core.paired_comparison import Comparison

LOG = click.Path(path_type=Path, exists=True, dir_okay=False)
SLICE = "slice"
SHOWN = 5


class Question(NamedTuple):
    """What is compared; None leaves it to the logs."""

    metric: str | None
    filter: str | None
    slice: str | None
    cluster: str | None
    any_prompt: bool


@click.command(
    epilog="Example: perennial compare new/samples_faq_2026.jsonl old/samples_faq_2026.jsonl --metric acc"
)
@click.argument("a", type=LOG)
@click.argument("b", type=LOG)
@click.option("--metric", help="A metric of which more is better; needed where the logs have several.")
@click.option("--filter", "filter_", help="The filter of the answers; needed where the logs have several.")
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.02,
    show_default=True,
    help="The largest loss, in score points 0..1, that may be overlooked.",
)
@click.option(
    "--alpha", type=click.FloatRange(0, 0.5, min_open=True, max_open=True), default=0.05, show_default=True
)
@click.option("--cluster", help="The field of a document that names what several items share.")
@click.option(
    "--slice", "slice_", help=f"The field of a document that names its slice; `{SLICE}` by default."
)
@click.option("--any-prompt", is_flag=True, help="Pair the items although they were asked in other words.")
@click.option("--json", "as_json", is_flag=True, help="Print all numbers as JSON.")
def compare(
    a: Path,
    b: Path,
    metric: str | None,
    filter_: str | None,
    margin: float,
    alpha: float,
    cluster: str | None,
    slice_: str | None,
    any_prompt: bool,
    as_json: bool,
) -> int:
    """Say whether A is worse than B: two files that lm_eval --log_samples wrote about the same items.

    Exit 0: A is not worse. 1: it is worse, or that is undecided. 2: called wrongly, or not the same items.
    """
    from pipelines.core.paired_comparison import compare as compared

    mine, theirs = _paired(a, b, Question(metric, filter_, slice_, cluster, any_prompt))
    found = compared(mine, theirs, GatePolicy(margin=margin, alpha=alpha))
    if as_json:
        click.echo(json.dumps(found.model_dump(mode="json") | {"sentence": found.sentence}, indent=2))
    else:
        for line in _lines(found, a.name, b.name):
            click.echo(line)
    return 0 if found.verdict == "PASS" else 1


def _paired(a: Path, b: Path, question: Question) -> tuple[tuple[ItemScore, ...], tuple[ItemScore, ...]]:
    """The scores of the same items. Raises UsageError where there are none."""
    from pipelines.core.paired_comparison import mismatch
    from pipelines.integrations.sample_log import SampleLog

    logs = SampleLog(a), SampleLog(b)
    filter_ = _one("filter", question.filter, [log.filters for log in logs])
    metric = _one("metric", question.metric, [log.metrics(filter_) for log in logs])
    slice_ = question.slice or (SLICE if all(log.has_field(SLICE) for log in logs) else None)
    mine, theirs = (log.scores(metric, filter_, slice_=slice_, cluster=question.cluster) for log in logs)
    if found := mismatch(mine, theirs, any_prompt=question.any_prompt):
        log = logs[1] if found.log == "B" else logs[0]
        raise _unpaired(found.what, found.log, log.numbers(found.items, filter_))
    return mine, theirs


def _one(what: str, wanted: str | None, per_log: Sequence[Sequence[str]]) -> str:
    """The filter or metric that both logs have. Raises UsageError unless it is one."""
    both = [name for name in per_log[0] if name in per_log[1]]
    if wanted in both:
        return wanted
    if wanted is None and len(both) == 1:
        return both[0]
    raise UsageError(
        f"{what} {wanted}" if wanted else "the two logs",
        f"both logs must score every item in 0..1 by one {what}",
        f"{', '.join(both) or 'none'} in both",
        f"Choose one with --{what}." if both else "Score both by the same one.",
    )


def _unpaired(what: str, log: str | None, numbers: Sequence[int]) -> UsageError:
    shown = ", ".join(map(str, numbers[:SHOWN])) + (", ..." if len(numbers) > SHOWN else "")
    found = f"{len(numbers)} items in {log} alone" if log else f"other {what} for {len(numbers)} items"
    remedies = {
        "items": "Score both on the same items, without a limit.",
        "targets": "Score both against the same answers.",
        "prompts": "Use the same template and examples, or compare them as they are with --any-prompt.",
    }
    rule = "are paired item by item, each with one prompt and one target"
    return UsageError("the two logs", rule, f"{found}: doc_id {shown} of {log or 'A'}", remedies[what])


def _lines(found: Comparison, a: str, b: str) -> Iterator[str]:
    every = found.all
    yield f"A  {found.mean_a:.4f} {found.metric}  {a}"
    yield f"B  {found.mean_b:.4f} {found.metric}  {b}"
    yield f"{every.n} items: A is better on {every.wins}, B on {every.losses}, equal on the others"
    yield (
        f"A - B = {every.difference:+.4f}, {1 - 2 * found.alpha:.0%} interval "
        f"{every.low:+.4f} to {every.high:+.4f}"
    )
    yield f"exact McNemar test: p={every.better:.3g} that A is better, p={every.worse:.3g} that it is worse"
    if every.design_effect > 1:
        told = every.n / every.design_effect
        yield f"items of one cluster move together: they tell as much as {told:.0f} single ones"
    for name, part in found.slices.items():
        yield (
            f"  {name}: {part.n} items, A better on {part.wins}, B on {part.losses}, "
            f"{part.difference:+.4f} ({part.low:+.4f} to {part.high:+.4f})"
        )
    yield found.sentence
