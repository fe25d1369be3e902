"""Finds training rows that give away golden items, exactly or in part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

GRAM = 13
"""As in Brown et al. (2020), "Language Models are Few-Shot Learners", appendix C."""

LEAST = 5
"""A shorter golden text stands in others by chance: it is given away only where it is all there is."""

BOILERPLATE = 5
_NOT_WORD = re.compile(r"\W+")


def normalise(text: str) -> str:
    """Lower case, words only, single spaces."""
    return _NOT_WORD.sub(" ", text.lower()).strip()


class Leak(NamedTuple):
    """What a training row gives away: how it is like which golden item."""

    how: str
    item: str


class GoldenIndex:
    """Indexes the small golden side so that training rows of any number can stream past.

    A row is contaminated when it is a golden text, shares GRAM words in a row with one, or holds a golden
    text of LEAST to GRAM words whole. Words that more than BOILERPLATE golden items share say nothing about
    any of them.
    """

    def __init__(self, golden: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, str] = {}
        owners: defaultdict[str, set[str]] = defaultdict(set)
        for item, texts in golden.items():
            for text in texts:
                normal = normalise(text)
                words = normal.split()
                self._exact.setdefault(normal, item)
                for found in _grams(words, min(GRAM, len(words))) if len(words) >= LEAST else ():
                    owners[found].add(item)
        self._grams = {g: min(items) for g, items in owners.items() if len(items) <= BOILERPLATE}
        self._sizes = sorted({gram.count(" ") + 1 for gram in self._grams}, reverse=True)

    def leak(self, *texts: str) -> Leak | None:
        """How these texts of one training row are contaminated, or None."""
        for text in texts:
            normal = normalise(text)
            if normal and (item := self._exact.get(normal)):
                return Leak("same text as", item)
            words = normal.split()
            for size in self._sizes:
                for found in _grams(words, size):
                    if item := self._grams.get(found):
                        return Leak(f"{size} words in a row shared with", item)
        return None


def _grams(words: list[str], size: int) -> Iterator[str]:
    return (" ".join(words[i : i + size]) for i in range(len(words) - size + 1))
