"""The services of the stack: what each one is called, how it is started and where it answers."""

from __future__ import annotations

import sys
from typing import Literal

from pipelines.core.value import Value
from pipelines.local.environment import airflow_environment, base_environment, mlflow_environment
from pipelines.settings import LOOPBACK, Settings

Kind = Literal["airflow", "mlflow", "server", "auditor"]


class Service(Value):
    """`port` is None without one. Whether it is healthy says `component` in Airflow's report, an answer
    on the unix `socket`, or `probe`, a path below `url`. It gets `stop_s` seconds to end by itself.
    """

    name: str
    kind: Kind
    command: tuple[str, ...]
    port: int | None = None
    url: str | None = None
    component: str | None = None
    socket: str | None = None
    probe: str = "/health"
    stop_s: int = 8

    @property
    def port_variable(self) -> str:
        """What moves its port."""
        return f"PERENNIAL_PORT_{self.kind.upper()}"


def services(settings: Settings) -> tuple[Service, ...]:
    """All of them, in the order in which they are shown."""
    return (*_airflow(settings), _mlflow(settings), _server(settings), _auditor(settings))


def environment_of(service: Service, settings: Settings) -> dict[str, str]:
    """Everything a service may know: only Airflow's processes get Airflow's secrets."""
    own = {
        "airflow": lambda: airflow_environment(settings),
        "mlflow": mlflow_environment,
        "server": dict[str, str],
        "auditor": dict[str, str],
    }[service.kind]
    return base_environment(settings) | own()


def _airflow(settings: Settings) -> tuple[Service, ...]:
    def part(*words: str, component: str) -> Service:
        command = (sys.executable, "-m", "airflow", *words)
        return Service(name=words[0], kind="airflow", command=command, component=component)

    scheduler = (sys.executable, "-m", "pipelines.local.scheduler")
    api = part("api-server", component="metadatabase")
    return (
        api.model_copy(update={"port": settings.ports.airflow, "url": settings.airflow_url}),
        # Task logs are read from the shared folder, so nobody needs the log servers, which would
        # listen on every interface.
        part("scheduler", component="scheduler").model_copy(update={"command": scheduler}),
        part("dag-processor", component="dag_processor"),
        part("triggerer", "--skip-serve-logs", component="triggerer"),
    )


def _mlflow(settings: Settings) -> Service:
    home = settings.home / "mlflow"
    command = (
        *(sys.executable, "-m", "mlflow", "server"),
        *("--host", LOOPBACK, "--port", str(settings.ports.mlflow), "-w", "1"),
        *("--backend-store-uri", f"sqlite:///{home}/mlflow.db"),
        *("--artifacts-destination", str(home / "artifacts")),
    )
    return Service(
        name="mlflow", kind="mlflow", command=command, port=settings.ports.mlflow, url=settings.mlflow_url
    )


def _server(settings: Settings) -> Service:
    return Service(
        name="server",
        kind="server",
        command=(sys.executable, "-m", "pipelines", "serve"),
        port=settings.ports.server,
        url=settings.server_url,
        probe="/healthz",
        # It finishes the answers that it has begun.
        stop_s=40,
    )


def _auditor(settings: Settings) -> Service:
    socket = str(settings.auditor_socket)
    module = ("-m", "pipelines.integrations.gx_service")
    return Service(
        name="auditor",
        kind="auditor",
        command=(sys.executable, *module, socket, str(settings.scratch)),
        socket=socket,
    )
