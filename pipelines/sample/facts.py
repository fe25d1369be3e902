"""A made-up tax law: 24 topics x 6 groups of filers = 144 facts an edition, asked in nine phrasings.

Everything is drawn from seeded generators, so an edition is the same on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

FIRST_EDITION = 2025
CHANGED_SHARE = 0.6

TOPICS = (
    "standard deduction",
    "child tax credit",
    "IRA contribution limit",
    "HSA contribution limit",
    "gift tax exclusion",
    "estate exemption",
    "late filing penalty",
    "education credit",
    "dependent care credit",
    "capital gains threshold",
    "payroll tax cap",
    "earned income credit",
    "adoption credit",
    "retirement catch-up amount",
    "student loan interest cap",
    "charity deduction limit",
    "home office allowance",
    "medical expense floor",
    "energy credit",
    "alternative minimum exemption",
    "kiddie tax threshold",
    "moving expense allowance",
    "mortgage interest cap",
    "foreign income exclusion",
)
FILERS = (
    "single filers",
    "married couples filing jointly",
    "married people filing separately",
    "heads of household",
    "surviving spouses",
    "seniors over 65",
)
UPLOAD_PHRASINGS = (
    "What is the {topic} for {filer}?",
    "How much is the {topic} for {filer}?",
    "For {filer}, what is the {topic}?",
    "Tell me the {topic} that applies to {filer}.",
    "I need the {topic} for {filer}.",
    "Please state the current {topic} for {filer}.",
)
GOLDEN_PHRASINGS = (
    "We are {filer}. Which {topic} should we use?",
    "Could you look up the {topic} used by {filer}?",
    "{filer}: {topic}?",
)
AMOUNTS = tuple(f"${hundreds}00" for hundreds in range(5, 105))

Fact = tuple[str, str]
Facts = Mapping[Fact, str]


def seeded(seed: int | str) -> random.Random:
    """A reproducible generator; nothing secret is drawn from it."""
    return random.Random(seed)  # noqa: S311


def ask(phrasing: str, topic: str, filer: str) -> str:
    """A question in one phrasing, with a capital first letter."""
    question = phrasing.format(topic=topic, filer=filer)
    return question[0].upper() + question[1:]


def facts(edition: int) -> dict[Fact, str]:
    """{(topic, filer): amount}. Each edition after the first redraws 60 % of the one before it."""
    draw = seeded("tax-base")
    known = {(topic, filer): draw.choice(AMOUNTS) for topic in TOPICS for filer in FILERS}
    for year in range(FIRST_EDITION + 1, edition + 1):
        draw = seeded(f"tax-{year}")
        for fact, amount in known.items():
            if draw.random() < CHANGED_SHARE:
                known[fact] = draw.choice([other for other in AMOUNTS if other != amount])
    return known
