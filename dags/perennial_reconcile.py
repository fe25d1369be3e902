"""One DAG a model that keeps what MLflow shows equal to the model's ledger."""

from __future__ import annotations

from pathlib import Path

from airflow.sdk import DAG, CronTriggerTimetable, task

from pipelines.scheduling.dags import arguments, line
from pipelines.specs import models

PROJECT = Path(__file__).absolute().parents[1]


@task
def reconcile(model: str) -> None:
    """Point the aliases where the ledger says."""
    line().reconcile(model)


for name, spec in models(PROJECT).items():
    with DAG(
        schedule=CronTriggerTimetable("*/5 * * * *", timezone="UTC"),
        **arguments("reconcile", spec, owner=spec.owner, file=__file__),
    ):
        reconcile(name)
