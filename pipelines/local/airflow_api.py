"""Airflow's REST API, as far as the stack's own commands read it."""

from __future__ import annotations

from typing import Any

import httpx

from pipelines.core.errors import Unavailable
from pipelines.local.secrets import password_of
from pipelines.settings import Settings

Record = dict[str, Any]


class AirflowApi:
    """Speaks as one of Airflow's users, by default the one who may only look.

    Every call raises Unavailable when Airflow does not answer, or answers with an error.
    """

    def __init__(self, settings: Settings, user: str = "viewer") -> None:
        self._settings, self._user = settings, user
        # On a machine that is busy training, Airflow answers late.
        patience = httpx.Timeout(60, connect=10)
        self._client = httpx.Client(base_url=settings.airflow_url, timeout=patience, trust_env=False)
        self._token = ""

    def health(self) -> dict[str, str]:
        """{metadatabase, scheduler, triggerer, dag_processor: healthy or not}."""
        parts: dict[str, Record | None] = self._ask("/api/v2/monitor/health", signed=False)
        return {name: str((part or {}).get("status")) for name, part in parts.items()}

    def dags(self) -> tuple[str, ...]:
        """The ids of the DAGs that Airflow knows."""
        return tuple(d["dag_id"] for d in self._ask("/api/v2/dags", limit=200)["dags"])

    def runs(self, dag_id: str = "~", limit: int = 20) -> tuple[Record, ...]:
        """The newest runs of a DAG, or of all: dag_id, dag_run_id, state, partition_key, times."""
        found = self._ask(f"/api/v2/dags/{dag_id}/dagRuns", limit=limit, order_by="-run_after")
        return tuple(found["dag_runs"])

    def task_instances(self, dag_id: str, run_id: str) -> tuple[Record, ...]:
        """The tasks of a run: task_id, state, try_number, times."""
        found = self._ask(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances", limit=100)
        return tuple(found["task_instances"])

    def import_errors(self) -> tuple[str, ...]:
        """DAG files that cannot be read, with the reason."""
        found = self._ask("/api/v2/importErrors", limit=50)["import_errors"]
        return tuple(f"{e['filename']}: {e['stack_trace']}" for e in found)

    def _ask(self, path: str, *, signed: bool = True, **query: str | int) -> Any:
        try:
            headers = {"Authorization": f"Bearer {self._signed_in()}"} if signed else {}
            answer = self._client.get(path, params=query, headers=headers)
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise self._unavailable(f"{error.response.status_code} for {path}") from error
        except httpx.TransportError as error:
            raise self._unavailable(type(error).__name__) from error
        return answer.json()

    def _signed_in(self) -> str:
        if not self._token:
            who = {"username": self._user, "password": password_of(self._settings, self._user)}
            answer = self._client.post("/auth/token", json=who)
            answer.raise_for_status()
            self._token = str(answer.json()["access_token"])
        return self._token

    def _unavailable(self, found: str) -> Unavailable:
        where = f"Airflow at {self._settings.airflow_url}"
        return Unavailable(
            where, "it must answer", found, "See perennial status and perennial logs api-server."
        )
