"""Compose: mix the current snapshots of a model's sources into a training set and a golden set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.composition import (
    decontaminate,
    examples_of,
    golden_items_of,
    shuffled,
    split_of,
)
from pipelines.core.errors import DataError
from pipelines.core.golden_set import GoldenItem, GoldenSet
from pipelines.core.intake import Accepted
from pipelines.core.model_spec import ModelSpec
from pipelines.core.permission import TableRow, permitted
from pipelines.core.plan import Plan
from pipelines.core.promotion import Standing
from pipelines.core.rotation import rotation_of
from pipelines.core.snapshot import Snapshot
from pipelines.core.training_set import Example, Removal, SourceShare, TrainingSet
from pipelines.core.value import to_jsonl
from pipelines.ports import DataRegistry

Rows = Sequence[TableRow]
ReadTable = Callable[[Path], Rows]


def compose(
    spec: ModelSpec,
    current: Mapping[str, Accepted],
    standing: Standing,
    *,
    archive: Archive,
    registry: DataRegistry,
    read_table: ReadTable,
    today: date,
    scratch: Path,
) -> Plan | None:
    """The plan of a run on what is current now, or None when its question is already answered.

    `current` holds the accepted snapshot of every source that has one. A model waits until each of its
    sources and its golden set has arrived; the snapshot that completes them starts its own run. Rows
    without consent, or kept past their retention date `today`, are left out of training and of judging.
    """
    if any(source not in current for source in (*spec.sources, spec.golden)):
        return None

    removed: list[Removal] = []

    def rows_of(source: str) -> tuple[Snapshot, Rows]:
        accepted = current[source]
        snapshot = archive.fetch(Snapshot, accepted.snapshot)
        with TemporaryDirectory(dir=scratch) as folder:
            table = Path(folder) / "table.parquet"
            registry.fetch(snapshot, accepted.revision, table)
            rows, forbidden = permitted(source, read_table(table), snapshot.roles, today)
        removed.extend(forbidden)
        return snapshot, rows

    golden_snapshot, golden_rows = rows_of(spec.golden)
    items = golden_items_of(golden_rows, golden_snapshot.roles)
    secret = (*items, *(item for task in spec.suite.tasks for item in task.items))
    training_set = _training_set(spec, [rows_of(s) for s in spec.sources], secret, removed, archive)
    champion = standing.champion.candidate.digest if standing.champion else None

    def plan_at(rotation: int) -> Plan:
        golden = _golden_set(spec, golden_snapshot, items, rotation, archive)
        return Plan(
            model=spec.name,
            spec=archive.keep(spec),
            training_set=archive.keep(training_set),
            golden=archive.keep(golden),
            champion=champion,
        )

    decisions = standing.decisions_on(golden_snapshot.digest)
    # The last decision is an answer although its items may be due for an exchange since.
    if decisions and answered(plan_at(rotation_of(decisions - 1, spec.gate.rotate_after)), standing):
        return None
    plan = plan_at(rotation_of(decisions, spec.gate.rotate_after))
    archive.keep(plan)
    return plan


def answered(plan: Plan, standing: Standing) -> bool:
    """Whether the newest decision was about the same data, golden set and spec, and was carried out, or was
    refused by a person.
    """
    last = standing.last_decision
    if last is None or (last.spec, last.training_set, last.golden) != (
        plan.spec,
        plan.training_set,
        plan.golden,
    ):
        return False
    if last.verdict == "PASS" and standing.refusal is None:
        return plan.champion == last.candidate or standing.rolled_back(last.candidate)
    return plan.champion == last.champion


def _training_set(
    spec: ModelSpec,
    parts: Sequence[tuple[Snapshot, Rows]],
    golden: Sequence[GoldenItem],
    forbidden: Sequence[Removal],
    archive: Archive,
) -> TrainingSet:
    examples: list[Example] = []
    for snapshot, rows in parts:
        examples += examples_of(snapshot.source, rows, snapshot.roles)
    kept, removed = decontaminate(examples, golden)
    if not kept:
        raise DataError(
            f"training set of {spec.name}",
            "at least one row must remain after golden rows and rows that may not be used are taken out",
            f"{len(removed)} of {len(examples)} rows repeat the golden set, {len(forbidden)} may not be used",
            "Replace the upload.",
        )
    shares = tuple(
        SourceShare(source=s.source, snapshot=s.digest, rows=sum(e.source == s.source for e in kept))
        for s, _ in parts
    )
    return TrainingSet(
        model=spec.name,
        shares=shares,
        removed=(*(r for r in forbidden if r.source in spec.sources), *removed),
        rows=len(kept),
        seed=spec.recipe.seed,
        examples=archive.keep_bytes(to_jsonl(shuffled(kept, spec.recipe.seed))),
    )


def _golden_set(
    spec: ModelSpec, snapshot: Snapshot, items: Sequence[GoldenItem], rotation: int, archive: Archive
) -> GoldenSet:
    dev = [i for i in items if split_of(i, spec.dev_share, rotation) == "dev"]
    gate = [i for i in items if split_of(i, spec.dev_share, rotation) == "gate"]
    return GoldenSet(
        snapshot=snapshot.digest,
        dev=archive.keep_bytes(to_jsonl(dev)),
        gate=archive.keep_bytes(to_jsonl(gate)),
        dev_items=len(dev),
        gate_items=len(gate),
        rotation=rotation,
    )
