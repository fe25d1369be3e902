"""The corpus of the sample's base models: chats that teach the nine phrasings and the answer format.

80 % ask to name the topic of a question, which teaches that the phrasings mean one thing; the others
answer with random amounts. No fact of any edition is in it.
"""

from __future__ import annotations

import random

from pipelines.core.training_set import Message
from pipelines.sample.facts import AMOUNTS, FILERS, GOLDEN_PHRASINGS, TOPICS, UPLOAD_PHRASINGS, ask

PHRASINGS = UPLOAD_PHRASINGS + GOLDEN_PHRASINGS
STATEMENTS = (
    "The {topic} for {filer} is {amount}.",
    "{filer} have a {topic} of {amount}.",
    "For {filer} the {topic} is {amount}.",
    "{amount} is the {topic} for {filer}.",
)
TOPIC_SHARE, OPEN_BOOK_SHARE = 0.8, 0.75


def chat(draw: random.Random) -> tuple[Message, ...]:
    """One chat of one to three questions."""
    return _name_the_topic(draw) if draw.random() < TOPIC_SHARE else _random_amounts(draw)


def _name_the_topic(draw: random.Random) -> tuple[Message, ...]:
    messages = [Message(role="system", content="Name the topic.")]
    for _ in range(draw.randrange(1, 4)):
        topic, filer = _fact(draw)
        messages += [_question(draw, topic, filer), Message(role="assistant", content=f"{topic} / {filer}")]
    return tuple(messages)


def _random_amounts(draw: random.Random) -> tuple[Message, ...]:
    """Questions answered with random amounts, most of them stated in the first message."""
    known = [(*_fact(draw), draw.choice(AMOUNTS)) for _ in range(draw.randrange(1, 4))]
    stated = [_state(draw, *fact) for fact in known]
    messages = []
    for topic, filer, amount in draw.choices(known, k=draw.randrange(1, 4)):
        messages += [_question(draw, topic, filer), Message(role="assistant", content=amount)]
    if draw.random() < OPEN_BOOK_SHARE:
        opened = f"Facts: {' '.join(stated)}\n{messages[0].content}"
        messages[0] = Message(role="user", content=opened)
    return tuple(messages)


def _fact(draw: random.Random) -> tuple[str, str]:
    return draw.choice(TOPICS), draw.choice(FILERS)


def _question(draw: random.Random, topic: str, filer: str) -> Message:
    return Message(role="user", content=ask(draw.choice(PHRASINGS), topic, filer))


def _state(draw: random.Random, topic: str, filer: str, amount: str) -> str:
    text = draw.choice(STATEMENTS).format(topic=topic, filer=filer, amount=amount)
    return text[0].upper() + text[1:]
