"""Shingles: the overlapping pieces by which two texts are compared (Broder 1997)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash  # type: ignore[import-untyped]

from pipelines.integrations.text_checks.digests import Digests

WORDS = 3
CHARACTERS = 4
PERMUTATIONS = 128
_RECALL = 0.999


def shingles(words: str) -> list[str]:
    """Every WORDS words in a row of a wording; of a shorter text every CHARACTERS characters in a row."""
    split = words.split()
    if len(split) >= WORDS:
        return [" ".join(split[i : i + WORDS]) for i in range(len(split) - WORDS + 1)]
    return [words[i : i + CHARACTERS] for i in range(max(1, len(words) - CHARACTERS + 1))]


def hashed(wordings: Sequence[str]) -> list[Digests]:
    """The set of shingles of each wording, eight bytes a shingle, ascending."""
    hashes = RMinHash.hash_token_sets([shingles(words) for words in wordings])
    return [np.unique(np.array(one, dtype=np.uint64)) for one in hashes]


def jaccard(one: Digests, other: Digests) -> float:
    """The share of shingles that two texts have in common, 0..1."""
    common = np.intersect1d(one, other, assume_unique=True).size
    return float(common / (one.size + other.size - common))


def rows_in_band(similarity: float) -> int:
    """How many permutations make a band, so that a pair of this similarity shares one almost surely.

    A pair of similarity s shares a band of r permutations, out of b, with probability 1 - (1 - s^r)^b
    (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4). Longer bands find fewer wrong pairs.
    """
    fitting = [
        rows
        for rows in range(1, PERMUTATIONS // 4)
        if 1 - (1 - similarity**rows) ** (PERMUTATIONS // rows) >= _RECALL
    ]
    return max(fitting, default=1)


def bands(sets: Sequence[Digests], rows: int) -> Digests:
    """One digest for each text (down) and band of `rows` permutations (across): similar texts share some."""
    matrix = RMinHash.digest_matrix_from_token_hash_sets([one.tolist() for one in sets], PERMUTATIONS, 42)
    signatures: NDArray[np.uint64] = np.array(matrix.to_rows(), dtype=np.uint64)
    count = PERMUTATIONS // rows
    parts = signatures[:, : count * rows].reshape(len(sets), count, rows)
    mixed = np.zeros((len(sets), count), dtype=np.uint64)
    for place in range(rows):
        mixed = (mixed ^ parts[:, :, place]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed
