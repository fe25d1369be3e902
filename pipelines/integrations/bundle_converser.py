"""Talks to a bundle as the server does: each turn is asked after the bundle's own answers to those before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.arm import Arm
from pipelines.core.errors import DataError
from pipelines.core.training_set import Message
from pipelines.integrations.kernels import pin_kernels
from pipelines.integrations.quiet import offline_and_quiet

if TYPE_CHECKING:
    from pipelines.integrations.bundle import LoadedBundle


class BundleConverser:
    """Implements `ports.Converser` in this process, on the GPU when there is one."""

    def converse(
        self,
        *,
        arm: Arm,
        folder: Path,
        bundle: Path,
        conversations: Mapping[str, tuple[str, ...]],
        max_answer_tokens: int,
    ) -> Mapping[str, tuple[str, ...]]:
        """Greedy answers without citations. All conversations are asked their first turn, then those that go
        on their next.

        Raises DataError for a conversation that the base cannot read, Tampered for an unsound bundle.
        """
        offline_and_quiet()
        pin_kernels()
        from pipelines.integrations.merging import load_merged

        loaded = load_merged(bundle, folder)
        said: dict[str, list[Message]] = {name: [] for name in conversations}
        for turn in range(max(map(len, conversations.values()), default=0)):
            due = [name for name, turns in conversations.items() if len(turns) > turn]
            for name in due:
                said[name].append(Message(role="user", content=conversations[name][turn]))
            prompts = [_prompt(loaded, arm, name, said[name], max_answer_tokens) for name in due]
            for name, text in zip(due, _answers(loaded, prompts, max_answer_tokens), strict=True):
                said[name].append(Message(role="assistant", content=loaded.prompter.answer(text).text))
        return {
            name: tuple(message.content for message in messages if message.role == "assistant")
            for name, messages in said.items()
        }


def _prompt(
    loaded: LoadedBundle, arm: Arm, name: str, messages: Sequence[Message], max_answer_tokens: int
) -> list[int]:
    from jinja2 import TemplateError

    from pipelines.integrations.generation import context_length
    from pipelines.integrations.prompter import prompt_tokens

    remedy = "Shorten this item and its follow-up, or use a base that reads more."
    try:
        prompt = prompt_tokens(loaded.prompter, loaded.tokenizer, messages)
    except TemplateError as error:
        rule = f"is what the chat template of {arm.base} takes"
        raise DataError(f"conversation {name}", rule, str(error), remedy) from error
    room = context_length(loaded.model) - max_answer_tokens
    if len(prompt) > room:
        rule = f"fits into the {room:.0f} tokens that {arm.base} reads"
        raise DataError(f"conversation {name}", rule, f"{len(prompt)} tokens", remedy)
    return prompt


def _answers(loaded: LoadedBundle, prompts: Sequence[Sequence[int]], limit: int) -> list[str]:
    """All at once where the model can share what its prompts have in common, else one after the other."""
    from pipelines.integrations.batched_answers import greedy_answers
    from pipelines.integrations.generation import Sampling, end_tokens, generate
    from pipelines.integrations.shared_prompts import SharedPrompts, shares

    model, tokenizer = loaded.model, loaded.tokenizer
    ends = end_tokens(model, tokenizer)
    if shares(model):
        known = greedy_answers(
            SharedPrompts(model, prompts), ends=ends, limit=limit, stops=(), decode=tokenizer.batch_decode
        )
        written = [known[tuple(prompt)] for prompt in prompts]
    else:
        sampling = Sampling()
        written = [list(generate(model, p, ends=ends, limit=limit, sampling=sampling)) for p in prompts]
    return [
        str(tokenizer.decode(row, skip_special_tokens=True, clean_up_tokenization_spaces=False))
        for row in (answer[:-1] if answer[-1] in ends else answer for answer in written)
    ]
