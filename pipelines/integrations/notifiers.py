"""Notices by mail and by webhook. A notice that cannot be sent is a line in the log, never a failure."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from time import sleep
from typing import Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import httpx

from pipelines.core.notice import Notice
from pipelines.ports import Pause

TRIES = 3
TIMEOUT = 10.0
_WAIT = 2.0
_IMPLICIT_TLS = 465
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Notifier(Protocol):
    """Sends one notice, once. Raises what its library raises."""

    def send(self, notice: Notice) -> None: ...


class Declined(Exception):
    """The other side has the notice and does not want it: another try would be the same."""


def notify(notice: Notice, connections: Mapping[str, str], pause: Pause = sleep) -> tuple[str, ...]:
    """Send a notice by every connection, {its id: its URL}; returns a sentence each for the log.

    Nothing is raised: an answer that nobody was told about is still an answer.
    """
    return tuple(_notify(notice, name, url, pause) for name, url in connections.items() if name in KINDS)


class SmtpNotifier:
    """Mail over TLS: at once on port 465, by STARTTLS elsewhere; plain only to this machine itself.

    The URL is `smtp://user:password@host:587/?from_email=perennial@example.com`.
    """

    def __init__(self, url: str) -> None:
        self._url = _parts(url)
        self._sender = dict(parse_qsl(self._url.query)).get("from_email") or "perennial@localhost"

    def send(self, notice: Notice) -> None:
        """Raises Declined where the server says no for good."""
        message = self._message(notice)
        try:
            with self._connected() as server:
                self._secure(server)
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            # A code below 500 asks to come again later.
            if all(code >= 500 for code, _ in error.recipients.values()):
                raise Declined("the steward's address was refused") from error
            raise
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500:
                raise Declined(f"the mail server answered {error.smtp_code}") from error
            raise

    def _connected(self) -> smtplib.SMTP:
        host, port = str(self._url.hostname), self._url.port or 587
        if port == _IMPLICIT_TLS:
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=TIMEOUT)

    def _secure(self, server: smtplib.SMTP) -> None:
        if not isinstance(server, smtplib.SMTP_SSL) and self._url.hostname not in _LOOPBACK:
            server.starttls(context=ssl.create_default_context())
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._sender, notice.to
        message["Subject"] = notice.headline
        # The same answer has the same id, so that a mail program shows a repeated notice once.
        message["Message-ID"] = f"<{notice.upload[:32]}.{notice.verdict}@perennial>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{notice.headline}\n\n{notice.action}\n\nThe letter: {notice.link}\n")
        return message


class WebhookNotifier:
    """The notice as JSON in one POST, over HTTPS, or plain to this machine itself.

    A user and password in the URL become basic authentication, a password alone a bearer token.
    """

    def __init__(self, url: str) -> None:
        parts = _parts(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ValueError("a webhook needs https")
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        place = parts.netloc.rpartition("@")[2]
        # Airflow writes the path of a connection quoted.
        self._url = parts._replace(netloc=place, path=unquote(parts.path)).geturl()

    def send(self, notice: Notice) -> None:
        """Raises Declined for an answer of 400 to 499 that asks for no patience."""
        headers = {"Authorization": f"Bearer {self._password}"} if self._password and not self._user else {}
        auth = (self._user, self._password) if self._user else None
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, auth=auth) as client:
            answer = client.post(self._url, json=notice.model_dump(mode="json"), headers=headers)
        code = answer.status_code
        if 300 <= code < 500 and code not in (408, 429):
            raise Declined(f"it answered {code}")
        answer.raise_for_status()


KINDS: dict[str, Callable[[str], Notifier]] = {
    "perennial_smtp": SmtpNotifier,
    "perennial_webhook": WebhookNotifier,
}
"""The connections by which notices are sent, under their ids in Airflow."""


def _notify(notice: Notice, name: str, url: str, pause: Pause) -> str:
    try:
        notifier = KINDS[name](url)
    except ValueError as error:
        return f"The connection {name} cannot be used: {error}."
    for tried in range(TRIES):
        if tried:
            pause(_WAIT * 2 ** (tried - 1))
        try:
            notifier.send(notice)
        except (Declined, ValueError) as declined:
            return f"The notice by {name} was refused: {declined}."
        except (OSError, smtplib.SMTPException, httpx.HTTPError) as error:
            reason = type(error).__name__
        else:
            return f"The notice was sent by {name}."
    return f"The notice by {name} could not be sent in {TRIES} tries: {reason}."


def _parts(url: str) -> SplitResult:
    """The parts of a connection's URL. Raises ValueError unless it names a host.

    Airflow writes an `http` connection whose host is `https://...` with both schemes.
    """
    outer, _, inner = url.partition("://")
    parts = urlsplit(inner if "://" in inner.partition("?")[0] else f"{outer}://{inner}")
    if not parts.hostname:
        raise ValueError("it names no host")
    return parts
