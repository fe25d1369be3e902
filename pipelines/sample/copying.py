"""The corpus of a base that reads: lessons whose answer stands in what was said before.

Rooms are drawn anew for every lesson, so no fact of any edition is in it and nothing can be learnt but to
find the answer: in an earlier turn about the same fact in other words, or in a numbered source, which is
cited. Of several that are shown the one that answers stands last, as the product shows them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.core.prompt_forms import cited_answer, cited_question
from pipelines.core.training_set import Message
from pipelines.sample.directory import GOLDEN_PHRASINGS, MATTERS, OFFICES, ROOMS, UPLOAD_PHRASINGS, ask
from pipelines.sample.editions import Fact

PHRASINGS = UPLOAD_PHRASINGS + GOLDEN_PHRASINGS
# Saying again word for word is learnt first: it is half of finding an answer.
EARLY, EARLY_REPEATS, LATE_REPEATS = 0.3, 0.6, 0.05
SOURCES_SHARE, SEVERAL_SHARE, MOST = 0.4, 0.3, 4
SAME_FACT_SHARE = 0.5

Shown = tuple[str, str]
"""A question and its answer."""


class Lesson(NamedTuple):
    """A chat. Its first `given` answers cannot be known: they are shown, not learnt."""

    messages: tuple[Message, ...]
    given: int


def lesson(draw: random.Random, progress: float) -> Lesson:
    """One lesson; `progress` is the share of all lessons that are over, 0 to 1."""
    early = progress < EARLY
    if draw.random() < (EARLY_REPEATS if early else LATE_REPEATS):
        return _repeat(draw)
    several = not early and draw.random() < SEVERAL_SHARE
    shown, question = _shown(draw, draw.randrange(2, MOST + 1) if several else 1)
    return _sources(shown, question) if draw.random() < SOURCES_SHARE else _turns(shown, question)


def _repeat(draw: random.Random) -> Lesson:
    """A list of rooms and matters, said again."""
    said = ", ".join(draw.choice(draw.choice((ROOMS, MATTERS))) for _ in range(draw.randrange(2, 6)))
    return Lesson(_turn(said, said), 0)


def _turns(shown: Sequence[Shown], question: str) -> Lesson:
    """Earlier turns, the last of which answers the question."""
    earlier = tuple(message for asked, answer in shown for message in _turn(asked, answer))
    return Lesson((*earlier, *_turn(question, shown[-1][1])), len(shown))


def _sources(shown: Sequence[Shown], question: str) -> Lesson:
    """Numbered sources, the last of which answers the question and is cited."""
    return Lesson(_turn(cited_question(shown, question), cited_answer(shown[-1][1], len(shown))), 0)


def _shown(draw: random.Random, count: int) -> tuple[tuple[Shown, ...], str]:
    """What is shown, and a question that the last of it answers. The others are about the same fact, as
    mostly happens, or about one that shares a word with it.
    """
    fact, room = (draw.choice(MATTERS), draw.choice(OFFICES)), draw.choice(ROOMS)
    question, *phrasings = draw.sample(PHRASINGS, count + 1)
    shown = [(ask(phrasings[0], *fact), room)]
    for phrasing in phrasings[1:]:
        if draw.random() < SAME_FACT_SHARE:
            shown.insert(0, (ask(phrasing, *fact), room))
        else:
            shown.insert(0, (ask(phrasing, *_neighbour(draw, fact)), draw.choice(ROOMS)))
    return tuple(shown), ask(question, *fact)


def _neighbour(draw: random.Random, fact: Fact) -> Fact:
    """Another fact with the same matter or the same office."""
    matter, office = fact
    if draw.random() < 0.5:
        return matter, draw.choice([other for other in OFFICES if other != office])
    return draw.choice([other for other in MATTERS if other != matter]), office


def _turn(question: str, answer: str) -> tuple[Message, Message]:
    return Message(role="user", content=question), Message(role="assistant", content=answer)
