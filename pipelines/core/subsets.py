"""Subsets of a training set, each of which explains something when it is trained on alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from pipelines.core.explaining import Explaining
from pipelines.core.training_set import Example


class Subset(NamedTuple):
    """`share`: the first rows in training order. `without`: all but one part. `only`: one source."""

    kind: Literal["share", "without", "only"]
    name: str
    examples: tuple[Example, ...]


def subsets(examples: Sequence[Example], wanted: Explaining) -> Iterator[Subset]:
    """What to train on, cheapest first. The order of the examples is seeded, so their beginning is a random
    sample of them. A part or a source that is all there is explains nothing and is left out.
    """
    for share in wanted.learning_curve:
        rows = max(1, round(share * len(examples)))
        yield Subset("share", f"{share:g}", tuple(examples[:rows]))
    if wanted.leave_out:
        for part, rows in _largest(Counter(e.part for e in examples if e.part), wanted.most_parts):
            if rows < len(examples):
                yield Subset("without", part, tuple(e for e in examples if e.part != part))
    sources = sorted({e.source for e in examples})
    if wanted.individual and len(sources) > 1:
        for source in sources:
            yield Subset("only", source, tuple(e for e in examples if e.source == source))


def _largest(rows: Counter[str], most: int) -> list[tuple[str, int]]:
    """The parts with the most rows, equal ones by name."""
    return sorted(rows.items(), key=lambda part: (-part[1], part[0]))[:most]
