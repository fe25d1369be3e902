"""Airflow's scheduler with the libraries of all stages loaded: `python -m pipelines.local.scheduler`.

The tasks of its LocalExecutor are forks of it, so each begins with these libraries in memory instead of
importing them for seconds: a steward's letter is written, and a model is in production, that much sooner.
"""

from __future__ import annotations

import sys

from pipelines import desk
from pipelines.integrations import model_libraries


def main() -> None:
    desk.preload()
    model_libraries.preload()
    from airflow.__main__ import main as airflow

    sys.argv = ["airflow", "scheduler", "--skip-serve-logs"]
    airflow()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
