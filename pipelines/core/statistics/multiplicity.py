"""Several tests at once."""

from __future__ import annotations

from collections.abc import Mapping


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's step-down adjustment, smallest first: any false alarm is as rare as one of a single test.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    adjusted: dict[str, float] = {}
    running = 0.0
    ordered = sorted(p_values.items(), key=lambda pair: pair[1])
    for rank, (name, p) in enumerate(ordered):
        running = max(running, (len(ordered) - rank) * p)
        adjusted[name] = min(1.0, running)
    return adjusted
