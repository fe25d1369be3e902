"""From a conversation to the tokens of a prompt, and from the answer's tokens to its text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import HTTPException
from jinja2 import TemplateError

from pipelines.core.training_set import Message as Said
from pipelines.integrations.example_selectors import text_of
from pipelines.integrations.generation import Sampling, context_length, end_tokens, generate
from pipelines.integrations.prompter import Prompter, prompt_tokens
from pipelines.serving.openai import ChatRequest, Message
from pipelines.serving.problems import problem
from pipelines.serving.text_stream import TextStream

Finish = Literal["stop", "length"]

_ROLES: Final = {"developer": "system"}


@dataclass(frozen=True)
class Cited:
    """A source that an answer names: its number in the prompt, the hash of its row, and what it says."""

    number: int
    row: str
    text: str


@dataclass(frozen=True)
class Piece:
    """What one step brought: text (often none), the tokens read and written so far; at the end its reason and
    the sources that the answer names.
    """

    text: str
    prompt_tokens: int
    answer_tokens: int
    finish: Finish | None = None
    cited: tuple[Cited, ...] = ()


def said_of(messages: Sequence[Message]) -> tuple[Said, ...]:
    """The conversation in the words of chat templates, which know `developer` by its older name."""
    return tuple(Said(role=_ROLES.get(m.role, m.role), content=m.content) for m in messages)


def asked_tokens(model: Any, tokenizer: Any, prompter: Prompter, messages: Sequence[Said]) -> list[int]:
    """The conversation as the model was trained, or is prompted, to see it.

    Raises:
        HTTPException: 400 when the chat template refuses the conversation or no room is left for an answer.
    """
    try:
        tokens = prompt_tokens(prompter, tokenizer, messages)
    except TemplateError as error:
        raise _unfit(f"messages: this model's chat template refuses them ({error}).") from None
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


def answer(model: Any, tokenizer: Any, prompter: Prompter, request: ChatRequest) -> Iterator[Piece]:
    """An empty piece once the prompt is read, one for each token, and a last one with the end's reason.

    Raises:
        HTTPException: 400, at the first step, for a conversation the model cannot read.
    """
    messages = said_of(request.messages)
    prompt = asked_tokens(model, tokenizer, prompter, messages)
    yield Piece("", len(prompt), 0)
    ends = end_tokens(model, tokenizer)
    sampling = Sampling(request.temperature or 0.0, request.top_p or 1.0, request.seed)
    limit = int(min(request.answer_tokens, context_length(model) - len(prompt)))
    stream = TextStream(lambda tokens: _decode(tokenizer, tokens), request.stop)
    finish: Finish = "length"
    count, whole = 0, ""
    for count, token in enumerate(generate(model, prompt, ends=ends, limit=limit, sampling=sampling), 1):
        text = "" if token in ends else stream.push(token)
        if token in ends or stream.stopped:
            finish = "stop"
        whole += text
        yield Piece(text, len(prompt), count)
        if finish == "stop":
            break
    rest = stream.finish()
    cited = _cited(prompter, messages, whole + rest)
    yield Piece(rest, len(prompt), count, "stop" if stream.stopped else finish, cited)


def _cited(prompter: Prompter, messages: Sequence[Said], text: str) -> tuple[Cited, ...]:
    numbers = prompter.answer(text).cited
    shown = prompter.shown(messages) if numbers else ()
    return tuple(
        Cited(number, shown[number - 1].row, text_of(shown[number - 1]))
        for number in numbers
        if number <= len(shown)
    )


def _decode(tokenizer: Any, tokens: Sequence[int]) -> str:
    text: str = tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return text


def _unfit(message: str) -> HTTPException:
    return problem(400, message, param="messages")
