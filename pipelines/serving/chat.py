"""From a conversation to the tokens of a prompt, and from the answer's tokens to its text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import HTTPException
from jinja2 import TemplateError

from pipelines.serving.generation import Sampling, context_length, end_tokens, generate
from pipelines.serving.openai import ChatRequest, Message
from pipelines.serving.problems import problem
from pipelines.serving.text_stream import TextStream

Finish = Literal["stop", "length"]

_ROLES: Final = {"developer": "system"}


@dataclass(frozen=True)
class Piece:
    """What one step brought: text (often none), the tokens read and written so far, at the end its reason."""

    text: str
    prompt_tokens: int
    answer_tokens: int
    finish: Finish | None = None


def prompt_tokens(model: Any, tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """The conversation as the model was trained to see it.

    Raises:
        HTTPException: 400 when the chat template refuses the conversation or no room is left for an answer.
    """
    # `developer` is the newer name of the same role; chat templates know the older one.
    said = [{"role": _ROLES.get(m.role, m.role), "content": m.content} for m in messages]
    try:
        text = tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
    except TemplateError as error:
        raise _unfit(f"messages: this model's chat template refuses them ({error}).") from None
    # The template writes the special tokens itself; adding them again would change the prompt.
    tokens: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    limit = context_length(model)
    if not tokens:
        raise _unfit("messages: they make an empty prompt. Ask something.")
    if len(tokens) >= limit:
        found = f"{len(tokens)} tokens, this model reads {limit:.0f} together with its answer"
        raise problem(
            400,
            f"messages: too long ({found}). Shorten them.",
            param="messages",
            code="context_length_exceeded",
        )
    return tokens


def answer(model: Any, tokenizer: Any, request: ChatRequest) -> Iterator[Piece]:
    """An empty piece once the prompt is read, one for each token, and a last one with the end's reason.

    Raises:
        HTTPException: 400, at the first step, for a conversation the model cannot read.
    """
    prompt = prompt_tokens(model, tokenizer, request.messages)
    yield Piece("", len(prompt), 0)
    ends = end_tokens(model, tokenizer)
    sampling = Sampling(request.temperature or 0.0, request.top_p or 1.0, request.seed)
    limit = int(min(request.answer_tokens, context_length(model) - len(prompt)))
    stream = TextStream(lambda tokens: _decode(tokenizer, tokens), request.stop)
    finish: Finish = "length"
    count = 0
    for count, token in enumerate(generate(model, prompt, ends=ends, limit=limit, sampling=sampling), 1):
        text = "" if token in ends else stream.push(token)
        if token in ends or stream.stopped:
            finish = "stop"
        yield Piece(text, len(prompt), count)
        if finish == "stop":
            break
    rest = stream.finish()
    yield Piece(rest, len(prompt), count, "stop" if stream.stopped else finish)


def _decode(tokenizer: Any, tokens: Sequence[int]) -> str:
    text: str = tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return text


def _unfit(message: str) -> HTTPException:
    return problem(400, message, param="messages")
