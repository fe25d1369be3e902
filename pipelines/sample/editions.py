"""What the sample's desks share: facts that change with every edition, drawn from seeded generators, so
that an edition is the same on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

FIRST_EDITION = 2025
CHANGED_SHARE = 0.6

Fact = tuple[str, str]
Facts = Mapping[Fact, str]


def seeded(seed: int | str) -> random.Random:
    """A reproducible generator; nothing secret is drawn from it."""
    return random.Random(seed)  # noqa: S311


def drawn_facts(desk: str, about: Iterable[Fact], answers: Sequence[str], edition: int) -> dict[Fact, str]:
    """{what it is about: answer}. Each edition after the first redraws 60 % of the one before it."""
    draw = seeded(f"{desk}-base")
    known = {fact: draw.choice(answers) for fact in about}
    for year in range(FIRST_EDITION + 1, edition + 1):
        draw = seeded(f"{desk}-{year}")
        for fact, answer in known.items():
            if draw.random() < CHANGED_SHARE:
                known[fact] = draw.choice([other for other in answers if other != answer])
    return known


def phrased(phrasing: str, **words: str) -> str:
    """A question in one phrasing, with a capital first letter."""
    question = phrasing.format(**words)
    return question[0].upper() + question[1:]
