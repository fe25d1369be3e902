"""Gets Airflow's database ready: its tables and its pools, once for a version of either."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipelines import __version__
from pipelines.core.errors import Unavailable
from pipelines.core.value import sha256_hex
from pipelines.local.environment import airflow_environment, base_environment
from pipelines.settings import Settings

# One interpreter for both commands: importing Airflow takes longer than either of them.
BOTH = """
import sys
from airflow.cli.cli_parser import get_parser
for line in (["db", "migrate"], ["pools", "import", sys.argv[1]]):
    arguments = get_parser().parse_args(line)
    arguments.func(arguments)
"""


def prepare_airflow(settings: Settings) -> None:
    """Migrate and set the pools, unless exactly this was done. Raises Unavailable with the log's end."""
    home = settings.home / "airflow"
    done, wanted = home / "prepared", _fingerprint(settings)
    if (home / "airflow.db").exists() and done.exists() and done.read_text() == wanted:
        return
    home.mkdir(mode=0o700, exist_ok=True)
    log = settings.logs / "airflow-prepare.log"
    with log.open("wb") as out:
        ended = subprocess.run(
            [sys.executable, "-c", BOTH, str(_pools(settings))],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=base_environment(settings) | airflow_environment(settings),
            umask=0o077,
            check=False,
        )
    if ended.returncode:
        raise Unavailable(
            "Airflow's database",
            "its tables and pools must be made before Airflow starts",
            tail(log, 3),
            f"See {log}; then run perennial up again.",
        )
    done.write_text(wanted)


def tail(log: Path, lines: int) -> str:
    """The last lines of a log on one line, for a message."""
    text = log.read_bytes()[-8192:].decode(errors="replace") if log.exists() else ""
    kept = [line.strip() for line in text.splitlines() if line.strip()][-lines:]
    return " / ".join(kept)[-390:] or "an empty log"


def _pools(settings: Settings) -> Path:
    return settings.project / "infra" / "local" / "pools.json"


def _fingerprint(settings: Settings) -> str:
    from importlib.metadata import version

    return f"{__version__} {version('apache-airflow')} {sha256_hex(_pools(settings).read_bytes())}"
