"""The built-in model server, asked over HTTP what it serves."""

from __future__ import annotations

from urllib.parse import quote

import httpx
from pydantic import ConfigDict, Field, ValidationError

from pipelines.core.errors import DataError, Unavailable
from pipelines.core.value import Value


class ServedVersion(Value):
    """The server's answer; all but `refused` ({version: reason}) is None while nothing is served."""

    # A newer server may say more; what is not asked for is left aside.
    model_config = ConfigDict(extra="ignore")

    version: int | None
    candidate: str | None
    logit_difference: float | None
    refused: dict[int, str] = Field(default_factory=dict)


class BuiltinTarget:
    """Implements `ports.Target` for the server at `url`; `timeout` in seconds."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout

    def served(self, model: str) -> ServedVersion:
        """What the server says of a model.

        Raises:
            Unavailable: no connection, no answer in time, or the server's own failure.
            DataError: the server does not know the model, or something else answers there.
        """
        subject = f"the model server at {self._url}"
        try:
            # The server is on this machine: a proxy of the environment must not be asked for it.
            with httpx.Client(trust_env=False, timeout=self._timeout) as client:
                answer = client.get(f"{self._url}/perennial/served/{quote(model, safe='')}")
        except httpx.RequestError as error:
            found = type(error).__name__
            raise Unavailable(subject, "it must answer", found, "Start it, or see its log.") from error
        if answer.status_code >= 500:
            found = f"HTTP {answer.status_code}"
            raise Unavailable(subject, "it must answer", found, "See its log.")
        if answer.status_code != 200:
            found = f"HTTP {answer.status_code}"
            remedy = "Declare the model and restart the server, or correct its address."
            raise DataError(subject, f"it must know the model {model}", found, remedy)
        try:
            return ServedVersion.model_validate_json(answer.content)
        except ValidationError as error:
            found = f"{len(answer.content)} bytes of something else"
            raise DataError(
                subject, "it must be Perennial's server", found, "Correct its address or port."
            ) from error
