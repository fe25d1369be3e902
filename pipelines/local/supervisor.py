"""The supervisor process: started, asked and stopped; recognised by pid and start time together."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import uuid
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast
from xmlrpc.client import Fault, ServerProxy

import jinja2
import psutil
from supervisor.xmlrpc import SupervisorTransport

from pipelines.core.value import Value
from pipelines.local.environment import base_environment
from pipelines.local.launch import STACK_VARIABLE
from pipelines.local.services import services
from pipelines.settings import Settings

# A unix socket's path may have 107 bytes; supervisor adds its pid to it while it starts.
LONGEST_SOCKET_PATH = 96


class Supervisor(Value):
    """A running supervisor. `started` is in seconds since the epoch; `stack` marks all its processes.

    `own_folder` is the folder made for the socket alone, None when it lies in the state folder.
    """

    pid: int
    started: float
    stack: str
    socket: str
    own_folder: str | None = None

    def process(self) -> psutil.Process | None:
        """The process itself, or None when it ended, also when another one has its pid now."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 2 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if same else None

    def states(self) -> dict[str, tuple[str, int]]:
        """{service: (supervisor's state name, pid or 0)}; empty when it does not answer."""
        try:
            found = cast("list[dict[str, Any]]", self._call().getAllProcessInfo())
        except (OSError, HTTPException):
            return {}
        return {str(p["name"]): (str(p["statename"]), int(p["pid"])) for p in found}

    def start(self, service: str) -> None:
        """Start a service unless it runs already."""
        try:
            self._call().startProcess(service, False)
        except Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise

    def stop(self) -> None:
        """Stop all services at the same time, and then the supervisor. Its own way is one by one."""
        with suppress(OSError, HTTPException):
            self._call().stopAllProcesses(True)
        if (process := self.process()) is not None:
            process.terminate()

    def _call(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor


def last(settings: Settings) -> Supervisor | None:
    """The supervisor of this state folder that was not stopped by `end`; it may be dead."""
    record = _record(settings)
    return Supervisor.model_validate_json(record.read_bytes()) if record.exists() else None


def find(settings: Settings) -> Supervisor | None:
    """The supervisor of this state folder, if it lives."""
    supervisor = last(settings)
    return supervisor if supervisor and supervisor.process() else None


def begin(settings: Settings) -> Supervisor:
    """Render the configuration and start it, detached from this terminal and this process."""
    run = settings.home / "run"
    for folder in (run, settings.logs, settings.home / "mlflow"):
        folder.mkdir(mode=0o700, exist_ok=True)
    stack, own = uuid.uuid4().hex, _own_folder(run)
    socket = Path(own or run) / "supervisor.sock"
    config = run / "supervisord.conf"
    with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(render(settings, socket))
    with (settings.logs / "supervisord.out").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=settings.project,
            env=base_environment(settings) | {STACK_VARIABLE: stack},
        )
    started = psutil.Process(process.pid).create_time()
    supervisor = Supervisor(pid=process.pid, started=started, stack=stack, socket=str(socket), own_folder=own)
    _record(settings).write_bytes(supervisor.to_json())
    return supervisor


def end(settings: Settings, supervisor: Supervisor, *, patience_s: float = 60) -> int:
    """Stop it and everything it started, orphans included; returns how many had to be killed."""
    family = _family(supervisor)
    if (process := supervisor.process()) is not None:
        supervisor.stop()
        psutil.wait_procs([process], timeout=patience_s)
    _, stubborn = psutil.wait_procs(family | _family(supervisor), timeout=3)
    for left in stubborn:
        left.kill()
    psutil.wait_procs(stubborn, timeout=10)
    _record(settings).unlink(missing_ok=True)
    if supervisor.own_folder is not None:
        # Never recursively: the record is a file that anything may have written, and the folder holds
        # one socket. Whatever else lies in it stays.
        with suppress(OSError):
            (Path(supervisor.own_folder) / "supervisor.sock").unlink(missing_ok=True)
            Path(supervisor.own_folder).rmdir()
    return len(stubborn)


def render(settings: Settings, socket: Path) -> str:
    """The supervisor's configuration. Its own placeholders start with %, so a % in a path is doubled."""
    template = (settings.project / "infra" / "local" / "supervisord.conf.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=False, undefined=jinja2.StrictUndefined)  # noqa: S701 - not HTML
    paths = {
        "socket": socket,
        "project": settings.project,
        "run": settings.home / "run",
        "logs": settings.logs,
        "python": sys.executable,
    }
    escaped = {name: str(path).replace("%", "%%") for name, path in paths.items()}
    return environment.from_string(template).render(escaped, services=services(settings))


def _record(settings: Settings) -> Path:
    return settings.home / "run" / "supervisor.json"


def _own_folder(run: Path) -> str | None:
    """A private folder for the socket when the state folder's path is too long for one."""
    if len(os.fsencode(run / "supervisor.sock")) <= LONGEST_SOCKET_PATH:
        return None
    return tempfile.mkdtemp(prefix="perennial-")


def _family(supervisor: Supervisor) -> set[psutil.Process]:
    """What belongs to the stack: by descent, by the supervisor's session, by the mark in its environment.

    Each misses some: an orphan has no descent, a process may open a session or overwrite its environment.
    """
    own = supervisor.process()
    # Somebody else's session may carry the number of a supervisor that ended long ago.
    session = supervisor.pid if own or not psutil.pid_exists(supervisor.pid) else None
    found = {own, *own.children(recursive=True)} if own else set()
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == session or process.environ().get(STACK_VARIABLE) == supervisor.stack:
                found.add(process)
        except (psutil.Error, OSError):
            continue
    return found
