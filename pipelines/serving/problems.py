"""What a client is told when a request cannot be answered: OpenAI's error format."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

_KINDS: Final = {404: "not_found_error", 413: "invalid_request_error", 429: "rate_limit_error"}


def body(status: int, message: str, *, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """The error object of OpenAI's API, as a client library expects it in the body of a failed request."""
    kind = _KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def problem(status: int, message: str, *, param: str | None = None, code: str | None = None) -> HTTPException:
    """The answer to a request that is refused, to be raised from a route."""
    return HTTPException(status, detail=body(status, message, param=param, code=code))


def invalid(errors: Sequence[Any]) -> HTTPException:
    """The 400 of a body of another form, from pydantic's errors; names the first offending field."""
    first = errors[0]
    field = ".".join(str(part) for part in first["loc"]) or None
    where = field or "the request body"
    return problem(400, f"{where}: {first['msg']}. Correct it and send again.", param=field)


async def refused(request: Request, error: Exception) -> JSONResponse:
    """Renders every HTTP error, also those of the router (unknown path, wrong method), in OpenAI's format."""
    if not isinstance(error, StarletteHTTPException):
        raise error
    detail: Any = error.detail
    if not isinstance(detail, dict):
        detail = body(error.status_code, f"{request.method} {request.url.path}: {error.detail}.")
    return JSONResponse(detail, status_code=error.status_code, headers=error.headers)


async def failed(request: Request, error: Exception) -> JSONResponse:
    """The 500 of an unforeseen error: the client learns that it is the server's, the log has the rest."""
    message = f"{request.method} {request.url.path}: the server failed ({type(error).__name__}); see its log."
    return JSONResponse(body(500, message), status_code=500)
