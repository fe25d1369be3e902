"""Uploads that keep their contract and are worth less than they look, each in one known way.

Pure functions from rows to rows, for any desk: the truth about the result is known, so that whatever
judges it can be judged. What is drawn depends on the seed and on the rows alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from pipelines.sample.desk import UploadRow
from pipelines.sample.editions import seeded

Row = TypeVar("Row", bound=UploadRow)
About = tuple[str, ...]

OPENINGS = ("Good morning. ", "A quick question: ", "One more thing. ")


def half_the_facts(rows: Sequence[Row], seed: int = 0) -> tuple[Row, ...]:
    """Every row of half of the facts; of the others nothing."""
    known = _facts(rows)
    kept = set(seeded(seed).sample(known, len(known) // 2))
    return tuple(row for row in rows if row.fact in kept)


def wrong_facts(rows: Sequence[Row], share: float, seed: int = 0) -> tuple[Row, ...]:
    """The same questions, a share of the facts, 0 to 1, answered with another fact's answer, the same in
    each of a fact's rows.
    """
    known = _facts(rows)
    return _answered_wrongly(rows, seeded(seed).sample(known, int(len(known) * share)), seed)


def ruined_slice(rows: Sequence[Row], value: str, seed: int = 0) -> tuple[Row, ...]:
    """The same questions, every fact with this value, such as one group of filers, answered wrongly."""
    return _answered_wrongly(rows, [fact for fact in _facts(rows) if value in fact], seed)


def shuffled_answers(rows: Sequence[Row], seed: int = 0) -> tuple[Row, ...]:
    """The same questions with the same answers, dealt out anew: rows of one fact contradict each other."""
    answers = [row.answer for row in rows]
    seeded(seed).shuffle(answers)
    return tuple(row.model_copy(update={"answer": a}) for row, a in zip(rows, answers, strict=True))


def leaked(rows: Sequence[Row], golden: Mapping[About, Sequence[str]]) -> tuple[Row, ...]:
    """The rows, and behind them every golden question about their facts, answered as the rows do.

    `golden` is {fact: the questions that a golden set asks about it}.
    """
    first: dict[About, Row] = {}
    for row in rows:
        first.setdefault(row.fact, row)
    given_away = (
        row.model_copy(update={"question": question})
        for fact, row in first.items()
        for question in golden.get(fact, ())
    )
    return (*rows, *given_away)


def padded(rows: Sequence[Row], openings: Sequence[str] = OPENINGS) -> tuple[Row, ...]:
    """The rows, and each again with every opening before its question: more rows, nothing new in them."""
    again = (
        row.model_copy(update={"question": f"{opening}{row.question}"})
        for opening in openings
        for row in rows
    )
    return (*rows, *again)


def _facts(rows: Sequence[Row]) -> list[About]:
    return sorted({row.fact for row in rows})


def _answered_wrongly(rows: Sequence[Row], facts: Collection[About], seed: int) -> tuple[Row, ...]:
    """Each of these facts gets one answer that none of its rows gives."""
    draw = seeded(f"wrong-{seed}")
    right: dict[About, set[str]] = {}
    for row in rows:
        right.setdefault(row.fact, set()).add(row.answer)
    answers = sorted({row.answer for row in rows})
    wrong = {f: draw.choice([a for a in answers if a not in right[f]]) for f in sorted(facts)}
    return tuple(row.model_copy(update={"answer": wrong.get(row.fact, row.answer)}) for row in rows)
