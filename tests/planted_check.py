"""Examines a planted upload with the real parts, and compares what is said with what was planted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from mechanical_repair import repaired
from planted import CONTRACT, FILE, Place, Planted

from pipelines.core.findings import Surroundings
from pipelines.stages.examine import Desk, Examination, examine


class Score(NamedTuple):
    """How many places were planted and found, and the share of each that is in the other, 0..1."""

    planted: int
    found: int
    recall: float
    precision: float


def examined(text: str, around: Surroundings, desk: Desk, folder: Path) -> Examination:
    """One check of the file as an upload of its own."""
    path = folder / FILE
    path.write_bytes(text.encode())
    reading = desk.read_files([(FILE, path)], CONTRACT, folder / "spool.parquet")
    return examine(reading, CONTRACT, around, desk=desk, folder=folder)


def scores(planted: Planted, examination: Examination) -> Mapping[str, Score]:
    """By rule, over every place that is planted or found."""
    found = places(examination)
    rules = sorted({place.rule for place in planted.places | found})
    return {
        rule: _score({p for p in planted.places if p.rule == rule}, {p for p in found if p.rule == rule})
        for rule in rules
    }


def places(examination: Examination) -> frozenset[Place]:
    return frozenset(Place(error.rule, error.line or 0) for error in examination.errors)


def rounds_to_acceptance(
    text: str, first: Examination, around: Surroundings, desk: Desk, folder: Path, most: int = 3
) -> tuple[int, Examination]:
    """How often the suggestions must be applied until the upload is accepted, `most` times at most."""
    last = first
    for rounds in range(1, most + 1):
        text = repaired(text, last.errors)
        last = examined(text, around, desk, folder)
        if last.decision.verdict == "accepted":
            return rounds, last
    return most, last


def _score(planted: set[Place], found: set[Place]) -> Score:
    right = len(planted & found)
    return Score(len(planted), len(found), _share(right, planted), _share(right, found))


def _share(right: int, of: Iterable[Place]) -> float:
    count = len(set(of))
    return right / count if count else 1.0
