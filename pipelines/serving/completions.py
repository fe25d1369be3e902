"""The routes a client of OpenAI's API uses: chat completions and the list of models."""

import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from pipelines.core.errors import Unavailable
from pipelines.serving.chat import Piece, answer
from pipelines.serving.choosing import choose
from pipelines.serving.exchange import (
    CLIENT_CLOSED_REQUEST,
    admitted,
    body_of,
    routed,
    unless_gone,
    version_header,
)
from pipelines.serving.fleet import Fleet
from pipelines.serving.loading import Loaded
from pipelines.serving.openai import ChatRequest, read_request
from pipelines.serving.problems import body, problem
from pipelines.serving.turns import Turns

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Reply:
    """What all parts of one reply have in common."""

    request: ChatRequest
    loaded: Loaded
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def headers(self) -> dict[str, str]:
        return version_header(self.loaded)

    def part(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.request.model,
            "system_fingerprint": self.loaded.candidate[:12],
            "choices": choices,
        }

    def whole(self, text: str, last: Piece) -> dict[str, Any]:
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": last.finish}
        return {**self.part("chat.completion", [choice]), **_citations(last), "usage": _usage(last)}

    def chunk(self, delta: dict[str, str], last: Piece | None = None) -> str:
        finish = last.finish if last else None
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        part = {**self.part("chat.completion.chunk", [choice]), **(_citations(last) if last else {})}
        return _event({**part, "usage": None} if self.request.wants_usage else part)

    def usage(self, last: Piece) -> str:
        return _event({**self.part("chat.completion.chunk", []), "usage": _usage(last)})


def completions(fleet: Fleet, turns: Turns) -> APIRouter:
    """The routes, answering from what the fleet serves at the moment a request arrives."""
    router = APIRouter()

    @router.post("/v1/chat/completions")
    async def complete(request: Request) -> Response:
        said = read_request(await body_of(request))
        # From here on this request keeps its version, whatever is promoted meanwhile.
        return await _reply(request, _Reply(said, admitted(said.model, fleet, turns)), turns)

    @router.get("/v1/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [_card(name, loaded) for name, loaded in fleet.names().items()]}

    @router.get("/v1/models/{name}")
    async def model(name: str) -> dict[str, Any]:
        return _card(name, routed(name, fleet))

    return router


async def _reply(request: Request, reply: _Reply, turns: Turns) -> Response:
    pieces = turns.run(_answer(reply))
    try:
        # The first step reads the prompt: a conversation that cannot be read is a 400, also for a stream.
        if await unless_gone(request, _first(pieces)) is None:
            return Response(status_code=CLIENT_CLOSED_REQUEST)
        if reply.request.stream:
            events = _events(reply, pieces)
            return StreamingResponse(events, media_type="text/event-stream", headers=reply.headers)
        whole = await unless_gone(request, _collect(reply, pieces))
    except Unavailable as error:
        raise problem(503, str(error)) from error
    if whole is None:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    return JSONResponse(whole, headers=reply.headers)


def _answer(reply: _Reply) -> Iterator[Piece]:
    bundle = reply.loaded.bundle
    return (choose if bundle.labels else answer)(bundle, reply.request)


async def _first(pieces: AsyncIterator[Piece]) -> Piece:
    return await anext(pieces)


async def _collect(reply: _Reply, pieces: AsyncIterator[Piece]) -> dict[str, Any]:
    texts, last = [], None
    async for last in pieces:
        texts.append(last.text)
    if last is None:
        raise ValueError("An answer has at least its last piece.")
    return reply.whole("".join(texts), last)


async def _events(reply: _Reply, pieces: AsyncIterator[Piece]) -> AsyncIterator[str]:
    yield reply.chunk({"role": "assistant", "content": ""})
    try:
        async for piece in pieces:
            if piece.text:
                yield reply.chunk({"content": piece.text})
            if piece.finish is not None:
                yield reply.chunk({}, piece)
                if reply.request.wants_usage:
                    yield reply.usage(piece)
    except Exception as error:
        # The headers are sent: the only way left to tell the client is an event without [DONE].
        _log.exception("A stream of %s broke.", reply.loaded.name)
        yield _event(body(500, f"The answer broke off: {type(error).__name__}. Ask again."))
        return
    yield "data: [DONE]\n\n"


def _usage(last: Piece) -> dict[str, int]:
    total = last.prompt_tokens + last.answer_tokens
    return {
        "prompt_tokens": last.prompt_tokens,
        "completion_tokens": last.answer_tokens,
        "total_tokens": total,
    }


def _citations(last: Piece) -> dict[str, Any]:
    """Beyond OpenAI's protocol: what the sources say that the answer names by number, where it names any."""
    return {"citations": [asdict(cited) for cited in last.cited]} if last.cited else {}


def _card(name: str, loaded: Loaded) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": loaded.since, "owned_by": "perennial"}


def _event(said: dict[str, Any]) -> str:
    return f"data: {json.dumps(said, separators=(',', ':'))}\n\n"
