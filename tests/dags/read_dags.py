"""Prints, as JSON, what Airflow's scheduler sees in a project: `python read_dags.py PROJECT`.

Every DAG makes the round trip through its serialised form. Run it with an AIRFLOW_HOME of its own.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

logging.disable(logging.CRITICAL)


def facts_of(dag: Any, seen: Any) -> dict[str, Any]:
    condition = getattr(seen.timetable, "asset_condition", None)
    assets = [asset for _, asset in condition.iter_assets()] if condition else []
    once = (seen.max_active_runs, seen.catchup, dag.is_paused_upon_creation) == (1, False, False)
    return {
        "file": dag.relative_fileloc,
        "doc": seen.doc_md,
        "tags": sorted(seen.tags),
        "once_at_a_time": once,
        "timetable": type(seen.timetable).__name__,
        "assets": [asset.name for asset in assets],
        "watchers": [watcher.trigger for asset in assets for watcher in asset.watchers],
        "tasks": {task.task_id: facts_of_task(dag.task_dict[task.task_id], task) for task in seen.tasks},
    }


def facts_of_task(task: Any, seen: Any) -> dict[str, Any]:
    return {
        "owner": seen.owner,
        "retries": seen.retries,
        "policy": task.retry_policy.serialize(),
        "pool": seen.pool,
        "slots": seen.pool_slots,
        "doc": seen.doc_md,
        "upstream": sorted(seen.upstream_task_ids),
        "outlets": [asset.name for asset in task.outlets],
        "window_s": timeout.total_seconds() if (timeout := getattr(task, "response_timeout", None)) else None,
    }


def main(project: Path) -> None:
    from airflow.utils.db import initdb

    initdb()
    before = set(sys.modules)
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.serialization.serialized_objects import DagSerialization

    def read() -> Any:
        bag = BundleDagBag(project, bundle_path=project, bundle_name="perennial")
        dags = {
            dag.dag_id: facts_of(dag, DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)))
            for dag in bag.dags.values()
        }
        return {"errors": bag.import_errors, "dags": dags}

    found = read()
    found["loaded"] = sorted(set(sys.modules) - before)
    ask_a_person()
    found["reviewed"] = read()
    print("FOUND " + json.dumps(found))


def ask_a_person() -> None:
    """From here on every declared model asks for an approval."""
    from pipelines import specs
    from pipelines.core.reviewing import Reviewing

    declared, review = specs.models, Reviewing(mode="approval", hours=48)
    specs.models = lambda project: {
        name: spec.model_copy(update={"review": review}) for name, spec in declared(project).items()
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
