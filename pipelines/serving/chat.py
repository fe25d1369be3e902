"""From a conversation to the tokens of a prompt, and from the answer's tokens to its text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from jinja2 import TemplateError

from pipelines.core.training_set import Message as Said
from pipelines.integrations.bundle import LoadedBundle
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


def asked_tokens(bundle: LoadedBundle, messages: Sequence[Said], *, param: str = "messages") -> list[int]:
    """The conversation as the model was trained, or is prompted, to see it. `param` is where the request
    holds it.

    Raises:
        HTTPException: 400 when the chat template refuses the conversation or no room is left for an answer.
    """
    try:
        tokens = prompt_tokens(bundle.prompter, bundle.tokenizer, messages)
    except TemplateError as error:
        found = f"{param}: this model's chat template refuses what is said ({error})."
        raise problem(400, found, param=param) from None
    limit = context_length(bundle.model)
    if not tokens:
        raise problem(400, f"{param}: it makes an empty prompt. Ask something.", param=param)
    if len(tokens) >= limit:
        found = f"{len(tokens)} tokens, this model reads {limit:.0f} together with its answer"
        message = f"{param}: too long ({found}). Shorten it."
        raise problem(400, message, param=param, code="context_length_exceeded")
    return tokens


def answer(bundle: LoadedBundle, request: ChatRequest) -> Iterator[Piece]:
    """An empty piece once the prompt is read, one for each token, and a last one with the end's reason.

    Raises:
        HTTPException: 400, at the first step, for a conversation the model cannot read.
    """
    messages = said_of(request.messages)
    model, tokenizer = bundle.model, bundle.tokenizer
    prompt = asked_tokens(bundle, messages)
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
    cited = _cited(bundle.prompter, messages, whole + rest)
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
