"""What the DAGs of the product have in common. Light: it is imported whenever a DAG file is read."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetWatcher, Connection, ExceptionRetryPolicy, RetryAction, RetryRule
from airflow.sdk.exceptions import AirflowNotFoundException

from pipelines.core.contract import Contract
from pipelines.core.model_spec import ModelSpec
from pipelines.scheduling.inbox import InboxTrigger

if TYPE_CHECKING:
    from pipelines.core.notice import Notice
    from pipelines.line import Line

# Errors in the data fail at once, errors of the infrastructure are tried again. Subclasses match too.
RETRY_POLICY = ExceptionRetryPolicy(
    [RetryRule("pipelines.core.errors.PermanentError", action=RetryAction.FAIL, reason="a retry cannot help")]
)


def line() -> Line:
    """The stages, speaking into the task's log. For the body of a task only: what it imports is too
    heavy for whoever reads a DAG file."""
    from pipelines.line import Line

    return Line.from_environment(logging.getLogger("perennial").info, tell=_notify)


def _notify(notice: Notice) -> tuple[str, ...]:
    """By mail and by webhook, where an Airflow connection says how; without one nothing is sent."""
    from pipelines.integrations.notifiers import KINDS, notify

    connections = {}
    for name in KINDS:
        with suppress(AirflowNotFoundException):
            connections[name] = Connection.get(name).get_uri()
    return notify(notice, connections)


def inbox_of(contract: Contract) -> Asset:
    """What changes when a complete upload of a source waits; the triggerer watches it."""
    source = contract.source
    trigger = InboxTrigger(source=source, contract=contract.digest)
    watcher = AssetWatcher(name=f"watch_{source}", trigger=trigger)
    return Asset(name=f"inbox_{source}", uri=f"perennial://inbox/{source}", watchers=[watcher])


def data_of(model: str) -> Asset:
    """What changes when a source or the golden set of a model has a new snapshot.

    One asset a model, not one a source: several assets in one partitioned schedule wait for each other.
    """
    return Asset(name=f"data_of_{model}", uri=f"perennial://data/{model}")


def arguments(stage: str, subject: Contract | ModelSpec, *, owner: str, file: str) -> dict[str, Any]:
    """The arguments of the DAG that runs a stage for one subject.

    Its page is the Markdown file beside the DAG's `file`, in which {name} and {subject} are filled in.
    """
    name = subject.source if isinstance(subject, Contract) else subject.name
    page = Path(file).with_suffix(".md").read_text(encoding="utf-8")
    return {
        "dag_id": f"{stage}__{name}",
        "description": subject.description,
        "doc_md": page.format(name=name, subject=subject),
        "tags": ["perennial", stage, name],
        "catchup": False,
        "max_active_runs": 1,
        "is_paused_upon_creation": False,
        "default_args": {
            "owner": owner,
            "retries": 3,
            # About 5, 20 and 80 seconds: long enough for a service that the supervisor starts again.
            "retry_delay": timedelta(seconds=5),
            "retry_exponential_backoff": 4,
            "retry_policy": RETRY_POLICY,
        },
    }
