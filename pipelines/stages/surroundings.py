"""Surroundings: the tables that an upload is compared with, fetched only where a rule asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pipelines.archive import Archive
from pipelines.core.base_model import ApprovedBase
from pipelines.core.contract import Contract
from pipelines.core.findings import Neighbour, Surroundings, Table
from pipelines.core.intake import Accepted
from pipelines.core.model_spec import ModelSpec
from pipelines.core.snapshot import Snapshot

Current = Callable[[str], Accepted | None]
"""What is current of a source, None before its first upload."""
Reader = Callable[[ApprovedBase], tuple[Path, int] | None]
"""The folder with a base's tokenizer, and the tokens it reads at once; None where there is no such base."""


def surroundings(
    contract: Contract,
    models: Mapping[str, ModelSpec],
    current: Current,
    *,
    archive: Archive,
    reader: Reader,
    folder: Path,
) -> Surroundings:
    """Tables are fetched into `folder`. A source that is used by no model has no neighbours."""
    source = contract.source
    users = [spec for spec in models.values() if source in spec.sources]
    checks = {rule.check for rule in contract.rules}

    def neighbours(names: Iterable[str], wanted: bool) -> tuple[Neighbour, ...]:
        others = sorted({name for name in names if name != source}) if wanted else ()
        found = (_neighbour(name, current(name), archive, folder) for name in others)
        return tuple(neighbour for neighbour in found if neighbour)

    base = _smallest(users) if "tokens_between" in checks else None
    tokenizer, context = (base and reader(base)) or (None, None)
    return Surroundings(
        previous=_previous(current(source), archive, folder),
        siblings=neighbours((name for spec in users for name in spec.sources), "one_answer" in checks),
        golden=neighbours((spec.golden for spec in users), "no_golden" in checks),
        tokenizer=tokenizer,
        context_tokens=context,
    )


def _smallest(users: Iterable[ModelSpec]) -> ApprovedBase | None:
    """What fits the smallest base fits the others."""
    return min((base for spec in users for base in spec.ladder), key=lambda b: b.parameters, default=None)


def _previous(accepted: Accepted | None, archive: Archive, folder: Path) -> Table | None:
    if accepted is None:
        return None
    snapshot = archive.fetch(Snapshot, accepted.snapshot)
    path = folder / "previous.parquet"
    archive.fetch_file(snapshot.table, path)
    return Table(path, snapshot.rows)


def _neighbour(source: str, accepted: Accepted | None, archive: Archive, folder: Path) -> Neighbour | None:
    if accepted is None:
        return None
    snapshot = archive.fetch(Snapshot, accepted.snapshot)
    path = folder / f"current-{source}.parquet"
    archive.fetch_file(snapshot.table, path)
    roles = snapshot.roles
    return Neighbour(source, path, roles.prompt, roles.completion, roles.context)
