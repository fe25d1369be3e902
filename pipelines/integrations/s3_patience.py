"""How long to go on while S3 does not answer."""

from __future__ import annotations

import random
import time

FIRST, LONGEST = 0.1, 3.0


class Patience:
    """Pauses that double up to three seconds, for `seconds` since the last progress in all."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        """There was progress: the time counts from here."""
        self._deadline = time.monotonic() + self._seconds
        self._next = FIRST

    def pause(self) -> bool:
        """Waits before another try; False when the time is over."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            return False
        # Spread out, so that many writers do not come back together.
        time.sleep(min(left, self._next * random.uniform(0.5, 1.0)))  # noqa: S311
        self._next = min(self._next * 2, LONGEST)
        return True
