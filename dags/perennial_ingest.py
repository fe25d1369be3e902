"""One DAG a data contract: an upload becomes a snapshot, or a letter that says why it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, task
from airflow.sdk.exceptions import AirflowSkipException

from pipelines.scheduling.dags import arguments, data_of, inbox_of, line
from pipelines.specs import contracts, models

PROJECT = Path(__file__).absolute().parents[1]
# In case no event came.
EVERY_QUARTER = CronTriggerTimetable("*/15 * * * *", timezone="UTC")


@task
def ingest(source: str) -> str:
    """Take a complete upload, once."""
    upload = line().ingest(source)
    if upload is None:
        raise AirflowSkipException(f"nothing new in the inbox of {source}")
    return upload


@task
def validate(source: str, upload: str) -> str:
    """Check it against its contract and answer the steward."""
    report = line().validate(source, upload)
    if report is None:
        raise AirflowSkipException(f"the upload of {source} is held until its steward confirms it")
    return report


@task
def snapshot(source: str, report: str, *, outlets: Any = None, outlet_events: Any = None) -> str:
    """Freeze the accepted rows and wake every model that uses them."""
    digest = line().snapshot(source, report)
    for data in outlets:
        outlet_events[data].add_partitions(f"{source}@{digest}")
    return digest


specs = models(PROJECT).values()
for source, contract in contracts(PROJECT).items():
    users = [data_of(spec.name) for spec in specs if source in (*spec.sources, spec.golden)]
    with DAG(
        schedule=AssetOrTimeSchedule(assets=[inbox_of(contract)], timetable=EVERY_QUARTER),
        **arguments("ingest", contract, owner=contract.steward, file=__file__),
    ):
        snapshot.override(outlets=users)(source, validate(source, ingest(source)))
