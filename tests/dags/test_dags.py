"""The DAGs as Airflow reads them, in a process of its own: no other test meets Airflow's settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.specs import contracts, models

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "transformers", "peft", "trl", "mlflow", "great_expectations", "datasets", "dvc", "pandas"}
SOURCES, MODELS = contracts(ROOT), models(ROOT)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("airflow")
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
    }
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(Path(__file__).with_name("read_dags.py")), str(ROOT)],
        env=inherited | own,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    assert lines, done.stdout[-2000:] + done.stderr[-2000:]
    result: dict[str, Any] = json.loads(lines[-1].removeprefix("FOUND "))
    return result


def test_every_dag_file_is_read_without_an_error(found: dict[str, Any]) -> None:
    assert found["errors"] == {}


def test_each_source_and_each_model_has_its_dags_and_nothing_else_is_one(found: dict[str, Any]) -> None:
    wanted = {f"ingest__{s}" for s in SOURCES}
    wanted |= {f"{stage}__{m}" for m in MODELS for stage in ("retrain", "reconcile", "catch_up")}
    assert set(found["dags"]) == wanted
    assert {d["file"].split("/")[0] for d in found["dags"].values()} == {"dags"}


def test_reading_the_dags_loads_no_heavy_library(found: dict[str, Any]) -> None:
    assert not HEAVY & {name.split(".")[0] for name in found["loaded"]}


def test_the_tasks_are_the_stages_in_their_order(found: dict[str, Any]) -> None:
    for source in SOURCES:
        assert list(found["dags"][f"ingest__{source}"]["tasks"]) == ["ingest", "validate", "snapshot"]
    for model in MODELS:
        tasks = found["dags"][f"retrain__{model}"]["tasks"]
        needs = {
            "compose": [],
            "baseline": ["compose"],
            "train": ["baseline", "compose"],
            "evaluate": ["compose", "train"],
            "gate": ["compose", "evaluate", "train"],
            "promote": ["gate"],
            "deploy": ["promote"],
        }
        assert {name: sorted(task["upstream"]) for name, task in tasks.items()} == needs


def test_a_model_that_asks_a_person_has_a_review_between_gate_and_promote(found: dict[str, Any]) -> None:
    reviewed = found["reviewed"]
    assert reviewed["errors"] == {}
    for model in MODELS:
        automatic = found["dags"][f"retrain__{model}"]["tasks"]
        tasks = reviewed["dags"][f"retrain__{model}"]["tasks"]
        assert set(tasks) - set(automatic) == {"review"}
        assert tasks["review"]["upstream"] == ["gate"]
        assert sorted(tasks["promote"]["upstream"]) == ["gate", "review"]
        assert tasks["review"]["window_s"] == 48 * 3600
        assert tasks["review"]["doc"]


def test_every_task_fits_into_its_pool(found: dict[str, Any]) -> None:
    pools = json.loads((ROOT / "infra/local/pools.json").read_text())
    slots = {name: pool["slots"] for name, pool in pools.items()} | {"default_pool": 128}
    for dag in found["dags"].values():
        for name, task in dag["tasks"].items():
            assert task["slots"] <= slots[task["pool"]], name


def test_whatever_needs_a_model_waits_for_the_gpu_pool(found: dict[str, Any]) -> None:
    for model in MODELS:
        tasks = found["dags"][f"retrain__{model}"]["tasks"]
        assert {n for n, t in tasks.items() if t["pool"] == "gpu"} == {"baseline", "train", "evaluate"}


def test_every_dag_is_owned_documented_tagged_and_runs_once_at_a_time(found: dict[str, Any]) -> None:
    for dag_id, dag in found["dags"].items():
        stage, name = dag_id.split("__")
        assert {"perennial", stage, name} == set(dag["tags"])
        assert len(dag["doc"]) > 100
        assert "{" not in dag["doc"]
        assert dag["once_at_a_time"]
        owner = SOURCES[name].steward if name in SOURCES else MODELS[name].owner
        for task in dag["tasks"].values():
            assert task["owner"] == owner
            assert task["doc"]


def test_infrastructure_errors_are_tried_again_and_permanent_ones_are_not(found: dict[str, Any]) -> None:
    for dag in found["dags"].values():
        for task in dag["tasks"].values():
            assert task["retries"] == 3
            (rule,) = task["policy"]["rules"]
            assert (rule["exception"], rule["action"], rule["match_subclasses"]) == (
                "pipelines.core.errors.PermanentError",
                "fail",
                True,
            )


def test_a_snapshot_wakes_exactly_the_models_that_use_its_source(found: dict[str, Any]) -> None:
    for source in SOURCES:
        users = {f"data_of_{m.name}" for m in MODELS.values() if source in (*m.sources, m.golden)}
        assert set(found["dags"][f"ingest__{source}"]["tasks"]["snapshot"]["outlets"]) == users
    for model in MODELS:
        dag = found["dags"][f"retrain__{model}"]
        assert (dag["timetable"], dag["assets"]) == ("PartitionedAssetTimetable", [f"data_of_{model}"])


def test_every_inbox_has_a_watcher_of_its_own(found: dict[str, Any]) -> None:
    for source in SOURCES:
        dag = found["dags"][f"ingest__{source}"]
        assert dag["timetable"] == "AssetOrTimeSchedule"
        (watcher,) = dag["watchers"]
        assert watcher["classpath"] == "pipelines.scheduling.inbox.InboxTrigger"
        assert watcher["kwargs"]["source"] == source
