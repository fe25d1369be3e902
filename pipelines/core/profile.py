"""A profile: the shape of a set of rows in a few numbers, so that two uploads can be compared and drawn."""

from __future__ import annotations

from pipelines.core.value import Value

LENGTH_EDGES = (0, 1, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240)
"""Lower edges of the length classes, in characters: fixed, so that any two profiles can be compared."""
MOST_CATEGORIES = 20


class Lengths(Value):
    """How many texts of a column fall into each class of LENGTH_EDGES; missing ones count as 0."""

    column: str
    counts: tuple[int, ...]


class Category(Value):
    name: str
    rows: int


class Categories(Value):
    """The most frequent values of a column with few of them, the largest first; `others` is the rest.

    The names of a personal column are masked.
    """

    column: str
    largest: tuple[Category, ...]
    others: int = 0


class Profile(Value):
    """`lengths` has one entry for each column of texts, `categories` one for each with few values."""

    rows: int
    lengths: tuple[Lengths, ...] = ()
    categories: tuple[Categories, ...] = ()


class Changes(Value):
    """Rows compared with the last accepted upload, by key where the contract has one (`item`, or the
    prompt), by content otherwise. `updated` rows have the same key and another content.
    """

    same: int
    added: int
    removed: int
    updated: int
    lost_categories: tuple[str, ...] = ()
    psi: float | None = None
    auc: float | None = None
