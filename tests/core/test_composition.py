"""Composing depends on the content of rows alone, and keeps golden rows out of training."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.composition import (
    decontaminate,
    examples_of,
    golden_items_of,
    shuffled,
    split_of,
)
from pipelines.core.contract import Roles
from pipelines.core.decontamination import GoldenIndex
from pipelines.core.golden_set import GoldenItem
from pipelines.core.value import sha256_hex, to_jsonl

ROLES = Roles(prompt="question", completion="answer")


def rows(*pairs: tuple[str, str]) -> list[dict[str, object]]:
    return [{"question": q, "answer": a, "_row": sha256_hex(f"{q}{a}".encode())} for q, a in pairs]


def golden(*pairs: tuple[str, str]) -> list[GoldenItem]:
    return [GoldenItem(id=f"g{n}", prompt=q, completion=a) for n, (q, a) in enumerate(pairs)]


def test_a_row_becomes_a_question_and_an_answer() -> None:
    (example,) = examples_of("rules", rows(("How much?", "$5")), ROLES)
    assert [m.model_dump() for m in example.prompt] == [{"role": "user", "content": "How much?"}]
    assert [m.model_dump() for m in example.completion] == [{"role": "assistant", "content": "$5"}]


def test_the_context_of_a_row_stands_before_its_question() -> None:
    roles = Roles(prompt="question", completion="answer", context="context")
    with_context = [{**rows(("How much?", "$5"))[0], "context": "Tax law."}]
    without = [{**rows(("How much?", "$5"))[0], "context": None}]
    assert examples_of("rules", with_context, roles)[0].prompt[0].content == "Tax law.\n\nHow much?"
    assert examples_of("rules", without, roles)[0].prompt[0].content == "How much?"


def test_golden_items_keep_their_id_slice_and_choices() -> None:
    roles = Roles(prompt="q", completion="a", item="id", slice="kind", choices=("x", "y"))
    row = {"q": "How?", "a": "1", "id": "7", "kind": "k", "x": "1", "y": "2", "_row": sha256_hex(b"")}
    (item,) = golden_items_of([row], roles)
    assert item == GoldenItem(id="7", prompt="How?", completion="1", slice="k", choices=("1", "2"))


def test_golden_items_without_an_id_are_named_by_their_row() -> None:
    (item,) = golden_items_of(rows(("How?", "1")), ROLES)
    assert item.id == sha256_hex(b"How?1")


def test_a_training_row_with_a_golden_question_is_removed_and_reported() -> None:
    examples = examples_of("rules", rows(("How  much, exactly?", "$5"), ("Something else?", "$6")), ROLES)
    kept, removed = decontaminate(examples, golden(("how much exactly", "$9")))
    assert [e.prompt[0].content for e in kept] == ["Something else?"]
    assert removed[0].row == examples[0].row
    assert "golden item g0" in removed[0].reason


def test_thirteen_words_in_a_row_give_a_golden_item_away() -> None:
    words = [f"word{n}" for n in range(20)]
    index = GoldenIndex({"g": [" ".join(words)]})
    assert index.leak("Before it " + " ".join(words[:13]) + " and after") is not None
    assert index.leak("Before it " + " ".join(words[:12]) + " and after") is None


def test_boilerplate_shared_by_many_golden_items_says_nothing() -> None:
    boilerplate = " ".join(f"word{n}" for n in range(13))
    index = GoldenIndex({f"g{n}": [f"{boilerplate} {n}"] for n in range(6)})
    assert index.leak(boilerplate) is None


def test_an_empty_text_is_never_a_leak() -> None:
    assert GoldenIndex({"g": [""]}).leak("", "...") is None


@given(st.permutations(range(20)))
def test_the_order_of_rows_in_the_files_changes_nothing(order: list[int]) -> None:
    examples = examples_of("rules", rows(*((f"Question {n}?", str(n)) for n in range(20))), ROLES)
    mixed = [examples[n] for n in order]
    assert to_jsonl(shuffled(mixed, 3)) == to_jsonl(shuffled(examples, 3))


def test_another_seed_gives_another_order_of_the_same_rows() -> None:
    examples = examples_of("rules", rows(*((f"Question {n}?", str(n)) for n in range(20))), ROLES)
    assert shuffled(examples, 1) != shuffled(examples, 2)
    assert sorted(e.row for e in shuffled(examples, 1)) == sorted(e.row for e in examples)


@given(st.floats(0.1, 0.5))
def test_the_dev_share_is_kept(share: float) -> None:
    items = [GoldenItem(id=f"q{n}", prompt="q", completion="a") for n in range(1000)]
    dev = [i for i in items if split_of(i, share) == "dev"]
    assert abs(len(dev) / 1000 - share) < 0.06


def test_an_item_keeps_its_split_when_its_text_changes() -> None:
    for n in range(50):
        item = GoldenItem(id=f"q{n}", prompt="q", completion="a")
        assert split_of(item, 0.3) == split_of(item.model_copy(update={"completion": "b"}), 0.3)


def test_a_short_golden_question_is_found_inside_a_longer_row() -> None:
    index = GoldenIndex({"g": ["Which amount do widowed farmers pay?"]})
    leak = index.leak("Somebody asked me this: which amount do widowed farmers pay? I said nothing.")
    assert leak is not None
    assert leak.item == "g"
    assert index.leak("Which amount do farmers pay?") is None


def test_a_golden_text_of_a_few_common_words_is_no_leak_inside_a_row() -> None:
    index = GoldenIndex({"g": ["What is it?"]})
    assert index.leak("What is it? A tax that nobody has heard of.") is None
    assert index.leak("What is it?") is not None
