"""Deploy: wait until the target has proven and loaded the champion; otherwise go back."""

from __future__ import annotations

from datetime import timedelta

from pipelines.core.deployment import Deployment
from pipelines.core.errors import Refused, Unavailable
from pipelines.core.promotion import ROLLBACK, Rollback, standing
from pipelines.ledger import Ledger
from pipelines.ports import Clock, Pause, Target


def deploy(
    model: str,
    version: int,
    *,
    ledger: Ledger,
    target: Target,
    clock: Clock,
    pause: Pause,
    patience: timedelta = timedelta(seconds=120),
) -> Deployment:
    """The deployment of a version, once the target serves it.

    The target reads the ledger, verifies the bundle and proves that its logits equal the trainer's
    before it switches. A version that it refuses is rolled back and can never return. Raises Refused
    then, and Unavailable when the target gives no answer in time.
    """
    deadline = clock.now() + patience
    while True:
        served = target.served(model)
        if served.version is not None and served.version >= version:
            return Deployment(
                model=model, version=served.version, logit_difference=served.logit_difference or 0.0
            )
        if reason := served.refused.get(version):
            rollback(model, version, f"the server refused it: {reason}", ledger=ledger)
            raise Refused(
                f"version {version} of {model}",
                "a version must prove itself in the serving process",
                reason,
                "Production stays on the version before it. Look for a damaged bundle or a changed base.",
            )
        if clock.now() >= deadline:
            raise Unavailable(
                f"version {version} of {model}",
                f"the target must serve it within {patience.total_seconds():.0f} s",
                f"version {served.version}",
                "See the model server's log; the task tries again by itself.",
            )
        pause(0.2)


def rollback(model: str, version: int, reason: str, *, ledger: Ledger) -> None:
    """Block a version for ever; production goes back to the newest promotion that is not blocked."""
    entries = ledger.entries()
    if version in standing(entries).blocked:
        return
    ledger.append(
        entries, ROLLBACK, Rollback(model=model, version=version, reason=reason), op=f"rollback/{version}"
    )
