"""What a prompt shows for a question: the likest rows first, whatever the order of the bank."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.arm import PromptKind
from pipelines.core.prompt_recipe import PromptRecipe
from pipelines.core.training_set import Example, Message
from pipelines.core.value import sha256_hex
from pipelines.integrations.example_selectors import question_of, selector_of, text_of, words_of

ALIKE: tuple[PromptKind, ...] = ("jaccard", "bm25", "retrieval")
KINDS: tuple[PromptKind, ...] = ("few_shot", *ALIKE)
FEW = settings(max_examples=30)
WORDS = ("tax", "credit", "limit", "single", "joint", "what", "the", "is", "for", "größe", "2026")


def row(question: str, answer: str = "$500") -> Example:
    return Example(
        source="rules",
        row=sha256_hex(f"{question} {answer}".encode()),
        prompt=(Message(role="user", content=question),),
        completion=(Message(role="assistant", content=answer),),
    )


def recipe(kind: PromptKind, seed: int = 0) -> PromptRecipe:
    return PromptRecipe(kind=kind, examples=3, max_tokens=100, seed=seed)


def questions(*rows: Example) -> list[str]:
    return [question_of(example.prompt) for example in rows]


asked = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(
    lambda words: " ".join(words).title() + "?"
)
banks = st.lists(asked, min_size=1, max_size=12, unique=True).map(lambda said: [row(q) for q in said])


@pytest.mark.parametrize("kind", ALIKE)
@FEW
@given(bank=banks, data=st.data())
def test_a_question_of_the_bank_comes_first(
    kind: PromptKind, bank: list[Example], data: st.DataObject
) -> None:
    question = question_of(data.draw(st.sampled_from(bank)).prompt)
    first, *_ = selector_of(recipe(kind), bank).choose(question.upper(), 3)
    assert words_of(question_of(first.prompt)) == words_of(question)


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(bank=banks, question=asked, data=st.data())
def test_the_order_of_the_bank_never_matters(
    kind: PromptKind, bank: list[Example], question: str, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(bank))
    assert selector_of(recipe(kind), bank).choose(question, 5) == selector_of(recipe(kind), shuffled).choose(
        question, 5
    )


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(bank=banks, question=asked, most=st.integers(min_value=1, max_value=20))
def test_never_more_are_chosen_than_asked_for_and_none_twice(
    kind: PromptKind, bank: list[Example], question: str, most: int
) -> None:
    chosen = selector_of(recipe(kind), bank).choose(question, most)
    assert len(chosen) <= most
    assert len({example.row for example in chosen}) == len(chosen)
    assert set(chosen) <= set(bank)


@pytest.mark.parametrize("kind", ALIKE)
@FEW
@given(bank=banks, question=asked)
def test_what_is_chosen_shares_a_word_with_the_question(
    kind: PromptKind, bank: list[Example], question: str
) -> None:
    for example in selector_of(recipe(kind), bank).choose(question, 20):
        assert set(words_of(text_of(example))) & set(words_of(question))


@FEW
@given(bank=banks, question=asked)
def test_likeness_is_the_share_of_common_words(bank: list[Example], question: str) -> None:
    wanted = set(words_of(question))

    def share(example: Example) -> float:
        words = set(words_of(question_of(example.prompt)))
        return len(words & wanted) / len(words | wanted)

    chosen = selector_of(recipe("jaccard"), bank).choose(question, len(bank))
    rest = [e for e in chosen if words_of(question_of(e.prompt)) != words_of(question)]
    assert rest == sorted(rest, key=lambda example: (-share(example), example.row))


@FEW
@given(bank=banks, seed=st.integers(min_value=0, max_value=9), most=st.integers(min_value=1, max_value=5))
def test_what_was_drawn_is_drawn_again_from_itself(bank: list[Example], seed: int, most: int) -> None:
    drawn = selector_of(recipe("few_shot", seed), bank).choose("anything", most)
    assert selector_of(recipe("few_shot", seed), drawn[::-1]).choose("something else", most) == drawn


def test_another_seed_draws_others() -> None:
    bank = [row(f"question {number}?") for number in range(50)]
    drawn = {selector_of(recipe("few_shot", seed), bank).choose("", 3) for seed in range(5)}
    assert len(drawn) > 1


def test_a_rare_word_counts_more_than_common_ones_for_bm25() -> None:
    bank = [row(f"What is the {word} for single filers?") for word in ("credit", "limit", "cap")]
    bank.append(row("Is there any adoption thing?"))
    question = "What is the adoption rule?"
    assert questions(*selector_of(recipe("bm25"), bank).choose(question, 1)) == questions(bank[-1])


def test_a_source_is_found_by_its_answer_and_an_example_by_its_question() -> None:
    bank = [row("Where do I ask?", "At the counter in room 214."), row("Who is there?", "Nobody.")]
    assert selector_of(recipe("retrieval"), bank).choose("room 214", 1) == (bank[0],)
    assert selector_of(recipe("bm25"), bank).choose("room 214", 1) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_chosen_from_nothing(kind: PromptKind) -> None:
    assert selector_of(recipe(kind), ()).choose("What is the tax?", 3) == ()
    if kind != "few_shot":
        assert selector_of(recipe(kind), [row("?!", "...")]).choose("?!", 3) == ()


def test_plain_prompting_shows_nothing() -> None:
    assert selector_of(recipe("zero_shot"), [row("What is the tax?")]).choose("What is the tax?", 3) == ()
