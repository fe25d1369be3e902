"""Drift: how far one distribution has moved from another."""

from __future__ import annotations

import math
from collections.abc import Sequence

FEWEST = 200
"""With fewer observations on either side the index shows chance more than change."""
_MOST_GROUPS = 10
_OBSERVATIONS = 50


def groups(observations: int) -> int:
    """Into how many groups values are put before they are compared, at most ten.

    By chance alone the index comes to about (groups - 1) times (1/n + 1/m), so few rows need few groups.
    """
    return max(2, min(_MOST_GROUPS, observations // _OBSERVATIONS))


def psi(old: Sequence[int], new: Sequence[int]) -> float:
    """Population stability index of two histograms over the same bins (Siddiqi 2006, Credit Risk Scorecards).

    Below 0.1 nothing changed, above 0.25 much did. An empty bin counts half an observation.
    """
    before, after = _shares(old), _shares(new)
    return sum((b - a) * math.log(b / a) for a, b in zip(before, after, strict=True))


def _shares(counts: Sequence[int]) -> list[float]:
    smoothed = [max(count, 0.5) for count in counts]
    return [count / sum(smoothed) for count in smoothed]
