"""One DAG a model: new data becomes a version in production, or the reasons why it does not."""

from __future__ import annotations

from pathlib import Path

from airflow.sdk import DAG, PartitionedAssetTimetable, task
from airflow.sdk.exceptions import AirflowSkipException

from pipelines.scheduling.dags import arguments, data_of, line
from pipelines.scheduling.review import Answer, carry_out, review_of
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
    """Score every way of prompting on the dev items, before anything is trained."""
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


@task(pool="gpu")
def explain(plan: str, candidate: str, decision: str) -> bool:
    """Train on parts of the data, to see which of them moved the score; false where nothing was trained."""
    return line().explain(plan, candidate, decision)


@task
def promote(decision: str, answer: Answer | None) -> int:
    """Make it the champion, unless a person refused: in the ledger first, then its aliases in MLflow."""
    return carry_out(decision, answer)


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
        baseline(plan) >> candidate
        evaluate(plan, candidate) >> decision
        deploy(name, promote(decision, review_of(spec, decision)))
        if spec.explain.wanted:
            explain(plan, candidate, decision)
