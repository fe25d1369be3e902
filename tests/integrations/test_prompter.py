"""What a base that was not trained is asked, and how its answers are read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.arm import PromptKind
from pipelines.core.prompt_forms import cited_question
from pipelines.core.prompt_recipe import ZERO_SHOT, PromptRecipe
from pipelines.core.training_set import Example, Message
from pipelines.core.value import sha256_hex
from pipelines.integrations.prompter import PLAIN, SHARE, Answer, Prompter

KINDS: tuple[PromptKind, ...] = ("few_shot", "jaccard", "bm25", "retrieval")
FEW = settings(max_examples=30)


def count(text: str) -> int:
    return len(text.split())


def user(content: str) -> Message:
    return Message(role="user", content=content)


def assistant(content: str) -> Message:
    return Message(role="assistant", content=content)


def row(question: str, answer: str) -> Example:
    return Example(
        source="rules",
        row=sha256_hex(question.encode()),
        prompt=(user(question),),
        completion=(assistant(answer),),
    )


BANK = (
    row("What is the gift tax limit?", "$500"),
    row("What is the gift tax limit for seniors?", "$700"),
    row("Where is the office?", "room 214"),
)
QUESTION = "What is the gift tax limit for seniors over 65?"


def prompter(
    kind: PromptKind, bank: tuple[Example, ...] = BANK, reads: float = 1000, **said: int
) -> Prompter:
    return Prompter(
        PromptRecipe.model_validate({"kind": kind, "examples": 2, "max_tokens": 100, **said}),
        bank,
        count,
        reads=reads,
    )


@pytest.mark.parametrize("kind", ["jaccard", "bm25"])
def test_the_most_similar_example_is_the_last_turn_before_the_question(kind: PromptKind) -> None:
    far, near = BANK[:2]
    assert prompter(kind).messages([user(QUESTION)]) == (
        *far.prompt,
        *far.completion,
        *near.prompt,
        *near.completion,
        user(QUESTION),
    )


def test_sources_stand_in_the_question_and_the_most_similar_is_the_last() -> None:
    sources = [(e.prompt[0].content, e.completion[0].content) for e in BANK[:2]]
    asked = prompter("retrieval").messages([user(QUESTION)])
    assert asked == (user(cited_question(sources, QUESTION)),)
    assert "[2]" in asked[0].content


@pytest.mark.parametrize("kind", ["zero_shot", "jaccard"])
def test_without_anything_to_show_a_question_stays_as_it_is(kind: PromptKind) -> None:
    asked = (Message(role="system", content="Be brief."), user("Hello!"))
    assert prompter(kind).messages(asked) == asked
    assert prompter(kind, bank=()).messages(asked) == asked
    assert PLAIN.messages(asked) == asked


def test_a_conversation_is_looked_up_by_its_last_question_and_stays_in_one_piece() -> None:
    system = Message(role="system", content="You are a clerk.")
    talk = (user("What is the gift tax limit?"), assistant("$500"), user("And where is the office?"))
    asked = prompter("bm25", examples=1).messages((system, *talk))
    assert asked == (system, *BANK[2].prompt, *BANK[2].completion, *talk)


def test_sources_are_put_into_the_last_question_of_a_conversation() -> None:
    talk = (user("Hello"), assistant("Hi"), user("Where is the office?"))
    first, second, last = prompter("retrieval", examples=1).messages(talk)
    assert (first, second) == talk[:2]
    assert last.content.endswith("Where is the office?")
    assert "room 214" in last.content


def test_the_system_message_of_a_row_is_not_said_again() -> None:
    told = BANK[2].model_copy(
        update={"prompt": (Message(role="system", content="Be rude."), *BANK[2].prompt)}
    )
    asked = prompter("bm25", bank=(told,)).messages([user("Where is the office?")])
    assert [message.role for message in asked] == ["user", "assistant", "user"]


texts = st.lists(st.sampled_from(("tax", "limit", "room", "the")), min_size=1, max_size=12).map(" ".join)


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(
    said=st.lists(st.tuples(texts, texts), max_size=8, unique_by=lambda pair: pair[0]),
    question=texts,
    examples=st.integers(min_value=0, max_value=5),
    budget=st.integers(min_value=0, max_value=40),
    reads=st.integers(min_value=1, max_value=80),
)
def test_neither_the_number_nor_the_tokens_nor_the_base_are_ever_exceeded(
    kind: PromptKind, said: list[tuple[str, str]], question: str, examples: int, budget: int, reads: int
) -> None:
    bank = tuple(row(*pair) for pair in said)
    writes = prompter(kind, bank, reads, examples=examples, max_tokens=budget)
    shown = writes.shown([user(question)])
    tokens = sum(count(m.content) for e in shown for m in (*e.prompt, *e.completion))
    assert len(shown) <= examples
    assert tokens <= budget
    assert not shown or tokens + count(question) <= SHARE * reads


def test_the_least_similar_is_left_out_when_not_all_fit() -> None:
    near = BANK[1]
    tokens = sum(count(m.content) for m in (*near.prompt, *near.completion))
    assert prompter("jaccard").shown([user(QUESTION)]) == (BANK[0], near)
    assert prompter("jaccard", max_tokens=tokens).shown([user(QUESTION)]) == (near,)
    assert prompter("jaccard", max_tokens=tokens - 1).shown([user(QUESTION)]) == (BANK[0],)


def test_citations_are_taken_off_the_answers_of_an_arm_with_sources_alone() -> None:
    assert prompter("retrieval").answer("$700 [2]") == Answer("$700", (2,))
    assert prompter("bm25").answer("$700 [2]") == PLAIN.answer("$700 [2]") == Answer("$700 [2]")


@pytest.mark.parametrize(
    ("cited", "expected", "grounded"),
    [
        ((2,), "$700", True),
        ((1, 2), "$700", True),
        ((1,), "$700", False),
        ((), "$700", False),
        ((9,), "$700", False),
        ((2,), "$70", False),
        ((2,), "Seniors", True),
        ((2,), "senior", False),
    ],
)
def test_an_answer_is_grounded_when_a_cited_source_holds_what_is_expected(
    cited: tuple[int, ...], expected: str, grounded: bool
) -> None:
    writes = prompter("retrieval")
    assert writes.grounded(cited, writes.shown([user(QUESTION)]), expected) is grounded


@pytest.mark.parametrize("text", ["$5,00", "$5,000.75", "1$5,000", "x5,000"])
def test_a_part_of_a_number_or_a_word_grounds_nothing(text: str) -> None:
    shown = (row("How much?", text),)
    expected = {"$5,00": "$5", "$5,000.75": "$5,000", "1$5,000": "5,0", "x5,000": "5,000"}[text]
    assert prompter("retrieval").grounded((1,), shown, expected) is False


def test_an_arm_without_sources_is_neither_grounded_nor_not() -> None:
    assert Prompter(ZERO_SHOT, (), count).grounded((1,), BANK, "$500") is None
