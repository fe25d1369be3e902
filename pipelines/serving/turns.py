"""One worker computes all answers, one step of each in turn."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from pipelines.core.errors import Unavailable

T = TypeVar("T")


class _End:
    """Marks the end of an answer in its queue."""


_END: Final = _End()


@dataclass(eq=False)
class _Turn(Generic[T]):
    """One answer in the making. `left` is set by the reader when it no longer wants the rest."""

    steps: Iterator[T]
    loop: asyncio.AbstractEventLoop
    queue: "asyncio.Queue[T | Exception | _End]" = field(default_factory=asyncio.Queue)
    left: threading.Event = field(default_factory=threading.Event)

    def deliver(self, item: "T | Exception | _End") -> None:
        try:
            self.loop.call_soon_threadsafe(self.queue.put_nowait, item)
        except RuntimeError:
            # The loop is closed: the server is going down and nobody reads this answer any more.
            self.left.set()


class Turns:
    """Lets answers take turns, step by step, so a short answer passes a long one that began earlier.

    One thread computes, whatever the number of requests: on a CPU two models running at once only take each
    other's cache, and one worker keeps an answer independent of what else is asked.
    """

    def __init__(self, most: int) -> None:
        """`most`: how many answers may be in the making at once."""
        self._most = most
        self._open = 0
        self._waiting: deque[_Turn[Any]] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._worker: threading.Thread | None = None

    @property
    def full(self) -> bool:
        """Whether one more answer would be too many; to be asked on the event loop, right before `run`."""
        return self._open >= self._most

    def start(self) -> None:
        """Starts the worker."""
        self._worker = threading.Thread(target=self._work, name="generation", daemon=True)
        self._worker.start()

    def stop(self) -> None:
        """Ends the worker after its current step; answers still in the making end with Unavailable."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._worker is not None:
            self._worker.join()

    async def run(self, steps: Iterator[T]) -> AsyncIterator[T]:
        """The results of these steps, as they are computed on the worker.

        Closing this iterator early (a client that went away) stops the computation after its current step.

        Raises:
            Unavailable: the server is stopping.
            Exception: whatever a step raised.
        """
        turn = _Turn(steps, asyncio.get_running_loop())
        with self._changed:
            if self._closing:
                raise _stopping()
            self._waiting.append(turn)
            self._changed.notify()
        self._open += 1
        try:
            while not isinstance(item := await turn.queue.get(), _End):
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            self._open -= 1
            turn.left.set()

    def _work(self) -> None:
        while self._one_turn():
            continue

    def _one_turn(self) -> bool:
        # A function of its own: a finished answer, with its cache of keys and values, must be let go before
        # the worker waits for the next one.
        turn = self._next()
        if turn is None:
            return False
        if not turn.left.is_set() and _step(turn):
            with self._changed:
                self._waiting.append(turn)
        return True

    def _next(self) -> _Turn[Any] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._waiting)
            if not self._closing:
                return self._waiting.popleft()
            for turn in self._waiting:
                turn.deliver(_stopping())
            self._waiting.clear()
            return None


def _step(turn: _Turn[T]) -> bool:
    """Computes one step; True when there may be more. An error is the request's, never the worker's."""
    try:
        turn.deliver(next(turn.steps))
    except StopIteration:
        turn.deliver(_END)
        return False
    except Exception as error:
        turn.deliver(error)
        return False
    return True


def _stopping() -> Unavailable:
    return Unavailable(
        "the server", "takes requests while it runs", "it is stopping", "Ask again in a moment."
    )
