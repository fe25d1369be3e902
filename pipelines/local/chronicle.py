"""What Airflow is doing right now, line by line, and how long each stage took."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from pipelines.core.errors import Unavailable
from pipelines.local.airflow_api import AirflowApi
from pipelines.ports import Progress

QUIET_STATES = (None, "none", "scheduled", "queued")


class Chronicle:
    """Follows the runs of the given DAGs that are new since it was made."""

    def __init__(self, api: AirflowApi, dags: tuple[str, ...], say: Progress) -> None:
        self._api, self._dags, self._say = api, dags, say
        self._known = {run["dag_run_id"] for dag in dags for run in self._runs(dag)}
        self._told: dict[tuple[str, str, str], str] = {}
        self._tasks: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._finished: set[tuple[str, str]] = set()

    def tell(self) -> None:
        """Say what changed since the last call. An API that does not answer is asked again later."""
        try:
            for dag in self._dags:
                for run in self._runs(dag):
                    self._follow(dag, run)
        except Unavailable:
            return

    def busy(self) -> bool:
        """Whether a new run is still going on; an API that does not answer is asked again later."""
        try:
            return any(
                run["state"] in ("queued", "running") and run["dag_run_id"] not in self._known
                for dag in self._dags
                for run in self._runs(dag)
            )
        except Unavailable:
            return True

    def runs(self, dag: str) -> int:
        """New runs of a DAG in which at least one task did something."""
        done = ("success", "failed")
        return len({run for (d, run, _), task in self._tasks.items() if d == dag and task["state"] in done})

    def seconds_by_stage(self) -> dict[str, float]:
        """{stage: seconds its tasks ran}, in the order in which they began."""
        total: defaultdict[str, float] = defaultdict(float)
        started = sorted(
            (t for t in self._tasks.values() if t["start_date"] and t["end_date"]),
            key=lambda t: str(t["start_date"]),
        )
        for task in started:
            if task["state"] != "skipped":
                total[task["task_id"]] += _seconds(task["start_date"], task["end_date"])
        return dict(total)

    def _runs(self, dag: str) -> tuple[dict[str, Any], ...]:
        return self._api.runs(dag, limit=10)

    def _follow(self, dag: str, run: dict[str, Any]) -> None:
        run_id = run["dag_run_id"]
        if run_id in self._known or (dag, run_id) in self._finished:
            return
        for task in self._api.task_instances(dag, run_id):
            key = (dag, run_id, task["task_id"])
            self._tasks[key] = task
            state = task["state"]
            if state not in QUIET_STATES and self._told.get(key) != state:
                self._told[key] = state
                self._say(_line(dag, task))
        if run["state"] in ("success", "failed"):
            self._finished.add((dag, run_id))


def _line(dag: str, task: dict[str, Any]) -> str:
    done = task["start_date"] and task["end_date"] and task["state"] in ("success", "failed")
    took = f" after {_seconds(task['start_date'], task['end_date']):.1f} s" if done else ""
    return f"{dag}: {task['task_id']} {task['state']}{took}"


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
