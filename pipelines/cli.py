"""The command line. Every verb is a word of the line or of the local stack, and shows an example."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines import __version__
from pipelines.core.errors import PerennialError, UsageError
from pipelines.core.report_json import report_json
from pipelines.local.commands import down, logs, status, up
from pipelines.settings import Settings
from pipelines.verbs.compare import compare
from pipelines.verbs.contract import contract
from pipelines.verbs.costs import costs
from pipelines.verbs.gate import gate
from pipelines.verbs.judge import judge

if TYPE_CHECKING:
    from pipelines.line import Line


def say(line: str) -> None:
    """Progress goes to stderr, so that stdout holds nothing but the result."""
    click.echo(line, err=True)


def example(command: str) -> str:
    return f"Example: {command}"


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=example("perennial status"))
@click.version_option(__version__, prog_name="perennial")
def cli() -> None:
    """Keep fine-tuned language models as fresh as the data behind them."""


def main() -> None:
    """Run a verb. A failure is one line on stderr; exit 1 when it failed, 2 when it was called wrongly."""
    try:
        code = cli(standalone_mode=False)
    except UsageError as error:
        click.echo(f"perennial: {error}", err=True)
        sys.exit(2)
    except PerennialError as error:
        click.echo(f"perennial: {error}", err=True)
        sys.exit(1)
    except click.ClickException as error:
        click.echo(f"perennial: {error.format_message()} See perennial --help.", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("perennial: stopped", err=True)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)


def _line() -> Line:
    from pipelines.line import Line

    return Line.from_environment(say)


@cli.command(epilog=example("perennial lint"))
def lint() -> int:
    """Check every declaration: contracts, models, base models, evals."""
    from pipelines import specs

    found = specs.lint(Settings.from_environment().project)
    for error in found:
        click.echo(str(error))
    click.echo(f"{len(found)} problems" if found else "all declarations hold", err=True)
    return 1 if found else 0


@cli.command(epilog=example("perennial pages"))
def pages() -> None:
    """Write the pages of data_contracts/ that are made from the code: the codes, the schema of a report."""
    from pipelines.core.codes import render
    from pipelines.core.report_json import report_schema

    folder = Settings.from_environment().project / "data_contracts"
    schema = json.dumps(report_schema(), indent=2, sort_keys=True) + "\n"
    for name, text in (("ERRORS.md", render()), ("report.schema.json", schema)):
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(folder / name)


@cli.command(epilog=example("perennial check tax_rules rules.csv"))
@click.argument("contract")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print report.json.")
@click.option(
    "--letter",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("letter"),
    show_default=True,
    help="The folder that the letter is written into.",
)
def check(contract: str, files: tuple[Path, ...], as_json: bool, letter: Path) -> int:
    """Judge FILES by CONTRACT (a file, or a source of this project) as if they had been dropped.

    Exit 0: they would be accepted. 1: they would be rejected or held. 2: called wrongly.
    """
    from pipelines.check import check_files, contract_of

    checked = check_files(contract_of(contract, Settings.from_environment()), files, letter)
    if as_json:
        click.echo(report_json(checked.report))
    else:
        for line in (checked.letter.headline, *checked.report.reasons, checked.letter.action):
            click.echo(line)
    say(f"The letter is {letter / 'report.html'}")
    return 0 if checked.report.verdict == "accepted" else 1


@cli.command(epilog=example("perennial ingest tax_rules"))
@click.argument("source")
def ingest(source: str) -> None:
    """Take a complete upload of SOURCE; prints its digest, or nothing when there is none."""
    if upload := _line().ingest(source):
        click.echo(upload)


@cli.command(epilog=example("perennial validate tax_rules 3f2c..."))
@click.argument("source")
@click.argument("upload")
def validate(source: str, upload: str) -> None:
    """Check UPLOAD against the contract of SOURCE and write the letter; prints the report's digest, or
    nothing when the upload is held."""
    if report := _line().validate(source, upload):
        click.echo(report)


@cli.command(epilog=example("perennial snapshot tax_rules 91ab..."))
@click.argument("source")
@click.argument("report")
def snapshot(source: str, report: str) -> None:
    """Version the rows that REPORT accepted; prints the snapshot's digest."""
    click.echo(_line().snapshot(source, report))


@cli.command(epilog=example("perennial compose tax-desk"))
@click.argument("model")
def compose(model: str) -> None:
    """Mix the current data of MODEL; prints the plan's digest, or nothing when all is decided."""
    if plan := _line().compose(model):
        click.echo(plan)


