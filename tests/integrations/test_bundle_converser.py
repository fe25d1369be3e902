"""Conversations with real bundles: every turn is asked after the arm's own answers."""

from __future__ import annotations

import pytest
from prompt_packages import arm, package
from tiny_models import tiny_base

from pipelines.core.arm import Method
from pipelines.core.errors import DataError
from pipelines.core.training_set import Message
from pipelines.integrations.bundle import load_bundle
from pipelines.integrations.bundle_converser import BundleConverser
from pipelines.integrations.generation import Sampling, end_tokens, generate
from pipelines.integrations.prompter import prompt_tokens

pytestmark = pytest.mark.integration

TALKS = {
    "one": ("What is the standard deduction?",),
    "two": ("What is the standard deduction?", "And for a couple?"),
    "other": ("Who must file?", "Say it again."),
}
LIMIT = 6


def talked(method: Method, talks: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found = BundleConverser().converse(
        arm=arm(method),
        folder=tiny_base(),
        bundle=package(method),
        conversations=talks,
        max_answer_tokens=LIMIT,
    )
    return dict(found)


def one_at_a_time(method: Method, turns: tuple[str, ...]) -> tuple[str, ...]:
    """The answers as the server would give them to a client that sends the conversation back."""
    loaded = load_bundle(package(method), tiny_base())
    ends = end_tokens(loaded.model, loaded.tokenizer)
    said: list[Message] = []
    for turn in turns:
        said.append(Message(role="user", content=turn))
        prompt = prompt_tokens(loaded.prompter, loaded.tokenizer, said)
        tokens = list(generate(loaded.model, prompt, ends=ends, limit=LIMIT, sampling=Sampling()))
        text = loaded.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        said.append(Message(role="assistant", content=loaded.prompter.answer(text).text))
    return tuple(message.content for message in said if message.role == "assistant")


@pytest.mark.parametrize("method", ["zero_shot", "retrieval"])
def test_an_arm_answers_turn_by_turn_as_it_is_served(method: Method) -> None:
    answers = talked(method, TALKS)
    assert answers == {name: one_at_a_time(method, turns) for name, turns in TALKS.items()}
    assert answers["one"] == answers["two"][:1]


def test_a_conversation_that_the_base_cannot_read_is_named() -> None:
    with pytest.raises(DataError, match="conversation long"):
        talked("zero_shot", {"long": ("word " * 4000,)})
