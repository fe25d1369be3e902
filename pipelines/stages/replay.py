"""Replay: read the decisions of a ledger and their evidence, and decide again. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelines.archive import Archive
from pipelines.core.decision import GateDecision
from pipelines.core.errors import Tampered
from pipelines.core.gate.evidence import Evidence
from pipelines.core.gate.replay import Replayed, is_about, replay
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.ledger import Entry
from pipelines.core.promotion import DECISION
from pipelines.stages.gate import EVIDENCE


def replay_all(
    entries: Iterable[Entry], change: Callable[[GatePolicy], GatePolicy], *, archive: Archive
) -> tuple[Replayed, ...]:
    """Every decision of a model's ledger, oldest first. `change` makes the new policy of a decision's own."""
    return tuple(_replayed(entry, change, archive) for entry in entries if entry.kind == DECISION)


def _replayed(entry: Entry, change: Callable[[GatePolicy], GatePolicy], archive: Archive) -> Replayed:
    was = GateDecision.model_validate(entry.body)
    try:
        evidence = archive.settled(EVIDENCE, was.digest, Evidence)
    except Tampered:
        return Replayed(at=entry.at, was=was, again=None, lacking="Its evidence cannot be read.")
    if evidence is None:
        return Replayed(at=entry.at, was=was, again=None, lacking="Its evidence is not in the archive.")
    if not is_about(evidence, was):
        return Replayed(at=entry.at, was=was, again=None, lacking="Its evidence is about something else.")
    return Replayed(at=entry.at, was=was, again=replay(evidence, change(evidence.spec.gate)))
