"""The commands of the local stack: up, down, status, logs."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path

import click

from pipelines.core.errors import UsageError
from pipelines.settings import Settings


@click.command(epilog="Example: perennial up --wait")
@click.option("--wait/--no-wait", default=True, help="Return when every service is healthy.")
@click.option("--patience", default=300.0, show_default=True, help="Seconds to wait at most.")
def up(wait: bool, patience: float) -> None:
    """Start the whole product on this machine."""
    from pipelines.local import stack
    from pipelines.local.services import services

    settings = Settings.from_environment()
    stack.up(settings, say=lambda line: click.echo(line, err=True), wait=wait, patience_s=patience)
    for service in services(settings):
        if service.url:
            click.echo(f"{service.name:<11}{service.url}")
    click.echo(
        f"Sign in to Airflow as admin; the password is in {settings.secrets / 'airflow_passwords.json'}"
    )


@click.command(epilog="Example: perennial down")
def down() -> None:
    """Stop everything that `up` started."""
    from pipelines.local import stack

    click.echo("stopped" if stack.down(Settings.from_environment()) else "nothing was running")


@click.command(epilog="Example: perennial status --json")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def status(as_json: bool) -> None:
    """Show services, sources, models and the newest runs."""
    from pipelines.local.status import status as look
    from pipelines.local.status_table import table

    found = look(Settings.from_environment())
    click.echo(found.model_dump_json(indent=2) if as_json else table(found))


@click.command(epilog="Example: perennial logs server --follow")
@click.argument("service", required=False)
@click.option("-n", "--lines", default=40, show_default=True, help="Lines of each log.")
@click.option("-f", "--follow", is_flag=True, help="Go on until interrupted.")
def logs(service: str | None, lines: int, follow: bool) -> None:
    """Show the newest lines of SERVICE's log, or of all."""
    from pipelines.local.services import services

    settings = Settings.from_environment()
    known = [s.name for s in services(settings)]
    if service is not None and service not in known:
        raise UsageError(
            f"service {service}", "it must be one of the stack", "none", f"Known: {', '.join(known)}."
        )
    chosen = [service] if service else known
    ends = {name: _show(settings.logs / f"{name}.log", name, lines) for name in chosen}
    while follow:
        time.sleep(0.5)
        ends = {name: _show_after(settings.logs / f"{name}.log", name, end) for name, end in ends.items()}


def _show(log: Path, name: str, lines: int) -> int:
    """Print the last lines; returns where the log ended."""
    if not log.exists():
        return 0
    with log.open("rb") as file:
        for line in deque(file, maxlen=lines):
            _echo(name, line)
        return file.tell()


def _show_after(log: Path, name: str, end: int) -> int:
    """Print what came after `end`, from the start when the log was rotated."""
    if not log.exists():
        return 0
    with log.open("rb") as file:
        file.seek(end if end <= log.stat().st_size else 0)
        for line in file:
            _echo(name, line)
        return file.tell()


def _echo(name: str, line: bytes) -> None:
    click.echo(f"{name:<14}{line.decode(errors='replace').rstrip()}")
