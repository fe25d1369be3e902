"""The verbs about judging models: how well one agrees with experts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.core.expert_agreement import Agreement, trusted
from pipelines.core.expert_verdict import read_verdicts
from pipelines.core.rubric import Rubric

if TYPE_CHECKING:
    from pipelines.runtime import Runtime


@click.group(epilog="Example: perennial judge calibrate helpfulness verdicts.jsonl")
def judge() -> None:
    """Judging models: measure how well one agrees with experts."""


@judge.command(epilog="Example: perennial judge calibrate helpfulness verdicts.jsonl")
@click.argument("rubric")
@click.argument("verdicts", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def calibrate(rubric: str, verdicts: Path) -> int:
    """Let the judge of RUBRIC judge what experts judged in VERDICTS, and record how well they agree.

    Exit 0: its verdicts count. 1: it only reports. 2: called wrongly.
    """
    from pipelines.runtime import Runtime

    runtime = Runtime.from_environment()
    declared = runtime.rubric(rubric)
    agreement = calibrated(runtime, declared, verdicts.read_bytes())
    standing = trusted(agreement, declared)
    click.echo(f"{', '.join(agreement.judge_models)}: {agreement.text}")
    for remark in agreement.conduct.remarks:
        click.echo(remark)
    click.echo(f"{'It counts' if standing.counts else 'It only reports'}. {standing.reason}")
    return 0 if standing.counts else 1


def calibrated(runtime: Runtime, rubric: Rubric, data: bytes) -> Agreement:
    """The agreement of the judge with the verdicts in JSON Lines, appended to the ledger of its rubric."""
    from pipelines.stages.judge import calibrate as measure

    verdicts, ledger = read_verdicts(data, rubric), runtime.judge_ledger(rubric.name)
    return measure(rubric, verdicts, judge=runtime.judge(rubric), ledger=ledger)
