"""The watcher of a source's inbox, run by Airflow's triggerer: it wakes the ingest run, nothing more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

if TYPE_CHECKING:
    from pipelines.line import Line


class InboxTrigger(BaseEventTrigger):
    """Fires while a complete upload of `source` waits for a verdict; looks every `poll_s` seconds.

    Level-triggered: the ingest ledger in the bucket is the only acknowledgement, so an event that is
    lost, merged or whose run failed is announced again after `refire_s` seconds. It keeps nothing.
    `contract` is the digest of the contract it goes by: with another one it is another trigger.
    """

    def __init__(self, source: str, contract: str = "", poll_s: float = 1.0, refire_s: float = 60.0) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.source, self.contract, self.poll_s, self.refire_s = source, contract, poll_s, refire_s
        self._line: Line | None = None
        self._announced, self._announced_at = "", 0.0
        # The kind of error of the last look, None when it went well.
        self.trouble: str | None = None

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class and arguments from which the triggerer builds it; they name the source, so that
        no two watchers are the same trigger."""
        arguments = {name: getattr(self, name) for name in ("source", "contract", "poll_s", "refire_s")}
        return f"{type(self).__module__}.{type(self).__qualname__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """One event a change, and one every `refire_s` seconds until the upload is decided."""
        while True:
            fingerprint = await self._look()
            if fingerprint is not None and self._is_news(fingerprint):
                self._announced, self._announced_at = fingerprint, time.monotonic()
                yield TriggerEvent({"source": self.source, "fingerprint": fingerprint})  # type: ignore[no-untyped-call]
            await asyncio.sleep(self.poll_s)

    def _is_news(self, fingerprint: str) -> bool:
        return fingerprint != self._announced or time.monotonic() - self._announced_at > self.refire_s

    async def _look(self) -> str | None:
        """What waits, or None. A trigger that raises is restarted at once and for ever, so whatever
        goes wrong is logged, once a kind, and the next look tries again."""
        try:
            fingerprint = await asyncio.to_thread(self._pending)
        except Exception as error:
            kind = type(error).__name__
            if kind != self.trouble:
                self.log.exception("cannot look into the inbox of %s, trying on", self.source)
            self.trouble, self._line = kind, None
            return None
        self.trouble = None
        return fingerprint

    def _pending(self) -> str | None:
        from pipelines.line import Line

        if self._line is None:
            self._line = Line.from_environment(self.log.info)
        return self._line.pending(self.source)
