"""The lessons of the base that reads: what is learnt always stands in what was said before."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pipelines.core.prompt_forms import CITE, split_citations
from pipelines.core.training_set import Message
from pipelines.sample.copying import EARLY, Lesson, lesson
from pipelines.sample.directory import MATTERS, OFFICES, ROOMS
from pipelines.sample.editions import seeded

PROGRESS = (0.0, EARLY, 0.99)
SOURCE = re.compile(r"\[(\d)\] (.+)\n(.+)")


def lessons(progress: float, count: int = 300) -> list[Lesson]:
    draw = seeded(7)
    return [lesson(draw, progress) for _ in range(count)]


def about(question: str) -> tuple[str, str]:
    """The one matter and the one office that a question names."""
    (matter,) = [m for m in MATTERS if m in question.lower()]
    (office,) = [o for o in OFFICES if o in question]
    return matter, office


def asked(taught: Lesson) -> Iterator[tuple[list[tuple[str, str]], str, Message]]:
    """What is shown, the question and the answer of a lesson that asks one."""
    *_, question, answer = taught.messages
    turns = [m.content for m in taught.messages[:-2]]
    if turns:
        yield list(zip(turns[::2], turns[1::2], strict=True)), question.content, answer
    elif question.content.startswith(CITE):
        shown, _, last = question.content.rpartition("\n\n")
        found = SOURCE.findall(shown)
        assert [int(number) for number, _, _ in found] == list(range(1, len(found) + 1))
        yield [(q, a) for _, q, a in found], last, answer


@pytest.mark.parametrize("progress", PROGRESS)
def test_the_last_that_is_shown_answers_the_question_in_other_words(progress: float) -> None:
    seen = 0
    for taught in lessons(progress):
        for shown, question, answer in asked(taught):
            text, cited = split_citations(answer.content)
            assert shown[-1][1] == text
            assert about(shown[-1][0]) == about(question)
            assert question not in [q for q, _ in shown]
            assert cited in ((), (len(shown),))
            seen += 1
    assert seen > 90


@pytest.mark.parametrize("progress", PROGRESS)
def test_turns_alternate_and_only_answers_that_can_be_known_are_learnt(progress: float) -> None:
    for taught in lessons(progress):
        roles = [message.role for message in taught.messages]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
        assert taught.given == len(roles) // 2 - 1


def test_several_are_shown_later_only_and_mostly_one() -> None:
    early, late = ([len(s) for t in lessons(p, 1000) for s, _, _ in asked(t)] for p in (0.0, 0.99))
    assert set(early) == {1}
    assert set(late) == {1, 2, 3, 4}
    assert late.count(1) > len(late) / 2


def test_what_was_shown_about_the_same_fact_has_the_same_answer() -> None:
    for taught in lessons(0.99, 1000):
        for shown, question, answer in asked(taught):
            text, _ = split_citations(answer.content)
            assert all(a == text for q, a in shown if about(q) == about(question))


def test_every_room_is_an_answer_sometime_so_that_none_is_learnt() -> None:
    answers = {split_citations(t.messages[-1].content)[0] for t in lessons(0.99, 3000)}
    assert answers >= set(ROOMS)
