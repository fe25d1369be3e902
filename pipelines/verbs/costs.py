"""The verb `costs`: what a model's runs spent, from its cost ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.core.cost import RunCost, Spent


@click.command(epilog="Example: perennial costs tax-desk")
@click.argument("model")
@click.option("--json", "as_json", is_flag=True, help="Print every run as JSON.")
def costs(model: str, as_json: bool) -> None:
    """Show what training MODEL took so far, and what its arms cost to ask."""
    from pipelines.core.cost import runs_of, spent
    from pipelines.runtime import Runtime

    runtime = Runtime(Settings.from_environment())
    runs = runs_of(runtime.cost_ledger(runtime.model(model).name).entries())
    if as_json:
        click.echo(json.dumps([run.model_dump(mode="json") for run in runs], indent=2))
        return
    for line in _lines(runs, spent(runs)):
        click.echo(line)


def _lines(runs: Sequence[RunCost], total: Spent) -> Iterator[str]:
    if not runs:
        yield "no run was decided yet"
        return
    currency = runs[-1].currency
    yield (
        f"{total.runs} runs, {total.trainings} trainings: {total.seconds:.0f} s, {total.tokens:,} tokens, "
        f"{total.price:.4f} {currency}"
    )
    yield "arms of the newest run, as asked on the dev items:"
    for found in runs[-1].arms:
        usage = found.usage
        measured = "not measured"
        if usage:
            measured = (
                f"{usage.prompt_tokens:.0f} + {usage.answer_tokens:.0f} tokens, p50 {usage.p50_ms:.1f} ms, "
                f"p95 {usage.p95_ms:.1f} ms"
            )
        price = (
            "no price declared" if found.per_1000 is None else f"{found.per_1000:.4f} {currency} per 1,000"
        )
        yield f"  {found.arm.label}: {measured}, {price}"
