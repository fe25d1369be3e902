"""Starts and ends a real server process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from waiting import wait_for

from pipelines.settings import LOOPBACK

SERVER = Path(__file__).with_name("tiny_server.py")
START_SECONDS = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process and a client for it."""

    def __init__(self, home: Path, port: int) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self.log = home / "server.log"
        with self.log.open("ab") as log:
            command = [sys.executable, str(SERVER), str(home), str(port)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=60.0)

    def answers(self, path: str) -> bool:
        """Whether GET answers 200; an AssertionError with the log when the process has ended."""
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        try:
            return self.client.get(path).status_code == 200
        except httpx.TransportError:
            return False

    def served(self, model: str) -> dict[str, Any]:
        said: dict[str, Any] = self.client.get(f"/perennial/served/{model}").json()
        return said

    def chat(self, model: str, text: str = "hello", **options: Any) -> httpx.Response:
        said = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": 8, **options}
        return self.client.post("/v1/chat/completions", json=said)

    def end(self, number: signal.Signals) -> int:
        """Sends a signal to the process and waits for its end; returns the exit status."""
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        self.client.close()
        return self.process.wait(45)


@contextmanager
def running(home: Path, port: int | None = None) -> Iterator[Server]:
    """A server on `home` that is ready."""
    server = Server(home, port or free_port())
    try:
        wait_for(lambda: server.answers("/readyz"), START_SECONDS, "the server is ready")
        yield server
    finally:
        server.end(signal.SIGKILL)


def events(response: httpx.Response) -> list[Any]:
    """The events of a stream, parsed; [DONE] as a string."""
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]
