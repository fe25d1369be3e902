"""Charts of an upload against the one before: shares, labels and words, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from pipelines.core.profile import LENGTH_EDGES, Categories, Lengths, Profile
from pipelines.core.value import Value

MOST_BARS = 10
OTHERS = "(others)"
_EMPTY = "(empty)"
_PERCENT = "\u202f%"


class Bar(Value):
    """One class of rows: its share of this upload and of the last accepted one, 0..1; None is unknown."""

    label: str
    share: float
    before: float | None = None


class Chart(Value):
    """`upright` bars are classes in an order, lying ones are names."""

    kind: Literal["lengths", "categories"]
    column: str
    bars: tuple[Bar, ...]
    compared: bool

    @property
    def upright(self) -> bool:
        return self.kind == "lengths"

    @property
    def said(self) -> str:
        """The whole chart in words, for whoever does not see it."""
        return "; ".join(map(_said, self.bars)) + "."


def charts_of(profile: Profile | None, previous: Profile | None) -> tuple[Chart, ...]:
    """A chart for each column of texts and each column of categories that holds anything."""
    if profile is None or profile.rows == 0:
        return ()
    before = previous if previous and previous.rows else None
    charts = (*_length_charts(profile, before), *_category_charts(profile, before))
    return tuple(chart for chart in charts if chart.bars)


def length_labels() -> tuple[str, ...]:
    """The classes of LENGTH_EDGES in characters, in words as short as a bar is wide."""
    inner = [f"{low:,}\u2013{high - 1:,}" for low, high in pairwise(LENGTH_EDGES[1:])]
    return ("empty", *inner, f"{LENGTH_EDGES[-1]:,}+")


def _length_charts(profile: Profile, previous: Profile | None) -> Iterator[Chart]:
    earlier = {found.column: found for found in previous.lengths} if previous else {}
    for lengths in profile.lengths:
        past = earlier.get(lengths.column)
        yield Chart(
            kind="lengths", column=lengths.column, bars=_classes(lengths, past), compared=past is not None
        )


def _classes(now: Lengths, before: Lengths | None) -> tuple[Bar, ...]:
    """From the first class that holds anything to the last one."""
    past = before.counts if before else (0,) * len(now.counts)
    total, total_before = sum(now.counts), sum(past)
    bars = [
        Bar(
            label=label,
            share=_share(count, total),
            before=_share(count_before, total_before) if before else None,
        )
        for label, count, count_before in zip(length_labels(), now.counts, past, strict=True)
    ]
    held = [index for index, bar in enumerate(bars) if bar.share or bar.before]
    return tuple(bars[held[0] : held[-1] + 1]) if held else ()


def _category_charts(profile: Profile, previous: Profile | None) -> Iterator[Chart]:
    earlier = {found.column: found for found in previous.categories} if previous else {}
    for categories in profile.categories:
        past = earlier.get(categories.column)
        bars = _names(categories, past)
        yield Chart(kind="categories", column=categories.column, bars=bars, compared=past is not None)


def _names(now: Categories, before: Categories | None) -> tuple[Bar, ...]:
    """The largest first, then what was there before and is gone, then the rest."""
    rows = {category.name: category.rows for category in now.largest}
    past = {category.name: category.rows for category in before.largest} if before else {}
    total = sum(rows.values()) + now.others
    total_before = sum(past.values()) + (before.others if before else 0)
    names = [*rows, *(name for name in past if name not in rows)]
    shown, cut = names[:MOST_BARS], names[MOST_BARS:]
    bars = [
        Bar(
            label=name or _EMPTY,
            share=_share(rows.get(name, 0), total),
            before=_before(name, past, before, total_before),
        )
        for name in shown
    ]
    rest = now.others + sum(rows.get(name, 0) for name in cut)
    if rest:
        bars.append(Bar(label=OTHERS, share=_share(rest, total)))
    return tuple(bars)


def _before(name: str, past: dict[str, int], before: Categories | None, total: int) -> float | None:
    """A name that is not among the largest may be one of the others: then nothing is known."""
    if before is None or (name not in past and before.others):
        return None
    return _share(past.get(name, 0), total)


def _share(count: int, total: int) -> float:
    return round(count / total, 6) if total else 0.0


def _said(bar: Bar) -> str:
    before = "" if bar.before is None else f", before {percent(bar.before)}"
    return f"{bar.label}: {percent(bar.share)} of the rows{before}"


def percent(share: float) -> str:
    """A share 0..1 in words: never 0 % for a few rows, never 100 % for almost all."""
    if 0 < share < 0.01:
        return f"<1{_PERCENT}"
    if 0.99 < share < 1:
        return f">99{_PERCENT}"
    return f"{100 * share:.0f}{_PERCENT}"
