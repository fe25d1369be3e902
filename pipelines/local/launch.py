"""Becomes one service: `python -m pipelines.local.launch NAME`, as the supervisor calls it.

The service gets its environment here, so that no secret stands in a configuration file, on a command
line or in the supervisor's own memory.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from pipelines.core.errors import UsageError
from pipelines.local.services import environment_of, services
from pipelines.settings import Settings

# By this variable `down` recognises every process of the stack, also one that lost its parent.
STACK_VARIABLE = "PERENNIAL_STACK"
PR_SET_PDEATHSIG = 1


def launch(name: str, settings: Settings) -> None:
    """Replace this process by the service. Raises UsageError for an unknown name."""
    known = {service.name: service for service in services(settings)}
    if name not in known:
        raise UsageError(
            f"service {name}", "it must be one of the stack", "no such service", f"Known: {', '.join(known)}."
        )
    service = known[name]
    _die_with_parent()
    os.execve(service.command[0], service.command, environment_of(service, settings))  # noqa: S606 - a fixed command, no shell is wanted


def _die_with_parent() -> None:
    """Without its supervisor a service ends too. Linux only; elsewhere `down` finds what is left."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    launch(sys.argv[1], Settings.from_environment())
