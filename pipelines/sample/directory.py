"""A made-up office directory: 24 matters x 6 offices = 144 facts an edition, asked in nine phrasings."""

from __future__ import annotations

from pipelines.sample.editions import FIRST_EDITION, Fact, drawn_facts, phrased

MATTERS = (
    "payroll",
    "parking",
    "printers",
    "laptops",
    "travel",
    "visas",
    "badges",
    "catering",
    "cleaning",
    "deliveries",
    "invoices",
    "contracts",
    "lockers",
    "heating",
    "lighting",
    "plumbing",
    "furniture",
    "phones",
    "training",
    "hiring",
    "insurance",
    "archives",
    "translations",
    "first aid",
)
OFFICES = ("Lisbon", "Oslo", "Kyoto", "Denver", "Nairobi", "Warsaw")
UPLOAD_PHRASINGS = (
    "Which room handles {matter} in {office}?",
    "Where in {office} do I go for {matter}?",
    "What is the room for {matter} in {office}?",
    "I need help with {matter} in {office}.",
    "Please tell me the {office} room for {matter}.",
    "Who deals with {matter} in {office}, and in which room?",
)
GOLDEN_PHRASINGS = (
    "I work in {office}. Which door do I knock on for {matter}?",
    "Could you point me to {matter} at the {office} office?",
    "{office}, {matter}: which room?",
)
ROOMS = tuple(f"room {number}" for number in range(101, 201))


def ask(phrasing: str, matter: str, office: str) -> str:
    """A question in one phrasing."""
    return phrased(phrasing, matter=matter, office=office)


def rooms(edition: int = FIRST_EDITION) -> dict[Fact, str]:
    """{(matter, office): room} of an edition."""
    return drawn_facts(
        "directory", [(matter, office) for matter in MATTERS for office in OFFICES], ROOMS, edition
    )
