"""The chat completions API of OpenAI: what a request may say."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipelines.serving.exchange import decoded, read_as
from pipelines.serving.problems import problem

MAX_MESSAGES: Final = 256
MAX_ANSWER_TOKENS: Final = 4096
DEFAULT_ANSWER_TOKENS: Final = 256

# Options that would change the answer and that this server does not have, with the values that ask for
# nothing. To ignore one silently would be a wrong answer; options that change nothing (user, metadata, store)
# are let through.
_NEUTRAL: Final[dict[str, tuple[Any, ...]]] = {
    "n": (None, 1),
    "tools": (None, []),
    "tool_choice": (None, "none", "auto"),
    "functions": (None, []),
    "function_call": (None, "none", "auto"),
    "response_format": (None, {"type": "text"}),
    "frequency_penalty": (None, 0),
    "presence_penalty": (None, 0),
    "repetition_penalty": (None, 1),
    "logit_bias": (None, {}),
    "logprobs": (None, False),
    "top_logprobs": (None, 0),
    "modalities": (None, ["text"]),
    "audio": (None,),
    "top_k": (None, 0, -1),
    "min_p": (None, 0),
}


def _joined(content: Any) -> Any:
    """A message's content may also be a list of text parts; they are one text."""
    if content is None:
        return ""
    if not isinstance(content, list):
        return content
    if not all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        raise ValueError("only text can be read here, not images, audio or files")
    texts = [part.get("text") for part in content]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text part needs a text")
    return "".join(texts)


def _as_tuple(stop: Any) -> Any:
    return (stop,) if isinstance(stop, str) else () if stop is None else stop


class Message(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(frozen=True)

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, BeforeValidator(_joined)]


class StreamOptions(BaseModel):
    """What a stream brings besides the answer."""

    model_config = ConfigDict(frozen=True)

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A request for the next message of a conversation."""

    model_config = ConfigDict(frozen=True)

    model: Annotated[str, Field(min_length=1, max_length=200)]
    messages: Annotated[tuple[Message, ...], Field(min_length=1, max_length=MAX_MESSAGES)]
    max_completion_tokens: Annotated[int, Field(ge=1, le=MAX_ANSWER_TOKENS)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=MAX_ANSWER_TOKENS)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...], Field(max_length=4), BeforeValidator(_as_tuple)
    ] = ()
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    @property
    def answer_tokens(self) -> int:
        """The most tokens the answer may have."""
        return self.max_completion_tokens or self.max_tokens or DEFAULT_ANSWER_TOKENS

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with the token counts."""
        return self.stream_options is not None and self.stream_options.include_usage


def read_request(raw: bytes) -> ChatRequest:
    """Reads the body of a request.

    Raises:
        HTTPException: 400 for anything that is not a request this server can answer exactly as asked.
    """
    said = decoded(raw)
    if isinstance(said, dict):
        _refuse_unsupported(said)
    return read_as(ChatRequest, said)


def _refuse_unsupported(said: dict[str, Any]) -> None:
    for option, neutral in _NEUTRAL.items():
        if option in said and not any(said[option] == value for value in neutral):
            message = f"{option} is not supported by this server: it would change the answer. Leave it out."
            raise problem(400, message, param=option, code="unsupported_parameter")
