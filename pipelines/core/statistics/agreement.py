"""How far two raters agree beyond chance, for example a judge model and an expert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist

from pipelines.core.statistics.proportions import wilson_interval
from pipelines.core.value import Value

_NORMAL = NormalDist()


class Kappa(Value):
    """Cohen's kappa over `n` items, -1..1, with its interval: 1 is full agreement, 0 what chance gives."""

    value: float
    lower: float
    upper: float
    n: int


NOTHING_KNOWN = Kappa(value=0.0, lower=-1.0, upper=1.0, n=0)


def kappa(first: Sequence[str], second: Sequence[str], alpha: float = 0.05) -> Kappa:
    """Agreement of two raters on the same items, in the same order, with a two-sided 1 - alpha interval.

    The interval is the hull of two: the large-sample one of Fleiss, Cohen and Everitt (1969), Psychological
    Bulletin 72, 323-327, and Wilson's for the observed agreement, carried over at the observed chance
    agreement. The first alone is far too short where agreement is high: without one disagreement it has no
    width. Where both raters gave only one and the same verdict, or rated nothing, kappa is not defined: 0,
    somewhere in -1..1.
    """
    if len(first) != len(second):
        raise ValueError("kappa compares two verdicts on every item: both sequences must be equally long")
    n = len(first)
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[label] * theirs[label] for label in ours) / (n * n or 1)
    if n == 0 or chance == 1:
        return NOTHING_KNOWN.model_copy(update={"n": n})
    agreed = sum(a == b for a, b in zip(first, second, strict=True))
    value = (agreed / n - chance) / (1 - chance)
    pairs = Counter(zip(first, second, strict=True))
    reach = _NORMAL.inv_cdf(1 - alpha / 2) * _standard_error(pairs, ours, theirs, value, chance)
    low, high = ((end - chance) / (1 - chance) for end in wilson_interval(agreed, n, alpha / 2))
    return Kappa(
        value=value, lower=max(-1.0, min(low, value - reach)), upper=min(1.0, max(high, value + reach)), n=n
    )


def _standard_error(
    pairs: Counter[tuple[str, str]], ours: Counter[str], theirs: Counter[str], value: float, chance: float
) -> float:
    """Fleiss, Cohen and Everitt (1969), equation 13."""
    n = pairs.total()
    terms = 0.0
    for (a, b), count in pairs.items():
        if a == b:
            terms += count / n * (1 - (ours[a] + theirs[a]) / n * (1 - value)) ** 2
        else:
            terms += count / n * ((theirs[a] + ours[b]) / n * (1 - value)) ** 2
    variance = terms - (value - chance * (1 - value)) ** 2
    return sqrt(max(0.0, variance) / n) / (1 - chance)
