"""Notices reach a real mail server and a real web server, or say in one sentence why they did not."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, TypeVar

import pytest
from letter_samples import a_report

from pipelines.core.notice import notice_of
from pipelines.integrations.notifiers import TRIES, SmtpNotifier, WebhookNotifier, notify

LINK = "outbox/tax_rules/7c9e04b1d2aa/report.html"
NOTICE = notice_of(a_report(), to="steward@example.com", link=LINK)


class MailServer(socketserver.TCPServer):
    """Takes mail on loopback. `answers` are what it says to RCPT, in turn, and then 250."""

    allow_reuse_address = True

    def __init__(self, answers: tuple[str, ...] = ()) -> None:
        super().__init__(("127.0.0.1", 0), MailSession)
        self.answers = list(answers)
        self.mails: list[Message] = []
        self.said: list[str] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}/?from_email=perennial%40example.com"


class MailSession(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            self.server.said.append(line)
            verb = line.split()[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                self.server.mails.append(message_from_bytes(self._body()))
            if verb == "RCPT" and self.server.answers:
                self._say(self.server.answers.pop(0))
            else:
                self._say("221 bye" if verb == "QUIT" else "250 fine")

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class WebServer(HTTPServer):
    """Takes posts on loopback. `answers` are its status codes, in turn, and then 200."""

    def __init__(self, answers: tuple[int, ...] = ()) -> None:
        super().__init__(("127.0.0.1", 0), WebSession)
        self.answers = list(answers)
        self.posts: list[tuple[str, str | None, Any]] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class WebSession(BaseHTTPRequestHandler):
    server: WebServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posts.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Nothing: the test looks at what was posted."""


Server = TypeVar("Server", bound=socketserver.BaseServer)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def sent(connections: dict[str, str]) -> tuple[str, list[float]]:
    """What is said of one notice, and the pauses that were made."""
    pauses: list[float] = []
    (said,) = notify(NOTICE, connections, pauses.append)
    return said, pauses


def test_a_mail_says_the_verdict_what_to_do_and_where_the_letter_is() -> None:
    with serving(MailServer()) as server:
        said, pauses = sent({"perennial_smtp": server.url})
    assert (said, pauses) == ("The notice was sent by perennial_smtp.", [])
    (mail,) = server.mails
    assert (mail["To"], mail["From"]) == ("steward@example.com", "perennial@example.com")
    assert mail["Subject"] == NOTICE.headline
    assert mail["Message-ID"] == f"<{NOTICE.upload[:32]}.accepted@perennial>"
    text = mail.get_payload()
    assert NOTICE.action in text
    assert LINK in text


def test_a_busy_mail_server_is_tried_again_and_a_refusal_is_not() -> None:
    with serving(MailServer(("450 come again later",))) as server:
        assert sent({"perennial_smtp": server.url}) == ("The notice was sent by perennial_smtp.", [2.0])
    with serving(MailServer(("550 nobody of that name",))) as server:
        said, pauses = sent({"perennial_smtp": server.url})
    assert said == "The notice by perennial_smtp was refused: the steward's address was refused."
    assert (pauses, server.mails) == ([], [])


def test_a_mail_never_leaves_this_machine_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.integrations.notifiers._LOOPBACK", ())
    with serving(MailServer()) as server:
        said, _ = sent({"perennial_smtp": server.url.replace("smtp://", "smtp://user:password@")})
    assert said == f"The notice by perennial_smtp could not be sent in {TRIES} tries: SMTPNotSupportedError."
    assert server.mails == []
    assert not any("AUTH" in line for line in server.said)


def test_a_webhook_gets_the_notice_as_json_under_its_whole_path() -> None:
    with serving(WebServer()) as server:
        url = f"http://bot:secret@{server.place}/a%2Fb?team=tax"
        assert sent({"perennial_webhook": url}) == ("The notice was sent by perennial_webhook.", [])
    assert server.posts == [("/a/b?team=tax", "Basic Ym90OnNlY3JldA==", NOTICE.model_dump(mode="json"))]


def test_a_password_alone_is_a_bearer_token() -> None:
    with serving(WebServer()) as server:
        sent({"perennial_webhook": f"http://:token@{server.place}/x"})
    assert server.posts[0][1] == "Bearer token"


@pytest.mark.parametrize(
    ("answers", "said", "posts"),
    [
        ((503, 429), "The notice was sent by perennial_webhook.", 3),
        ((500,) * 9, "The notice by perennial_webhook could not be sent in 3 tries: HTTPStatusError.", 3),
        ((404,), "The notice by perennial_webhook was refused: it answered 404.", 1),
        ((302,), "The notice by perennial_webhook was refused: it answered 302.", 1),
    ],
)
def test_trouble_is_tried_again_within_bounds_and_a_no_is_taken(
    answers: tuple[int, ...], said: str, posts: int
) -> None:
    with serving(WebServer(answers)) as server:
        told, pauses = sent({"perennial_webhook": f"http://{server.place}/x"})
    assert (told, len(server.posts), len(pauses)) == (said, posts, posts - 1)


def test_nobody_at_home_is_a_sentence_too() -> None:
    with serving(WebServer()) as server:
        gone = f"http://user:secret@{server.place}/x"
    said, pauses = sent({"perennial_webhook": gone})
    assert said == "The notice by perennial_webhook could not be sent in 3 tries: ConnectError."
    assert pauses == [2.0, 4.0]


@pytest.mark.parametrize(
    ("name", "url", "why"),
    [
        ("perennial_smtp", "smtp://", "it names no host"),
        ("perennial_webhook", "http://elsewhere.example/x", "a webhook needs https"),
    ],
)
def test_a_connection_that_cannot_be_used_is_named_and_stops_nothing(name: str, url: str, why: str) -> None:
    assert sent({name: url})[0] == f"The connection {name} cannot be used: {why}."


def test_nothing_is_sent_unless_a_connection_is_there() -> None:
    assert notify(NOTICE, {}) == ()


def test_the_ways_in_which_airflow_writes_a_connection_are_understood() -> None:
    assert WebhookNotifier("http://https://hooks.example.com/a%2Fb")._url == "https://hooks.example.com/a/b"
    assert SmtpNotifier("smtp://mail.example.com/?from_email=a%40b.c")._sender == "a@b.c"
