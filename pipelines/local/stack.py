"""The stack as a whole: up, down, and what runs."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from pipelines.core.errors import Refused, Unavailable
from pipelines.core.value import Value
from pipelines.local import supervisor as supervisors
from pipelines.local.health import healthy
from pipelines.local.prepare import prepare_airflow, tail
from pipelines.local.secrets import ensure_secrets
from pipelines.local.services import Service, services
from pipelines.local.supervisor import Supervisor
from pipelines.ports import Progress
from pipelines.settings import LOOPBACK, Settings

RUNNING = ("STARTING", "RUNNING", "BACKOFF")


class ServiceState(Value):
    """`state` is healthy, or the supervisor's word in lower case: starting, running, stopped, ..."""

    name: str
    state: str
    pid: int | None
    url: str | None


def up(settings: Settings, *, say: Progress, wait: bool = True, patience_s: float = 300) -> None:
    """Start what does not run. Safe to repeat.

    Raises Refused when a port is taken (nothing is started then), Unavailable when a service does
    not become healthy in time; what runs then goes on running, so that it can be looked at.
    """
    with _alone(settings):
        ensure_secrets(settings)
        supervisor = supervisors.find(settings)
        if supervisor is None:
            if (dead := supervisors.last(settings)) is not None:
                supervisors.end(settings, dead)
            _check_ports(services(settings))
            supervisor = supervisors.begin(settings)
        _await_supervisor(supervisor, settings)
        # The services without a database start meanwhile.
        prepare_airflow(settings)
        states = supervisor.states()
        for service in services(settings):
            if states[service.name][0] not in RUNNING:
                supervisor.start(service.name)
        if wait:
            _await_health(supervisor, settings, say, patience_s)


def down(settings: Settings) -> bool:
    """Stop everything; False when nothing ran."""
    with _alone(settings):
        supervisor = supervisors.last(settings)
        if supervisor is None:
            return False
        supervisors.end(settings, supervisor)
        return True


def states(settings: Settings) -> tuple[ServiceState, ...]:
    """Every service as it is now."""
    supervisor = supervisors.find(settings)
    known = supervisor.states() if supervisor else {}
    well = healthy(services(settings), settings) if known else frozenset()
    found = []
    for service in services(settings):
        state, pid = known.get(service.name, ("STOPPED", 0))
        word = "healthy" if service.name in well and state == "RUNNING" else state.lower()
        found.append(ServiceState(name=service.name, state=word, pid=pid or None, url=service.url))
    return tuple(found)


def _check_ports(wanted: Sequence[Service]) -> None:
    for service in wanted:
        if service.port is None:
            continue
        with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
            # As the servers do: a connection that just ended does not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, service.port))
            except OSError as error:
                raise Refused(
                    f"port {service.port}",
                    f"the {service.name} needs it for itself",
                    os.strerror(error.errno or 0).lower(),
                    f"Nothing was started. Free it, or choose another with {service.port_variable}.",
                ) from error


def _await_supervisor(supervisor: Supervisor, settings: Settings) -> None:
    deadline = time.monotonic() + 20
    while not supervisor.states():
        if supervisor.process() is None or time.monotonic() > deadline:
            log = settings.logs / "supervisord.out"
            raise Unavailable("the supervisor", "it must answer on its socket", tail(log, 3), f"See {log}.")
        time.sleep(0.1)


def _await_health(supervisor: Supervisor, settings: Settings, say: Progress, patience_s: float) -> None:
    began = time.monotonic()
    wanted = services(settings)
    well: frozenset[str] = frozenset()
    while len(well) < len(wanted):
        now = healthy(wanted, settings)
        for name in sorted(now - well):
            say(f"{name} is healthy after {time.monotonic() - began:.0f} s")
        well = now
        sick = [s.name for s in wanted if s.name not in well]
        dead = [name for name in sick if supervisor.states().get(name, ("FATAL", 0))[0] == "FATAL"]
        if dead or (sick and time.monotonic() - began > patience_s):
            name = (dead or sick)[0]
            log = settings.logs / f"{name}.log"
            raise Unavailable(
                f"the {name}",
                "it cannot be started" if dead else f"it must be healthy within {patience_s:.0f} s",
                tail(log, 5),
                f"See {log}, or perennial logs {name}; perennial up tries again.",
            )
        time.sleep(0.3)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One `up` or `down` at a time for a state folder."""
    settings.home.parent.mkdir(parents=True, exist_ok=True)
    run = settings.home / "run"
    for folder in (settings.home, run):
        folder.mkdir(mode=0o700, exist_ok=True)
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
