"""How much memory the stack takes, shared pages counted once."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import psutil

INTERVAL_S = 2.0


class Gauge:
    """Samples, while it is open, the proportional set size of all processes of this user whose command
    names this Python. `peak_gib` is the largest sum seen.
    """

    def __init__(self) -> None:
        self.peak_gib = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        executable = psutil.Process().exe()
        while not self._done.wait(INTERVAL_S):
            self.peak_gib = max(self.peak_gib, _pss(executable) / 2**30)


def _pss(executable: str) -> int:
    """Bytes of all processes that run this interpreter."""
    total = 0
    for process in psutil.process_iter():
        try:
            if process.exe() == executable:
                total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total
