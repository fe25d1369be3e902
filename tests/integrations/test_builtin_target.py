"""What a deployment learns from the server's address, whoever answers there."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipelines.core.errors import DataError, Unavailable
from pipelines.integrations.builtin_target import BuiltinTarget

SERVED = {
    "version": 2,
    "candidate": "a" * 64,
    "logit_difference": 1e-6,
    "refused": {"3": "a reason"},
    "new": 1,
}
NOTHING: dict[str, object] = {"version": None, "candidate": None, "logit_difference": None, "refused": {}}


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[BuiltinTarget, list[str]]]:
    """A server that always says the same, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keeps the tests' output readable."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield BuiltinTarget(f"http://127.0.0.1:{server.server_port}/"), asked
        finally:
            server.shutdown()
            thread.join()


def test_the_servers_answer_becomes_a_value() -> None:
    with answering(200, json.dumps(SERVED).encode()) as (target, asked):
        said = target.served("tax-desk")
    assert asked == ["/perennial/served/tax-desk"]
    assert (said.version, said.logit_difference, said.refused) == (2, 1e-6, {3: "a reason"})


def test_a_model_without_a_version_yet_is_an_answer() -> None:
    with answering(200, json.dumps(NOTHING).encode()) as (target, _):
        assert target.served("tax-desk").version is None


@pytest.mark.parametrize("status", [500, 502, 503])
def test_the_servers_own_failure_may_pass(status: int) -> None:
    with answering(status, b"oh") as (target, _), pytest.raises(Unavailable, match=str(status)):
        target.served("tax-desk")


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b"{}"), (302, b""), (200, b"<html>"), (200, b"{}"), (200, b"[]"), (200, b'{"version": "two"}')],
)
def test_an_answer_of_somebody_else_is_no_reason_to_wait(status: int, body: bytes) -> None:
    with answering(status, body) as (target, _), pytest.raises(DataError):
        target.served("tax-desk")


def test_nobody_there_may_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy of the environment is not asked for a server on this machine.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="ConnectError"):
            BuiltinTarget(f"http://127.0.0.1:{taken.getsockname()[1]}").served("tax-desk")


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = BuiltinTarget(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        with pytest.raises(Unavailable, match="ReadTimeout"):
            target.served("tax-desk")
