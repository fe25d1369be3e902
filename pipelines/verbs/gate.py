"""The verbs of the gate: one decision as a stage, its operating curve, and past decisions made again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.core.errors import UsageError
from pipelines.core.gate_policy import GatePolicy
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.core.gate.replay import Replayed
    from pipelines.simulation.curve import Plan
    from pipelines.simulation.study import Study

STAGE = "decide"
SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)
ALPHA = click.FloatRange(0, 0.5, min_open=True, max_open=True)


class _GateGroup(click.Group):
    """Two digests after `gate` are the stage's: it is a word of the line like the others."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in self.commands or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        return STAGE, self.commands[STAGE], args


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.group(
    cls=_GateGroup,
    subcommand_metavar="PLAN CANDIDATE | COMMAND [ARGS]...",
    epilog="Example: perennial gate 77d0... c41e...",
)
def gate() -> None:
    """Decide on CANDIDATE of PLAN. Or simulate what the gate lets through; or decide past decisions again."""


@gate.command(STAGE, hidden=True, epilog="Example: perennial gate 77d0... c41e...")
@click.argument("plan")
@click.argument("candidate")
def decide(plan: str, candidate: str) -> None:
    """Decide on CANDIDATE; prints the decision's digest, and its reasons on stderr."""
    from pipelines.line import Line

    line = Line.from_environment(_say)
    digest = line.gate(plan, candidate)
    decision = line.verdict(digest)
    _say(decision.verdict)
    for reason in decision.why:
        _say(f"  {reason}")
    click.echo(digest)


@gate.command(epilog="Example: perennial gate simulate --model tax-desk --items 340 --discordance 0.05")
@click.option(
    "--items", "--golden", "sizes", type=click.IntRange(30), multiple=True, help="Locked golden items."
)
@click.option("--margin", "margins", type=SHARE, multiple=True, help="Score points 0..1; several by default.")
@click.option("--years", type=click.IntRange(1), default=200, show_default=True)
@click.option("--model", "name", help="Take the policy of this model; the defaults otherwise.")
@click.option(
    "--discordance", type=SHARE, default=0.08, show_default=True, help="Items two equal arms differ on."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=min(2, os.cpu_count() or 1), show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the page, the plot and the figures there, other worlds included.",
)
def simulate(
    sizes: tuple[int, ...],
    margins: tuple[float, ...],
    years: int,
    name: str | None,
    discordance: float,
    seed: int,
    workers: int,
    out: Path | None,
) -> None:
    """Live through YEARS of weekly candidates under the rules of the gate, and under those of others.

    Prints for every golden size what each rule promotes, what it promotes falsely and what it refuses, and
    advises a margin and a size.
    """
    from pipelines.simulation.curve import MARGINS, SIZES, Plan
    from pipelines.simulation.page import FILES, lines

    policy = _policy_of(name)
    tried = tuple(sorted({*(margins or MARGINS), *((policy.margin,) if name and not margins else ())}))
    plan = Plan(policy, sizes or SIZES, tried, discordance, years, seed, workers)
    found = _studied(plan, elsewhere=out is not None)
    for line in lines(found, policy.margin if name else None):
        click.echo(line)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for file, text in FILES.items():
            (out / file).write_text(text(found), encoding="utf-8")
            _say(str(out / file))


def _policy_of(name: str | None) -> GatePolicy:
    if name is None:
        return GatePolicy(margin=0.03)
    from pipelines.runtime import Runtime

    return Runtime(Settings.from_environment()).model(name).gate


def _studied(plan: Plan, *, elsewhere: bool) -> Study:
    from pipelines.simulation.curve import study

    try:
        return study(plan, _say, elsewhere=elsewhere)
    except ValueError as error:
        raise UsageError(
            f"discordance {plan.discordance:g}",
            "a world must exist in which equal candidates differ so often",
            str(error),
            "Take a smaller one.",
        ) from error


@gate.command(epilog="Example: perennial gate replay tax-desk --margin 0.03")
@click.argument("model", required=False)
@click.option("--margin", type=SHARE, help="Another margin, in score points 0..1.")
@click.option("--alpha", type=ALPHA, help="Another risk of overlooking a larger loss.")
@click.option(
    "--policy",
    type=click.Path(path_type=Path),
    help="A file with a whole policy, as in the `gate` section of a model.",
)
def replay(model: str | None, margin: float | None, alpha: float | None, policy: Path | None) -> None:
    """Decide every past decision of MODEL (of all models) again, and list those that would differ.

    Each is decided on its own evidence against the champion of its time. Nothing is written.
    """
    from pipelines.declarations.gate_policy import read_policy
    from pipelines.runtime import Runtime
    from pipelines.stages.replay import replay_all

    changes = {"margin": margin, "alpha": alpha}
    given = {field: value for field, value in changes.items() if value is not None}
    change = partial(_changed, read_policy(policy) if policy else None, given)
    runtime = Runtime(Settings.from_environment())
    for name in [runtime.model(model).name] if model else sorted(runtime.models):
        entries = runtime.model_ledger(name).entries()
        for line in _told(name, replay_all(entries, change, archive=runtime.archive)):
            click.echo(line)


def _changed(whole: GatePolicy | None, given: dict[str, float], own: GatePolicy) -> GatePolicy:
    return (whole or own).model_copy(update=given)


def _told(model: str, decisions: Iterable[Replayed]) -> Iterator[str]:
    found = list(decisions)
    for one in found:
        about = f"{one.at:%Y-%m-%d %H:%M} decision {one.was.digest[:12]} on {one.was.candidate[:12]}"
        if one.again is None:
            yield f"{model}: {about}: {one.was.verdict} stands. {one.why}"
        elif one.differs:
            yield f"{model}: {about}: {one.was.verdict} -> {one.again.verdict}. {one.why}"
    differ, lacking = sum(one.differs for one in found), sum(one.again is None for one in found)
    unread = f", {lacking} without evidence" if lacking else ""
    yield f"{model}: {len(found)} decisions, {differ or 'none'} would differ{unread}"
