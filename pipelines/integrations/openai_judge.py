"""A judge behind any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, Field, ValidationError

from pipelines.core.errors import DataError, Unavailable, UsageError
from pipelines.core.judge_answer import Ruling, read_verdict
from pipelines.core.judge_case import Case
from pipelines.core.judge_prompt import answer_schema, system_text, user_text
from pipelines.core.rubric import Rubric
from pipelines.core.value import canonical_json, sha256_hex
from pipelines.integrations.whole_file import whole_file
from pipelines.ports import Pause

TRIES = 4
CONNECT = 10.0
LONGEST_PAUSE = 60.0
LONGEST_ANSWER = 1024
_BUSY = (408, 409, 425, 429)
_NOT_UNDERSTOOD = (400, 422)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Answer(BaseModel):
    """What is needed of a completion; `model` is the judge as it names itself."""

    model: Annotated[str, Field(min_length=1)]
    choices: Annotated[tuple[_Choice, ...], Field(min_length=1)]


class OpenAiJudge:
    """Implements `ports.Judge`. Asks at temperature 0, for JSON of a schema where the endpoint knows such a
    thing, and `parallel` cases at a time.

    Every verdict that could be read is kept in the folder `cache` under the digest of the address and the
    whole request, so that a run that was cut off, or is made again, asks nothing twice. `url` is the base
    of the API and usually ends in /v1; `timeout` is for one answer, in seconds, and `pause` passes the time
    between two tries.
    """

    double = False

    def __init__(
        self,
        url: str,
        *,
        cache: Path,
        key: str | None = None,
        timeout: float = 120.0,
        parallel: int = 8,
        pause: Pause = sleep,
    ) -> None:
        self._url, self._local = _checked(url, key)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._cache, self._timeout, self._parallel, self._pause = cache, timeout, parallel, pause
        self._knows_schemas = True

    @classmethod
    def from_environment(
        cls, rubric: Rubric, *, cache: Path, environment: Mapping[str, str] = os.environ
    ) -> Self:
        """The judge at the address, and with the key, that the rubric's variables hold. Raises UsageError."""
        url = environment.get(rubric.endpoint.url)
        if not url:
            raise UsageError(
                rubric.endpoint.url,
                f"holds the address of the judge of rubric {rubric.name}",
                "nothing",
                "Set it to the base of an OpenAI-compatible API, such as http://127.0.0.1:8001/v1.",
            )
        return cls(url, cache=cache, key=environment.get(rubric.endpoint.key) or None)

    def ask(self, rubric: Rubric, cases: Sequence[Case]) -> tuple[Ruling, ...]:
        """One ruling a case, in their order. Cases that read alike are asked once.

        Raises:
            Unavailable: no connection, no answer in time, or the endpoint's own failure, after some tries.
            DataError: the endpoint refuses the request, or is none.
        """
        prompts = [user_text(rubric, case) for case in cases]
        distinct = tuple(dict.fromkeys(prompts))
        pool = ThreadPoolExecutor(self._parallel, thread_name_prefix="judge")
        with self._client() as client, pool:
            rulings = pool.map(lambda prompt: self._ruling(client, rubric, prompt), distinct)
            said = dict(zip(distinct, rulings, strict=True))
        return tuple(said[prompt] for prompt in prompts)

    def _client(self) -> httpx.Client:
        patience = httpx.Timeout(self._timeout, connect=min(self._timeout, CONNECT))
        # A proxy of the environment is not asked for what is on this machine.
        return httpx.Client(timeout=patience, headers=self._headers, trust_env=not self._local)

    def _ruling(self, client: httpx.Client, rubric: Rubric, prompt: str) -> Ruling:
        request = _request(rubric, prompt)
        digest = sha256_hex(canonical_json([self._url, request]))
        kept = self._cache / digest[:2] / f"{digest}.json"
        if (known := _read(kept)) is not None:
            return known
        answer = self._asked(client, request)
        text = answer.choices[0].message.content or ""
        ruling = Ruling(verdict=read_verdict(text, rubric), model=answer.model)
        if ruling.verdict is not None:
            with whole_file(kept) as stream:
                stream.write(ruling.to_json())
        return ruling

    def _asked(self, client: httpx.Client, request: dict[str, Any]) -> _Answer:
        plain = {field: value for field, value in request.items() if field != "response_format"}
        if self._knows_schemas:
            response = self._posted(client, request)
            if response.status_code not in _NOT_UNDERSTOOD:
                return self._parsed(response)
            # The schema may be what it does not understand. If it was, the others do without it at once.
            answer = self._parsed(self._posted(client, plain))
            self._knows_schemas = False
            return answer
        return self._parsed(self._posted(client, plain))

    def _posted(self, client: httpx.Client, request: dict[str, Any]) -> httpx.Response:
        """The answer, once it is neither the endpoint's failure nor a plea for patience."""
        for tried in range(1, TRIES + 1):
            wait = 2.0 ** (tried - 1)
            try:
                response = client.post(self._url, json=request)
            except httpx.RequestError as error:
                found = type(error).__name__
            else:
                if response.status_code < 500 and response.status_code not in _BUSY:
                    return response
                found, wait = f"HTTP {response.status_code}", _wanted(response, wait)
            if tried < TRIES:
                self._pause(wait)
        remedy = "Start it, or see its log; what was judged so far is kept."
        raise Unavailable(self._subject, "must answer", f"{found} in {TRIES} tries", remedy)

    def _parsed(self, response: httpx.Response) -> _Answer:
        if response.status_code != 200:
            raise DataError(
                self._subject,
                "must take the request",
                f"HTTP {response.status_code}",
                "Correct the address, the key, or the rubric's model.",
            )
        try:
            return _Answer.model_validate_json(response.content)
        except ValidationError as error:
            found = f"{len(response.content)} bytes of something else"
            rule = "must speak OpenAI's chat completions"
            raise DataError(self._subject, rule, found, "Correct its address.") from error

    @property
    def _subject(self) -> str:
        return f"the judge at {self._url}"


