"""The route of vLLM's classification API: the probability of every label.

https://docs.vllm.ai/en/latest/models/pooling_models.html. Beyond that protocol the answer holds `labels`,
whose order is that of `probs`.
"""

import time
import uuid
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipelines.core.errors import Unavailable
from pipelines.serving.choosing import Choice, choices
from pipelines.serving.exchange import (
    CLIENT_CLOSED_REQUEST,
    admitted,
    body_of,
    decoded,
    read_as,
    unless_gone,
    version_header,
)
from pipelines.serving.fleet import Fleet
from pipelines.serving.loading import Loaded
from pipelines.serving.problems import problem
from pipelines.serving.turns import Turns

MAX_INPUTS: Final = 256


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


class ClassifyRequest(BaseModel):
    """A request for the labels of one text or of several."""

    model_config = ConfigDict(frozen=True)

    model: Annotated[str, Field(min_length=1, max_length=200)]
    input: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(min_length=1, max_length=MAX_INPUTS),
        BeforeValidator(_as_list),
    ]


def classifications(fleet: Fleet, turns: Turns) -> APIRouter:
    """The route, answering from what the fleet serves at the moment a request arrives."""
    router = APIRouter()

    @router.post("/classify")
    async def classify(request: Request) -> Response:
        said = read_as(ClassifyRequest, decoded(await body_of(request)))
        loaded = admitted(said.model, fleet, turns)
        if not loaded.bundle.labels:
            message = f"The model {said.model!r} writes answers. Ask it at /v1/chat/completions."
            raise problem(400, message, param="model", code="model_not_supported")
        return await _answer(request, said, loaded, turns)

    return router


async def _answer(request: Request, said: ClassifyRequest, loaded: Loaded, turns: Turns) -> Response:
    async def chosen() -> list[Choice]:
        return [choice async for choice in turns.run(choices(loaded.bundle, said.input))]

    try:
        found = await unless_gone(request, chosen())
    except Unavailable as error:
        raise problem(503, str(error)) from error
    if found is None:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    return JSONResponse(_body(said, loaded, found), headers=version_header(loaded))


def _body(said: ClassifyRequest, loaded: Loaded, found: list[Choice]) -> dict[str, Any]:
    tokens = sum(choice.prompt_tokens for choice in found)
    return {
        "id": f"classify-{uuid.uuid4().hex}",
        "object": "list",
        "created": int(time.time()),
        "model": said.model,
        "data": [
            {"index": at, "label": one.label, "probs": one.shares, "num_classes": len(one.shares)}
            for at, one in enumerate(found)
        ],
        "labels": loaded.bundle.labels,
        "usage": {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens},
    }
