"""What a person wants to know at a glance: services, sources, models, runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from pipelines.core.errors import PerennialError
from pipelines.core.promotion import Standing
from pipelines.core.value import Value
from pipelines.integrations.builtin_target import BuiltinTarget
from pipelines.local.airflow_api import AirflowApi
from pipelines.local.stack import ServiceState, states
from pipelines.runtime import Runtime
from pipelines.settings import Settings
from pipelines.stages.letter import outbox


class SourceStatus(Value):
    """The newest upload that was taken. `verdict` is checking, accepted or rejected, and none before.

    `letter` is the key of the steward's letter in the bucket, `snapshot` what models train on now.
    """

    verdict: str = "none"
    upload: str | None = None
    letter: str | None = None
    snapshot: str | None = None


class ModelStatus(Value):
    """What the signed ledger says, and whether the server and MLflow agree with it.

    `served` and `aliases_projected` are None while they cannot be asked.
    """

    champion: int | None = None
    candidate: str | None = None
    served: int | None = None
    aliases_projected: bool | None = None
    last_verdict: str | None = None
    why: tuple[str, ...] = ()


class RunStatus(Value):
    dag: str
    run: str
    state: str
    data: str | None
    began: str | None
    ended: str | None


class Status(Value):
    """`troubles` says, in words, what could not be read."""

    services: dict[str, ServiceState]
    sources: dict[str, SourceStatus]
    models: dict[str, ModelStatus]
    runs: tuple[RunStatus, ...]
    troubles: tuple[str, ...]


def status(settings: Settings) -> Status:
    """Everything that can be read now; a service that is down hides only what it alone knows."""
    services = {state.name: state for state in states(settings)}
    running = {name for name, state in services.items() if state.state == "healthy"}
    runtime, troubles = Runtime(settings), list[str]()
    # Before the first write there is no key, and looking must not make one.
    written = (settings.secrets / "ledger.pub").exists()
    sources, models = dict[str, SourceStatus](), dict[str, ModelStatus]()
    with _noting(troubles):
        sources = {name: SourceStatus() for name in runtime.contracts}
        models = {name: ModelStatus() for name in runtime.models}
    for name in sources if written else ():
        with _noting(troubles):
            sources[name] = _source(runtime, name)
    for name in models if written else ():
        with _noting(troubles):
            models[name] = _model(runtime, name, running, troubles)
    runs: tuple[RunStatus, ...] = ()
    with _noting(troubles):
        runs = _runs(settings) if "api-server" in running else ()
    return Status(services=services, sources=sources, models=models, runs=runs, troubles=tuple(troubles))


@contextmanager
def _noting(troubles: list[str]) -> Iterator[None]:
    try:
        yield
    except PerennialError as error:
        troubles.append(str(error))


def _source(runtime: Runtime, source: str) -> SourceStatus:
    state = runtime.intake(source)
    snapshot = state.current.snapshot if state.current else None
    if state.taken is None:
        return SourceStatus()
    upload = state.taken.upload
    if state.open or state.settled is None:
        return SourceStatus(verdict="checking", upload=upload, snapshot=snapshot)
    settled = state.settled
    verdict = "accepted" if state.current == settled else "rejected"
    letter = f"{outbox(source, settled.upload)}report.html"
    return SourceStatus(verdict=verdict, upload=settled.upload, letter=letter, snapshot=snapshot)


def _model(runtime: Runtime, model: str, running: set[str], troubles: list[str]) -> ModelStatus:
    state = runtime.standing(model)
    champion, last = state.champion, state.last_decision
    served = None
    with _noting(troubles):
        target = BuiltinTarget(runtime.settings.server_url)
        served = target.served(model).version if "server" in running else None
    return ModelStatus(
        champion=champion.version if champion else None,
        candidate=champion.candidate.digest if champion else None,
        served=served,
        aliases_projected=_projected(runtime.settings, model, state) if "mlflow" in running else None,
        last_verdict=last.verdict if last else None,
        why=last.why if last else (),
    )


def _projected(settings: Settings, model: str, state: Standing) -> bool | None:
    """Whether each alias stands at the version of the ledger's promotion; None when MLflow fails."""
    for alias in ("champion", "previous", "anchor"):
        promotion = getattr(state, alias)
        try:
            answer = httpx.get(
                f"{settings.mlflow_url}/api/2.0/mlflow/registered-models/alias",
                params={"name": model, "alias": alias},
                timeout=10,
                trust_env=False,
            )
        except httpx.TransportError:
            return None
        if answer.is_server_error:
            return None
        found = answer.json().get("model_version", {}) if answer.is_success else {}
        tags = {tag["key"]: tag["value"] for tag in found.get("tags", ())}
        if tags.get("candidate") != (promotion.candidate.digest if promotion else None):
            return False
    return True


def _runs(settings: Settings) -> tuple[RunStatus, ...]:
    return tuple(_run(run) for run in AirflowApi(settings).runs(limit=10))


def _run(run: dict[str, Any]) -> RunStatus:
    return RunStatus(
        dag=run["dag_id"],
        run=run["dag_run_id"],
        state=run["state"],
        data=run.get("partition_key"),
        began=run.get("start_date"),
        ended=run.get("end_date"),
    )
