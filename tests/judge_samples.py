"""Rubrics, questions, and what experts said of pairs of answers."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

from pipelines.core.expert_verdict import ExpertVerdict
from pipelines.core.judge_case import Question
from pipelines.core.rubric import Rubric


def a_rubric(**changes: Any) -> Rubric:
    values: dict[str, Any] = {
        "name": "helpful",
        "version": "1",
        "kind": "pairwise",
        "two_turns": True,
        "system": "You compare.",
        "question": "Which is better?",
        "model": "judge",
        "kappa_floor": 0.4,
        "min_verdicts": 50,
        "margin": 0.05,
    }
    return Rubric(**values | changes)


def a_criterion(**changes: Any) -> Rubric:
    values: dict[str, Any] = {"name": "one_amount", "kind": "criterion", "two_turns": False}
    return a_rubric(**values | {"question": "Is there one amount?"} | changes)


def truth_of(number: int) -> dict[str, str]:
    return {f"What is rule {number}?": f"${number}", f"And rule {number} for couples?": f"${2 * number}"}


def questions(count: int) -> list[Question]:
    """Two turns each, with the right answers as reference."""
    return [
        Question(id=f"q{n}", turns=tuple(truth), reference=tuple(truth.values()))
        for n in range(count)
        if (truth := truth_of(n))
    ]


def truth(count: int) -> dict[str, str]:
    """{question: right answer} of all turns."""
    return {question: answer for n in range(count) for question, answer in truth_of(n).items()}


def outputs(items: Sequence[Question], *, right: float, seed: int) -> dict[str, tuple[str, ...]]:
    """An arm that answers each turn rightly with the given chance."""
    rng = random.Random(seed)
    return {
        q.id: tuple(a if rng.random() < right else f"{a}{rng.randrange(10)}" for a in q.reference)
        for q in items
    }


def expert_verdicts(count: int, *, slips: float = 0.08, seed: int = 1) -> list[ExpertVerdict]:
    """X."""
    rng = random.Random(seed)
    asked = questions(2 * count)
    ours, theirs = outputs(asked, right=0.7, seed=seed), outputs(asked, right=0.5, seed=seed + 1)
    found = []
    for q in [q for q in asked if ours[q.id] != theirs[q.id]][:count]:
        one, two = ([a == b for a, b in zip(o[q.id], q.reference, strict=True)][::-1] for o in (ours, theirs))
        verdict = "tie" if one == two else "A" if one > two else "B"
        if rng.random() < slips:
            verdict = rng.choice([v for v in ("A", "B", "tie") if v != verdict])
        answers = (ours[q.id], theirs[q.id])
        found.append(ExpertVerdict(**q.model_dump(), answers=answers, verdict=verdict))
    return found


def as_lines(verdicts: Sequence[ExpertVerdict]) -> bytes:
    """The verdicts as the file that experts hand in."""
    return b"".join(json.dumps(v.model_dump(mode="json")).encode() + b"\n" for v in verdicts)