@cli.command(epilog=example("perennial baseline 77d0..."))
@click.argument("plan")
def baseline(plan: str) -> None:
    """Score every prompting arm of PLAN on the dev items; prints the digest of the best one."""
    click.echo(_line().baseline(plan))


@cli.command(epilog=example("perennial train 77d0..."))
@click.argument("plan")
def train(plan: str) -> None:
    """Fine-tune from the base for PLAN; prints the candidate's digest."""
    click.echo(_line().train(plan))


@cli.command(epilog=example("perennial evaluate 77d0... c41e..."))
@click.argument("plan")
@click.argument("candidate")
def evaluate(plan: str, candidate: str) -> None:
    """Score CANDIDATE, the champion and the anchor on the locked items of PLAN."""
    _line().evaluate(plan, candidate)


@cli.command(epilog=example("perennial promote e5f6..."))
@click.argument("decision")
def promote(decision: str) -> None:
    """Make the candidate of a passed DECISION champion; prints the version."""
    click.echo(_line().promote(decision))


@cli.command(epilog=example("perennial deploy tax-desk 2"))
@click.argument("model")
@click.argument("version", type=int)
def deploy(model: str, version: int) -> None:
    """Wait until the server has proven and loaded VERSION of MODEL; roll it back if it cannot."""
    done = _line().deploy(model, version)
    click.echo(f"{done.model} v{done.version} serves; logits differ by {done.logit_difference:.2g} at most")


@cli.command(epilog=example("perennial refuse e5f6... --by 'J. Doe' --reason 'wrong tone'"))
@click.argument("decision")
@click.option("--by", required=True, help="Who refuses it; it stays in the ledger.")
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
def refuse(decision: str, by: str, reason: str) -> None:
    """Keep the candidate of a passed DECISION out of production. One in production is rolled back instead."""
    _line().refuse(decision, reason, by=by)


@cli.command(epilog=example("perennial rollback tax-desk 2 --reason 'wrong amounts'"))
@click.argument("model")
@click.argument("version", type=int)
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
def rollback(model: str, version: int, reason: str) -> None:
    """Block VERSION of MODEL for ever; production goes back to the newest version that is not blocked."""
    click.echo(_line().rollback(model, version, reason))


@cli.command(epilog=example("perennial reconcile tax-desk"))
@click.argument("model")
def reconcile(model: str) -> None:
    """Make the MLflow registry say what the ledger of MODEL says; prints the repairs."""
    for repair in _line().reconcile(model):
        click.echo(repair)


@cli.group(epilog=example("perennial base build"))
def base() -> None:
    """Base models: build the samples, pin what was approved."""


@base.command("build", epilog=example("perennial base build tax-nano"))
@click.argument("names", nargs=-1)
@click.option("--pin", is_flag=True, help="Write the digests of this build into the declarations.")
def base_build(names: tuple[str, ...], pin: bool) -> None:
    """Build the sample base models that are missing (all of them, or NAMES)."""
    from pipelines.integrations.base_builder import build_all
    from pipelines.specs import bases

    settings = Settings.from_environment()
    declared = {n: b for n, b in bases(settings.project).items() if b.build}
    if unknown := sorted(set(names) - declared.keys()):
        raise UsageError(
            f"base model {unknown[0]}",
            "only a declared base with a build section can be built",
            f"only {', '.join(sorted(declared))}",
            "Check the spelling, or declare it in mlflow/base_models/.",
        )
    wanted = [declared[n] for n in names or sorted(declared)]
    build_all(wanted, settings.bases, project=settings.project if pin else None, progress=say)


@cli.command(epilog=example("perennial serve"))
def serve() -> None:
    """Serve every model at its champion, on loopback."""
    from pipelines.serving.app import serve as run

    run(Settings.from_environment())


@cli.command(epilog=example("perennial demo"))
def demo() -> int:
    """Walk the sample use cases through the running product: five uploads, five outcomes."""
    from pipelines.local.demo import run

    return run(Settings.from_environment())


@cli.command(epilog=example("perennial sample 2026 --to ./drop"))
@click.argument("edition", type=click.IntRange(2025, 2100))
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), required=True)
def sample(edition: int, folder: Path) -> None:
    """Write the data and golden sets of one EDITION of both sample desks, ready to be dropped."""
    from pipelines.sample import front_desk, tax_desk

    for path in (
        *tax_desk.write_edition(edition, folder / "tax_rules", folder / "tax_rules_golden"),
        *front_desk.write_edition(edition, folder / "directory", folder / "directory_golden"),
    ):
        click.echo(path)


for command in (up, down, status, logs, contract, costs, gate, judge, compare):
    cli.add_command(command)
