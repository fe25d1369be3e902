"""The texts of prompts: what is shown can be told apart, and what an answer cites can be read back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.prompt_forms import (
    MOST,
    cited_answer,
    cited_context,
    cited_question,
    split_citations,
)

LINES = st.text(st.characters(exclude_characters="[]\n\r", exclude_categories=("Cs",)), min_size=1)
SOURCES = st.lists(st.tuples(LINES, LINES), min_size=1, max_size=12)
NUMBERS = st.integers(1, MOST)


def test_sources_are_numbered_with_question_and_answer_on_lines_of_their_own() -> None:
    shown = cited_context([("Where is payroll?", "room 214"), ("Where is hiring?", "room 102")])
    assert shown == (
        "Answer from these sources and name the one you use, like [1].\n\n"
        "[1] Where is payroll?\nroom 214\n\n"
        "[2] Where is hiring?\nroom 102"
    )


def test_the_question_stands_last_and_alone_where_there_is_no_source() -> None:
    assert cited_question([("q", "a")], "Where?").endswith("[1] q\na\n\nWhere?")
    assert cited_question([], "Where?") == "Where?"
    assert cited_context([]) == ""


@given(SOURCES)
def test_every_source_is_one_block_that_begins_with_its_number(sources: list[tuple[str, str]]) -> None:
    _, *blocks = cited_context(sources).split("\n\n[")
    assert len(blocks) == len(sources)
    for number, (block, (question, answer)) in enumerate(zip(blocks, sources, strict=True), start=1):
        assert block == f"{number}] {question}\n{answer}"


@given(LINES, NUMBERS)
def test_a_cited_answer_is_read_back(answer: str, number: int) -> None:
    assert split_citations(cited_answer(answer, number)) == (answer.strip(), (number,))


@given(st.lists(st.tuples(LINES, NUMBERS), min_size=1))
def test_marks_anywhere_are_found_once_each_in_their_order(parts: list[tuple[str, int]]) -> None:
    answer, numbers = split_citations("".join(f"{text}[{number}]" for text, number in parts))
    assert numbers == tuple(dict.fromkeys(number for _, number in parts))
    assert answer == "".join(text.rstrip(" ") for text, _ in parts).strip()


@given(st.text())
def test_an_answer_without_marks_has_none_left(text: str) -> None:
    answer, _ = split_citations(text)
    if "[" not in text:
        assert answer == text.strip()


def test_brackets_that_number_no_source_belong_to_the_answer() -> None:
    for answer in ("[0]", "[01]", "[1000]", "[a]", "[ 1 ]", "x[1", "the set [1, 2]"):
        assert split_citations(answer) == (answer, ())