def _request(rubric: Rubric, prompt: str) -> dict[str, Any]:
    schema = {"name": "verdict", "strict": True, "schema": answer_schema(rubric)}
    return {
        "model": rubric.model,
        "messages": [
            {"role": "system", "content": system_text(rubric)},
            {"role": "user", "content": prompt},
        ],
        "temperature": 0,
        "seed": 0,
        "max_tokens": LONGEST_ANSWER,
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def _checked(url: str, key: str | None) -> tuple[str, bool]:
    """The address to post to, and whether it is this machine. Raises UsageError; the message quotes nothing,
    since an address may hold a password.
    """
    objection, local = _objection(url, key)
    if objection:
        raise UsageError(
            "the address of the judge",
            "is http(s)://host[:port]/path, with https where a key is sent to another machine",
            objection,
            "Correct the variable that holds it.",
        )
    return f"{url.rstrip('/')}/chat/completions", local


def _objection(url: str, key: str | None) -> tuple[str | None, bool]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "something that is no address", False
    local = host in _LOOPBACK
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return "another kind of address", local
    if parts.username or parts.password or parts.query or parts.fragment:
        return "a user, a password, or a ? or # in it", local
    if key and not (key.isascii() and key.isprintable()):
        return "a key that is no printable ASCII text", local
    if key and parts.scheme == "http" and not local:
        return "a key that would travel unencrypted", local
    return None, local


def _wanted(response: httpx.Response, otherwise: float) -> float:
    """How long the endpoint asks to wait, in seconds and within reason."""
    said = response.headers.get("Retry-After", "")
    return min(float(said), LONGEST_PAUSE) if said.isdecimal() else otherwise


def _read(kept: Path) -> Ruling | None:
    """A verdict that was kept. One that cannot be read is asked for again."""
    try:
        return Ruling.model_validate_json(kept.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
