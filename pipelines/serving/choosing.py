"""What a classifier answers: one of its labels, and how likely it holds each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp

from pipelines.core.training_set import Message as Said
from pipelines.integrations.bundle import LoadedBundle
from pipelines.integrations.classifier_bundle import log_shares
from pipelines.serving.chat import Piece, asked_tokens, said_of
from pipelines.serving.openai import ChatRequest
from pipelines.serving.problems import problem


@dataclass(frozen=True)
class Choice:
    """The likeliest label, the probability of each label in the bundle's order, and the tokens read."""

    label: str
    shares: tuple[float, ...]
    prompt_tokens: int


def choices(bundle: LoadedBundle, inputs: Sequence[str]) -> Iterator[Choice]:
    """A choice for each input, which is read as the question that a classifier was trained on.

    Raises:
        HTTPException: 400, at the step of an input that the model cannot read.
    """
    for number, text in enumerate(inputs):
        asked = (Said(role="user", content=text),)
        yield _choice(bundle, asked_tokens(bundle, asked, param=f"input.{number}"))


def choose(bundle: LoadedBundle, request: ChatRequest) -> Iterator[Piece]:
    """An empty piece once the prompt is read, and the likeliest label as the whole answer.

    Raises:
        HTTPException: 400, at the first step, for a conversation the model cannot read and for options that
            only writing has.
    """
    for option in ("temperature", "stop"):
        if getattr(request, option):
            message = f"{option}: this model chooses a label, it does not write. Leave the option out."
            raise problem(400, message, param=option, code="unsupported_parameter")
    prompt = asked_tokens(bundle, said_of(request.messages))
    yield Piece("", len(prompt), 0)
    yield Piece(_choice(bundle, prompt).label, len(prompt), 0, "stop")


def _choice(bundle: LoadedBundle, prompt: Sequence[int]) -> Choice:
    shares = tuple(exp(share) for share in log_shares(bundle, [prompt])[0])
    return Choice(bundle.labels[shares.index(max(shares))], shares, len(prompt))
