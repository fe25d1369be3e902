"""Follows the model ledgers and keeps the fleet in line with them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Final

from pipelines.core.errors import PerennialError
from pipelines.core.promotion import standing
from pipelines.ledger import Ledger
from pipelines.serving.fleet import Fleet

POLL_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class Watcher:
    """Reads each model's ledger about every second, on a thread of its own.

    Reading again and again needs no message to arrive: a promotion is served because it is in the ledger.
    """

    def __init__(self, fleet: Fleet, ledgers: Mapping[str, Ledger], *, every: float = POLL_SECONDS) -> None:
        self.fleet = fleet
        self._ledgers = ledgers
        self._every = every
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts following."""
        self._closing.clear()
        self._thread = threading.Thread(target=self._follow, name="watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the current round."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def poll(self) -> None:
        """One round over all ledgers; the trouble of one model never keeps another from being followed."""
        for model, ledger in self._ledgers.items():
            try:
                self.fleet.follow(model, standing(ledger.entries()))
            except (PerennialError, OSError) as error:
                self.fleet.hold(model, f"its ledger cannot be used: {error}")
            except Exception as error:
                # The thread must outlive a fault: without it no promotion would ever be served again.
                _log.exception("Following %s failed.", model)
                self.fleet.hold(model, f"following its ledger failed: {type(error).__name__}")

    def _follow(self) -> None:
        while not self._closing.is_set():
            self.poll()
            self._closing.wait(self._every)
