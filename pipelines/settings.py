"""Where things are. Read from the environment once; every path hangs below one state folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Self

from pipelines.core.errors import UsageError
from pipelines.core.value import Value, sha256_hex

LOOPBACK = "127.0.0.1"
# A unix socket's path may have 107 bytes.
_LONGEST_SOCKET_PATH = 100


class Ports(Value):
    """The TCP ports of the local stack, all on loopback."""

    airflow: int = 8080
    mlflow: int = 5000
    server: int = 8000


class Settings(Value):
    """`project` holds the declarations, `home` all state, `bucket` is a folder or s3://name[/prefix]."""

    project: Path
    home: Path
    bucket: str
    s3_endpoint: str | None = None
    ports: Ports = Ports()

    @classmethod
    def from_environment(cls) -> Self:
        """PERENNIAL_PROJECT, _HOME, _BUCKET, _S3_ENDPOINT and _PORT_<NAME>; secrets are not among them."""
        project = Path(os.environ.get("PERENNIAL_PROJECT") or Path.cwd()).resolve()
        home = Path(os.environ.get("PERENNIAL_HOME") or project / ".perennial").resolve()
        ports = {
            name: _port(variable, os.environ[variable])
            for name in Ports.model_fields
            if (variable := f"PERENNIAL_PORT_{name.upper()}") in os.environ
        }
        return cls(
            project=project,
            home=home,
            bucket=os.environ.get("PERENNIAL_BUCKET") or str(home / "bucket"),
            s3_endpoint=os.environ.get("PERENNIAL_S3_ENDPOINT") or None,
            ports=Ports(**ports),
        )

    def to_environment(self) -> dict[str, str]:
        """The variables from which a child process reads the same settings."""
        env = {
            "PERENNIAL_PROJECT": str(self.project),
            "PERENNIAL_HOME": str(self.home),
            "PERENNIAL_BUCKET": self.bucket,
            **{f"PERENNIAL_PORT_{n.upper()}": str(p) for n, p in self.ports.model_dump().items()},
        }
        return env | ({"PERENNIAL_S3_ENDPOINT": self.s3_endpoint} if self.s3_endpoint else {})

    @property
    def bases(self) -> Path:
        return self.home / "bases"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def scratch(self) -> Path:
        return self.home / "scratch"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def auditor_socket(self) -> Path:
        """Where the resident auditor answers: in the state folder, or, where that path is too long for a
        socket, in a private folder of the system's that is named after it.
        """
        inside = self.home / "run" / "auditor" / "socket"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
            return inside
        name = sha256_hex(f"{os.getuid()} {self.home}".encode())[:16]
        return Path(tempfile.gettempdir()) / f"perennial-{name}" / "socket"

    @property
    def data_registry(self) -> str:
        """The bare git repository that holds the DVC files."""
        return str(self.home / "data-registry.git")

    @property
    def dvc_remote(self) -> str:
        """Where the data registry keeps its bytes: inside the bucket."""
        return f"{self.bucket.rstrip('/')}/dvc"

    @property
    def mlflow_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.mlflow}"

    @property
    def airflow_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.airflow}"

    @property
    def server_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.server}"


def _port(variable: str, text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise UsageError(
        variable, "a port is a whole number from 1 to 65535", repr(text), "Correct the variable, or unset it."
    )
