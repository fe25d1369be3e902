"""Which rows of a training set a prompt shows for a question.

A selector looks only at the rows themselves: their order in the bank never matters, and ties are broken by
the hash of the row.
"""

from __future__ import annotations

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from heapq import nsmallest
from typing import Protocol

from pipelines.core.prompt_recipe import PromptRecipe
from pipelines.core.training_set import Example, Message
from pipelines.core.value import sha256_hex

WORD = re.compile(r"\w+")


class ExampleSelector(Protocol):
    """`most` is the number of examples it chooses at most, at least 1."""

    def choose(self, question: str, most: int) -> tuple[Example, ...]:
        """The examples for a question, the most similar first. What is chosen for its likeness shares at
        least one word with the question.
        """
        ...


class Drawn:
    """The same examples for every question, drawn by a seed. Drawn from what it drew, it draws the same."""

    def __init__(self, bank: Sequence[Example], seed: int) -> None:
        self._order = sorted(bank, key=lambda example: sha256_hex(f"{seed} {example.row}".encode()))

    def choose(self, question: str, most: int) -> tuple[Example, ...]:
        del question  # every question gets the same
        return tuple(self._order[:most])


class Bank:
    """The rows in the order of their hashes, so that the lower place wins a tie, and who asks what."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self.rows = sorted(rows, key=lambda example: example.row)
        self.questions = [words_of(question_of(example.prompt)) for example in self.rows]
        self._asking: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
        for place, words in enumerate(self.questions):
            self._asking[tuple(words)].add(place)

    def asking(self, asked: Sequence[str]) -> set[int]:
        """The places of rows that ask in exactly these words."""
        return self._asking.get(tuple(asked), set())

    def best(self, asked: Sequence[str], scores: Mapping[int, float], most: int) -> tuple[Example, ...]:
        """The best by score. The very question comes first: BM25 may prefer another that repeats a word."""
        same = self.asking(asked)
        places = nsmallest(most, scores, key=lambda place: (place not in same, -scores[place], place))
        return tuple(self.rows[place] for place in places)


class SharedWords:
    """By the share of words, of those in either question, that both have: the Jaccard index, 0..1."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self._bank = Bank(rows)
        self._sizes = [len(set(words)) for words in self._bank.questions]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(self._bank.questions):
            for word in set(words):
                self._places[word].append(place)

    def choose(self, question: str, most: int) -> tuple[Example, ...]:
        asked = words_of(question)
        distinct = set(asked)
        shared = Counter(place for word in distinct for place in self._places.get(word, ()))
        scores = {place: n / (len(distinct) + self._sizes[place] - n) for place, n in shared.items()}
        return self._bank.best(asked, scores, most)


class Bm25:
    """By BM25, in Lucene's variant, over the words of what `said` makes of a row."""

    def __init__(self, rows: Sequence[Example], said: Callable[[Example], str]) -> None:
        from bm25s import BM25  # type: ignore[import-untyped]

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells of every index otherwise
        self._bank = Bank(rows)
        corpus = [words_of(said(example)) for example in self._bank.rows]
        self._known = {word for words in corpus for word in words}
        self._index = BM25(method="lucene", backend="numpy", dtype="float64")
        if self._known:
            self._index.index(corpus, show_progress=False)

    def choose(self, question: str, most: int) -> tuple[Example, ...]:
        asked = words_of(question)
        known = [word for word in asked if word in self._known]
        if not known:
            return ()
        from numpy import flatnonzero, partition

        found = self._index.get_scores(known)
        least = partition(found, -most)[-most] if most < len(found) else 0.0
        # All that tie with the last one are looked at, and whoever asks the very question.
        near = {*flatnonzero((found > 0) & (found >= least)).tolist(), *self._bank.asking(asked)}
        scores = {place: float(found[place]) for place in near}
        return self._bank.best(asked, scores, most)


def selector_of(recipe: PromptRecipe, rows: Sequence[Example]) -> ExampleSelector:
    """The selector of a recipe. A source is looked up by all it says, an example by its question."""
    if recipe.kind == "jaccard":
        return SharedWords(rows)
    if recipe.kind == "bm25":
        return Bm25(rows, lambda example: question_of(example.prompt))
    if recipe.kind == "retrieval":
        return Bm25(rows, text_of)
    return Drawn(rows if recipe.kind == "few_shot" else (), recipe.seed)


def words_of(text: str) -> list[str]:
    """Its words in their order, in small letters."""
    return WORD.findall(text.casefold())


def question_of(messages: Sequence[Message]) -> str:
    """What the user said last; empty when no user said anything."""
    return next((message.content for message in reversed(messages) if message.role == "user"), "")


def answer_of(example: Example) -> str:
    """The answer of a row."""
    return " ".join(message.content for message in example.completion)


def text_of(example: Example) -> str:
    """A row in one text: its question, then its answer."""
    return f"{question_of(example.prompt)} {answer_of(example)}"
