"""The parts of Markdown that a registry's page shows: tables, and text that stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"([\\`*\[\]<|~#])")
_UNSEEN = re.compile("[\u0000-\u001f\u007f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
"""Control characters, and those that turn the direction of the text around them."""
_GAP = "\u00a0\u00a0|"


def plain(text: str, longest: int = 400) -> str:
    """Text that comes out as it is: on one line, without any markup, cut where it is longer."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    cut = line if len(line) <= longest else f"{line[: longest - 1]}\u2026"
    return _MARKUP.sub(r"\\\1", cut)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """MLflow's page sets cells side by side without any space, so each brings its own."""
    rule = "|".join(["---"] * len(head))
    return "\n".join(f"|{line}|" for line in (_GAP.join(head), rule, *(_GAP.join(row) for row in rows)))


def score(value: float) -> str:
    return f"{value:.3f}"


def signed(value: float) -> str:
    return f"{value:+.3f}"


def probability(p: float | None) -> str:
    return "" if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"


def short(digest: str) -> str:
    return f"`{digest[:12]}`"
