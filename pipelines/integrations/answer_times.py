"""How long whole answers take, one at a time, as the server gives them."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipelines.core.training_set import Message
from pipelines.integrations.bundle import LoadedBundle
from pipelines.integrations.generation import Sampling, end_tokens, generate
from pipelines.integrations.prompter import prompt_tokens

MOST: Final = 20
# A small base answers in the time that a machine's moods take, and more requests do not change that.
SMALL: Final = 10_000_000
MOST_OF_SMALL: Final = 10


@dataclass(frozen=True)
class AnswerTimes:
    """Milliseconds and tokens of each timed answer, its choice of examples and its prompt included."""

    milliseconds: tuple[float, ...]
    tokens: tuple[int, ...]

    def percentile(self, share: float) -> float:
        """The least time within which this share of the answers, 0..1, was whole."""
        return sorted(self.milliseconds)[math.ceil(share * len(self.milliseconds)) - 1]


def answer_times(bundle: LoadedBundle, questions: Sequence[str], answer_tokens: int) -> AnswerTimes:
    """Time greedy answers of at most `answer_tokens` to questions spread evenly over these, after one that
    does not count.
    """
    most = MOST_OF_SMALL if _parameters(bundle.model) < SMALL else MOST
    count = min(most, len(questions))
    asked = [questions[at * len(questions) // count] for at in range(count)]
    _answer(bundle, asked[0], answer_tokens)
    milliseconds, tokens = [], []
    for question in asked:
        start = time.perf_counter()
        tokens.append(_answer(bundle, question, answer_tokens))
        milliseconds.append((time.perf_counter() - start) * 1000)
    return AnswerTimes(tuple(milliseconds), tuple(tokens))


def _answer(bundle: LoadedBundle, question: str, answer_tokens: int) -> int:
    """Write one answer; its tokens."""
    messages = (Message(role="user", content=question),)
    prompt = prompt_tokens(bundle.prompter, bundle.tokenizer, messages)
    ends = end_tokens(bundle.model, bundle.tokenizer)
    written = generate(bundle.model, prompt, ends=ends, limit=answer_tokens, sampling=Sampling())
    return sum(1 for _ in written)


def _parameters(model: Any) -> int:
    return sum(weights.numel() for weights in model.parameters())
