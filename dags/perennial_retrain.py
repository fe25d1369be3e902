"""One DAG a model: new data becomes a version in production, or the reasons why it does not."""

from __future__ import annotations

from pathlib import Path

from airflow.sdk import DAG, PartitionedAssetTimetable, task
from airflow.sdk.exceptions import AirflowSkipException

from pipelines.scheduling.dags import arguments, data_of, line
from pipelines.specs import models

PROJECT = Path(__file__).absolute().parents[1]


@task
def compose(model: str) -> str:
    """Mix the current snapshots into a training set and plan the run."""
    plan = line().compose(model)
    if plan is None:
        raise AirflowSkipException(f"{model} has nothing new to learn or to be judged on")
    return plan


@task(pool="gpu")
def baseline(plan: str) -> None:
    """Score plain prompting on the golden items."""
    line().baseline(plan)


@task(pool="gpu")
def train(plan: str) -> str:
    """Fine-tune from the base model."""
    return line().train(plan)


@task(pool="gpu")
def evaluate(plan: str, candidate: str) -> None:
    """Score candidate and champion, item by item."""
    line().evaluate(plan, candidate)


@task
def gate(plan: str, candidate: str) -> str:
    """Decide: PASS, FAIL or INCONCLUSIVE, with reasons."""
    return line().gate(plan, candidate)


@task
def promote(decision: str) -> int:
    """Make it the champion: in the ledger first, then its aliases in MLflow."""
    stages = line()
    judged = stages.verdict(decision)
    if judged.verdict != "PASS":
        raise AirflowSkipException(f"{judged.verdict}: {' '.join(judged.why)}")
    return stages.promote(decision)


@task
def deploy(model: str, version: int) -> None:
    """Make sure that the model server serves it."""
    line().deploy(model, version)


for name, spec in models(PROJECT).items():
    with DAG(
        schedule=PartitionedAssetTimetable(assets=data_of(name)),
        **arguments("retrain", spec, owner=spec.owner, file=__file__),
    ):
        plan = compose(name)
        candidate = train(plan)
        decision = gate(plan, candidate)
        [baseline(plan), evaluate(plan, candidate)] >> decision
        deploy(name, promote(decision))
