"""A made-up tax law: 24 topics x 6 groups of filers = 144 facts an edition, asked in nine phrasings."""

from __future__ import annotations

from pipelines.sample.editions import FIRST_EDITION, Fact, drawn_facts, phrased

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


def ask(phrasing: str, topic: str, filer: str) -> str:
    """A question in one phrasing."""
    return phrased(phrasing, topic=topic, filer=filer)


def facts(edition: int = FIRST_EDITION) -> dict[Fact, str]:
    """{(topic, filer): amount} of an edition."""
    return drawn_facts("tax", [(topic, filer) for topic in TOPICS for filer in FILERS], AMOUNTS, edition)
