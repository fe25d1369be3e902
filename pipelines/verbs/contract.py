"""The verbs about contracts: a first one from a sample, and what changed between two versions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.core.errors import DeclarationError

if TYPE_CHECKING:
    from pipelines.declarations.contract_diff import Comparison

STEWARD = "steward@example.com"


@click.group(epilog="Example: perennial contract new rules.csv")
def contract() -> None:
    """Contracts: propose a first one, compare two versions."""


@contract.command(
    epilog="Example: perennial contract new rules.csv --steward jo@example.com --out data_contracts"
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", help="The name of the source; that of the file by default.")
@click.option("--steward", default=STEWARD, show_default=True, help="Who answers for the source.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="The contract's file or folder; stdout by default."
)
def new(file: Path, source: str | None, steward: str, out: Path | None) -> None:
    """Write a first contract from what the sample FILE shows. It accepts the sample; read it line by line."""
    from pipelines.declarations.contract_writer import contract_yaml
    from pipelines.declarations.odcs import SUFFIX
    from pipelines.integrations.contract_profiler import sketch_of

    name = source or source_name(file.name)
    text = contract_yaml(sketch_of(file.name, file, name, steward))
    if out is None:
        click.echo(text, nl=False)
        return
    target = out / f"{name}{SUFFIX}" if out.is_dir() else out
    try:
        with target.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise DeclarationError(
            f"{target}", "a contract that people wrote is not replaced", "a file", "Name another place."
        ) from None
    click.echo(f"{target}", err=True)


@contract.command(
    epilog="Example: perennial contract diff old/tax_rules.odcs.yaml data_contracts/tax_rules.odcs.yaml"
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
def diff(old: Path, new: Path, as_json: bool) -> int:
    """Say what changed from OLD to NEW, and for whom it breaks.

    Exit 0: the version says at least what changed. 1: it does not. 2: called wrongly.
    """
    from pipelines.declarations.contract_diff import compare
    from pipelines.specs import load_contract

    found = compare(load_contract(old), load_contract(new))
    click.echo(_json(found) if as_json else "\n".join(_lines(found)))
    return 0 if found.carries else 1


def source_name(file: str) -> str:
    """A name for a source, made of its file's: lower-case, beginning with a letter."""
    words = re.sub(r"[^a-z0-9]+", "_", file.partition(".")[0].lower()).strip("_")
    return words if words[:1].isalpha() else f"source_{words}".rstrip("_")


def _lines(found: Comparison) -> list[str]:
    lines = [f"{change.kind}: {change.about}: {change.text}" for change in found.changes] or [
        "nothing changed"
    ]
    if found.carried is None:
        verdict = "the versions do not say it: write three numbers such as 1.4.0, the new one above the old"
    else:
        verdict = f"the version carries {_step(found.carried)}"
    return [*lines, f"needs {_step(found.needed)}; {verdict}"]


def _step(bump: str) -> str:
    return "no new version" if bump == "none" else f"a new {bump} version"


def _json(found: Comparison) -> str:
    changes = [change._asdict() for change in found.changes]
    said = {"needed": found.needed, "carried": found.carried, "carries": found.carries, "changes": changes}
    return json.dumps(said, indent=2, ensure_ascii=False)
