"""An explanation in a steward's words: which rows helped, which did harm, whether more would help."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.explanation import Explanation, PartEffect

WORTH_MORE = 0.01
"""A smaller foreseen gain for twice as many rows is not worth collecting them."""

MOST_NAMED = 3

IDLE = 0.02
"""A part whose effect is surely smaller than this has none."""


def in_words(found: Explanation) -> tuple[str, ...]:
    """One sentence a finding, what did harm first. What may be luck of the sample is not told."""
    return (*_harmful(found), *_helpful(found), *_idle(found), *_more_rows(found), *_mixing(found))


def _harmful(found: Explanation) -> Iterator[str]:
    for part in sorted(found.parts, key=lambda p: p.difference):
        if part.upper < 0:
            yield (
                f"Without its {part.rows} rows of '{part.part}' the upload would have scored "
                f"{_points(-part.difference)} better: look at these rows."
            )


def _helpful(found: Explanation) -> Iterator[str]:
    helped = sorted((p for p in found.parts if p.lower > 0), key=lambda p: -p.difference)[:MOST_NAMED]
    if helped:
        yield f"The score owes most to the rows of {', '.join(map(_owed, helped))}."


def _idle(found: Explanation) -> Iterator[str]:
    for part in found.parts:
        if part.lower >= -IDLE and part.upper <= IDLE:
            yield (
                f"With or without its {part.rows} rows of '{part.part}' the upload scores the same: they are "
                f"wrong, or teach what other rows teach."
            )


def _owed(part: PartEffect) -> str:
    return f"'{part.part}' ({_points(part.difference)})"


def _more_rows(found: Explanation) -> Iterator[str]:
    if found.doubling is None or len(found.curve) < 3:
        return
    if found.doubling >= WORTH_MORE:
        yield f"More rows would help: twice as many should bring about {_points(found.doubling)}."
    else:
        yield "More rows of the same kind would hardly help."


def _mixing(found: Explanation) -> Iterator[str]:
    for winner in found.winners:
        if winner.winner != "unified":
            yield (
                f"On '{winner.slice}' training on {winner.winner} alone does better than on all sources "
                f"together ({winner.individual:.2f} instead of {winner.unified:.2f})."
            )


def _points(difference: float) -> str:
    return f"{100 * difference:.1f} points of 100"
