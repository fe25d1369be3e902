"""Settings of a stack of one's own: the real project, an empty state folder, free ports."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from pathlib import Path

from pipelines.settings import LOOPBACK, Ports, Settings

ROOT = Path(__file__).resolve().parents[1]


def stack_settings(home: Path) -> Settings:
    airflow, mlflow, server = free_ports(3)
    ports = Ports(airflow=airflow, mlflow=mlflow, server=server)
    home.mkdir(exist_ok=True)
    return Settings(project=ROOT, home=home, bucket=str(home / "bucket"), ports=ports)


def free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(closing(socket.socket())) for _ in range(number)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
