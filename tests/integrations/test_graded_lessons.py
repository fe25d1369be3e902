"""What is learnt of a lesson: its answers, and of those only the ones that can be known."""

from __future__ import annotations

from typing import Any

import pytest
from tiny_models import tiny_base

from pipelines.integrations.graded_lessons import graded

ONE = "<|user|>Where is payroll?<|assistant|>room 214<|end|>"
TWO = f"{ONE}<|user|>Which room is payroll?<|assistant|>room 214<|end|>"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base())


def learnt(tokenizer: Any, texts: list[str], given: list[int]) -> list[str]:
    ids, mask = graded(tokenizer, texts, given)
    assert mask.shape == (len(texts), ids.shape[1] - 1)
    return [tokenizer.decode(row[1:][kept]) for row, kept in zip(ids, mask, strict=True)]


def test_every_answer_is_learnt_with_its_end_and_nothing_else(tokenizer: Any) -> None:
    assert learnt(tokenizer, [ONE], [0]) == ["room 214<|end|>"]
    assert learnt(tokenizer, [TWO], [0]) == ["room 214<|end|>room 214<|end|>"]


def test_answers_that_were_given_are_not_learnt(tokenizer: Any) -> None:
    assert learnt(tokenizer, [TWO], [1]) == ["room 214<|end|>"]


def test_texts_of_different_lengths_lie_side_by_side(tokenizer: Any) -> None:
    assert learnt(tokenizer, [ONE, TWO], [0, 1]) == ["room 214<|end|>", "room 214<|end|>"]
    ids, _ = graded(tokenizer, [ONE, TWO], [0, 1])
    alone, _ = graded(tokenizer, [ONE], [0])
    assert ids[0, : alone.shape[1]].tolist() == alone[0].tolist()
    assert set(ids[0, alone.shape[1] :].tolist()) == {tokenizer.pad_token_id}
