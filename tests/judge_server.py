"""A judging endpoint on loopback, and what may think behind it."""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Brain = Callable[[str], str]
"""What the user message becomes."""

CONVERSATION = re.compile(
    r"^<conversation(?:_[AB])?>\n(.*?)^</conversation(?:_[AB])?>$", re.DOTALL | re.MULTILINE
)
TURN = re.compile(r"<user>(.*?)</user>\n<assistant>(.*?)</assistant>", re.DOTALL)


class JudgeServer(ThreadingHTTPServer):
    """Speaks OpenAI's chat completions. `statuses` are its first answers, and then 200. `asked` are the
    requests, `keys` their Authorization headers; it calls itself `model`.
    """

    request_queue_size = 64

    def __init__(
        self,
        brain: Brain,
        *,
        model: str = "judge-1",
        statuses: tuple[int, ...] = (),
        knows_schemas: bool = True,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.brain, self.model, self.knows_schemas = brain, model, knows_schemas
        self.statuses = list(statuses)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.body: bytes | None = None
        self.retry_after: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def answer(self, request: dict[str, Any]) -> tuple[int, bytes]:
        if self.statuses:
            return self.statuses.pop(0), b"{}"
        if "response_format" in request and not self.knows_schemas:
            return 400, b'{"error": {"message": "unknown field response_format"}}'
        if self.body is not None:
            return 200, self.body
        content = self.brain(request["messages"][-1]["content"])
        message = {"role": "assistant", "content": content}
        return 200, json.dumps({"model": self.model, "choices": [{"index": 0, "message": message}]}).encode()


class _Session(BaseHTTPRequestHandler):
    server: JudgeServer

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v1/chat/completions"
        self.server.asked.append(request)
        self.server.keys.append(self.headers["Authorization"])
        status, body = self.server.answer(request)
        self.send_response(status)
        if self.server.retry_after is not None:
            self.send_header("Retry-After", self.server.retry_after)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing: the test looks at what was asked."""


@contextmanager
def judging(brain: Brain, **options: Any) -> Iterator[JudgeServer]:
    """A running endpoint."""
    with JudgeServer(brain, **options) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def read(prompt: str) -> list[list[tuple[str, str]]]:
    """The conversations of a prompt, each as (question, answer) pairs."""
    return [TURN.findall(inside) for inside in CONVERSATION.findall(prompt)]


def says(verdict: str) -> str:
    return json.dumps({"reason": "So it is.", "verdict": verdict})


def knows(truth: Mapping[str, str], *, torn: str = "tie") -> Brain:
    """Counts right answers, the last turn before the others; says `torn` when neither is better."""

    def brain(prompt: str) -> str:
        one, two = ([truth[q] == a for q, a in reversed(turns)] for turns in read(prompt))
        return says(torn if one == two else "A" if one > two else "B")

    return brain


def guesses(seed: int) -> Brain:
    """Says anything, but always the same of the same prompt."""
    return lambda prompt: says(random.Random(f"{seed}/{prompt}").choice(["A", "B", "tie"]))


def mumbles(brain: Brain, every: int) -> Brain:
    """Gives no verdict on about one prompt of `every`."""

    def mumbling(prompt: str) -> str:
        silent = random.Random(prompt).randrange(every) == 0
        return "Both have their merits." if silent else brain(prompt)

    return mumbling
