"""Waits for uploads that are on their way: data and golden set of one edition arrive close together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pipelines.core.errors import PermanentError
from pipelines.core.intake import intake
from pipelines.ledger import Ledger
from pipelines.ports import Clock, ObjectStore, Pause
from pipelines.stages.ingest import look


def await_arrivals(
    ledgers: Mapping[str, Ledger],
    *,
    store: ObjectStore,
    clock: Clock,
    pause: Pause,
    patience: timedelta = timedelta(seconds=60),
) -> tuple[str, ...]:
    """Wait until every source's inbox has its answer; returns the sources that still had none.

    It saves a training that would be judged against the other's older state; it decides nothing. An
    inbox that is written to without end delays a run by `patience` at most.
    """
    deadline = clock.now() + patience
    while late := tuple(source for source, ledger in ledgers.items() if _arriving(source, store, ledger)):
        if clock.now() >= deadline:
            break
        pause(0.5)
    return late


def _arriving(source: str, store: ObjectStore, ledger: Ledger) -> bool:
    """An inbox that cannot be listed is its own ingest run's trouble and keeps nobody waiting."""
    try:
        listing = look(source, store)
    except PermanentError:
        return False
    return bool(listing.data) and not intake(ledger.entries()).decided(listing.fingerprint)
