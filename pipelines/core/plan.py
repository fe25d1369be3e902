"""A plan: what one retraining run is about, decided once at its start."""

from __future__ import annotations

from pipelines.core.value import Name, Sha256, Value


class Plan(Value):
    """Digests of the inputs of one run. `champion` is the candidate in production, None at first."""

    model: Name
    spec: Sha256
    training_set: Sha256
    golden: Sha256
    champion: Sha256 | None
