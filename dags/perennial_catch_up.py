"""One DAG a model that starts the retraining which no event started, or whose run was lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, task
from airflow.sdk.exceptions import AirflowSkipException

from pipelines.scheduling.dags import arguments, data_of, line
from pipelines.specs import models

PROJECT = Path(__file__).absolute().parents[1]


@task
def catch_up(model: str, *, outlets: Any = None, outlet_events: Any = None) -> str:
    """Announce data that has no decision yet."""
    plan = line().overdue(model)
    if plan is None:
        raise AirflowSkipException(f"{model} has been judged on all its data")
    for data in outlets:
        outlet_events[data].add_partitions(f"overdue@{plan}")
    return plan


for name, spec in models(PROJECT).items():
    with DAG(
        schedule=CronTriggerTimetable("17 * * * *", timezone="UTC"),
        **arguments("catch_up", spec, owner=spec.owner, file=__file__),
    ):
        catch_up.override(outlets=[data_of(name)])(name)
