"""A TCP proxy on loopback that loses replies, cuts connections and answers with server errors on demand."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import Any, Self


def _reply(status: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


CANNED = {
    "500": _reply("500 Internal Server Error"),
    "503": _reply("503 Slow Down", b"<Error><Code>SlowDown</Code><Message>x</Message></Error>"),
}
DELAYS = {"blackhole": 3600.0, "slow": 0.05}


class FaultProxy:
    """Passes bytes unchanged to `upstream`, except for the faults asked for.

    Modes: ok, refuse, 500, 503, blackhole, slow, lose_reply, cut_down:N and cut_up:N (N bytes). `plan`
    gives one mode to each new connection in turn; afterwards `mode` holds, and it may change at any time.
    """

    def __init__(self, upstream: tuple[str, int], *, mode: str = "ok", plan: Sequence[str] = ()) -> None:
        self.upstream = upstream
        self.mode = mode
        self.plan = list(plan)
        self.connections = 0
        self.port = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._handle, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        fixed = self.plan.pop(0) if self.plan else None
        upstream: asyncio.StreamWriter | None = None
        try:
            mode = fixed or self.mode
            if mode == "refuse":
                raise ConnectionResetError
            if mode in CANNED:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(CANNED[mode])
                await writer.drain()
                writer.close()
                return
            from_upstream, upstream = await asyncio.open_connection(*self.upstream)
            await asyncio.gather(
                self._pump(reader, upstream, "cut_up", fixed),
                self._pump(from_upstream, writer, "cut_down", fixed),
            )
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
            if upstream:
                upstream.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: str, fixed: str | None
    ) -> None:
        sent = 0
        while data := await reader.read(16384):
            mode = fixed or self.mode
            await asyncio.sleep(DELAYS.get(mode, 0))
            side, _, limit = mode.partition(":")
            if side == cut and sent + len(data) > int(limit):
                raise ConnectionResetError
            if mode == "lose_reply" and cut == "cut_down" and _is_answer(data):
                raise ConnectionResetError
            writer.write(data)
            await writer.drain()
            sent += len(data)
        writer.close()


def _is_answer(data: bytes) -> bool:
    """False for nothing but `100 Continue`, which servers may send more than once before they answer."""
    while data.split(b" ", 2)[1:2] == [b"100"]:
        data = data.partition(b"\r\n\r\n")[2]
    return bool(data)
