"""Writes the prompt of a package: what a base that was not trained is shown together with a question.

Evaluation and serving ask through the same prompter, so a package is judged by exactly what it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any, Final

from pipelines.core.prompt_forms import cited_question, split_citations
from pipelines.core.prompt_recipe import ZERO_SHOT, PromptRecipe
from pipelines.core.training_set import Example, Message
from pipelines.integrations.example_selectors import answer_of, question_of, selector_of, text_of

# What a prompt may fill of all that its base reads: the rest is for the answer.
SHARE: Final = 0.75
REMEMBERED: Final = 1024
TURNS: Final = ("user", "assistant")
# A text that is no part of a longer word or number: $500 does not stand in $5000, $500,000 or $500.75.
WHOLE: Final = r"(?<!\w)(?<!\d[.,]){}(?!\w)(?![.,]\d)"


@dataclass(frozen=True)
class Answer:
    """An answer without its citations. `cited` are the numbers of the sources that it names, from 1."""

    text: str
    cited: tuple[int, ...] = ()


class Prompter:
    """Asks as a recipe says. `count_tokens` gives the tokens of a text; `reads` is how many the base reads
    at once, its answer included. Thread-safe.
    """

    def __init__(
        self,
        recipe: PromptRecipe,
        bank: Sequence[Example],
        count_tokens: Callable[[str], int],
        *,
        reads: float = inf,
    ) -> None:
        self.recipe = recipe
        self._count, self._reads = count_tokens, reads
        # Only rows are remembered, and the last question, which is asked for its prompt and for what that
        # shows: what clients write has no bounds.
        self._tokens = lru_cache(REMEMBERED)(self._tokens_of)
        self._alike = lru_cache(1)(selector_of(recipe, bank).choose)

    def messages(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        """The conversation with what the model is shown: examples as turns between the system's message and
        the conversation, or sources in its last question. As it is when there is nothing to show.
        """
        shown = self.shown(messages)
        if not shown:
            return tuple(messages)
        if self.recipe.kind == "retrieval":
            return _with_sources(messages, shown)
        turns = [turn for e in shown for turn in (*e.prompt, *e.completion) if turn.role in TURNS]
        start = next((at for at, message in enumerate(messages) if message.role in TURNS), 0)
        return (*messages[:start], *turns, *messages[start:])

    def shown(self, messages: Sequence[Message]) -> tuple[Example, ...]:
        """What a conversation is shown, in the order of its prompt: the example most like its last question
        stands last, nearest to it. Where not all fit, the least similar are left out.
        """
        question = question_of(messages)
        if self.recipe.kind == "zero_shot" or self.recipe.examples < 1 or not question:
            return ()
        asked = sum(self._count(message.content) for message in messages)
        room = min(self.recipe.max_tokens, SHARE * self._reads - asked)
        taken: list[Example] = []
        for example in self._alike(question, self.recipe.examples):
            tokens = self._tokens(example)
            if tokens > room and taken:
                break
            if tokens <= room:  # else it alone is too long, and the next may do
                taken.append(example)
                room -= tokens
        return tuple(reversed(taken))

    def answer(self, text: str) -> Answer:
        """What a model wrote, without the citations that only an arm with sources is asked for."""
        if self.recipe.kind != "retrieval":
            return Answer(text)
        return Answer(*split_citations(text))

    def grounded(self, cited: Sequence[int], shown: Sequence[Example], expected: str) -> bool | None:
        """Whether a cited source holds the expected answer; None for an arm that shows no sources."""
        if self.recipe.kind != "retrieval":
            return None
        whole = re.compile(WHOLE.format(re.escape(expected.strip())), re.IGNORECASE)
        sources = (text_of(shown[number - 1]) for number in cited if 1 <= number <= len(shown))
        return any(whole.search(source) for source in sources)

    def _tokens_of(self, example: Example) -> int:
        return sum(self._count(message.content) for message in (*example.prompt, *example.completion))


def prompt_tokens(prompter: Prompter, tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """The tokens of the whole prompt, special ones and all, as the model is used to see a conversation.

    Raises jinja2.TemplateError when the chat template refuses the conversation.
    """
    asked = [message.model_dump() for message in prompter.messages(messages)]
    text = tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
    # The template writes the special tokens itself; adding them again would change the prompt.
    tokens: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return tokens


def _with_sources(messages: Sequence[Message], shown: Sequence[Example]) -> tuple[Message, ...]:
    last = max(at for at, message in enumerate(messages) if message.role == "user")
    sources = [(question_of(example.prompt), answer_of(example)) for example in shown]
    content = cited_question(sources, messages[last].content)
    return (*messages[:last], Message(role="user", content=content), *messages[last + 1 :])


PLAIN: Final = Prompter(ZERO_SHOT, (), len)
"""The prompter of a model that was trained: it is asked as it is."""
