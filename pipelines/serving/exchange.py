"""What every route does with a request: read it, find who answers, and notice when nobody waits any more."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from fastapi import HTTPException, Request
from pydantic import BaseModel, ValidationError

from pipelines.serving.fleet import Fleet
from pipelines.serving.loading import Loaded
from pipelines.serving.problems import invalid, problem
from pipelines.serving.turns import Turns

T = TypeVar("T")
V = TypeVar("V", bound=BaseModel)

MAX_BODY: Final = 1024 * 1024
CLIENT_CLOSED_REQUEST: Final = 499


async def body_of(request: Request) -> bytes:
    """The body of a request; raises HTTPException 413 for one that is too large."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise problem(
                413, f"The request body is over {MAX_BODY} bytes. Send less.", code="request_too_large"
            )
    return bytes(raw)


def decoded(raw: bytes) -> Any:
    """The JSON of a body; raises HTTPException 400 for anything else."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise problem(400, "The request body is not JSON. Send a JSON object.", code="invalid_json") from None


def read_as(type_: type[V], said: Any) -> V:
    """What a body says as a value; raises HTTPException 400 that names the first field that is wrong."""
    try:
        return type_.model_validate(said)
    except ValidationError as error:
        raise invalid(error.errors(include_url=False, include_input=False)) from None


def version_header(loaded: Loaded) -> dict[str, str]:
    """The header that names the version which answers."""
    return {"x-perennial-version": loaded.name}


def routed(name: str, fleet: Fleet) -> Loaded:
    """What answers to a name; raises HTTPException 404 when nothing does."""
    loaded = fleet.route(name)
    if loaded is None:
        message = f"The model {name!r} is not served here. GET /v1/models lists what is."
        raise problem(404, message, param="model", code="model_not_found")
    return loaded


def admitted(name: str, fleet: Fleet, turns: Turns) -> Loaded:
    """What answers to a name and has a turn free for it; raises HTTPException 404 or 429."""
    loaded = routed(name, fleet)
    if turns.full:
        raise _busy()
    return loaded


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of the work, or None when the client went away first; then the work is cancelled."""
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


def _busy() -> HTTPException:
    refusal = problem(
        429, "Too many requests are open. Wait a moment and ask again.", code="too_many_requests"
    )
    refusal.headers = {"Retry-After": "1"}
    return refusal
