"""People answer in Airflow itself: its own operator, API and scheduler, around the line in memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("airflow")
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
    }
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("AIRFLOW")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(Path(__file__).with_name("answer_reviews.py"))],
        env=inherited | own,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=400,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    assert lines, done.stdout[-2000:] + done.stderr[-2000:]
    result: dict[str, Any] = json.loads(lines[-1].removeprefix("FOUND "))
    return result


def test_a_person_reads_the_verdict_the_reasons_and_what_follows_from_silence(found: dict[str, Any]) -> None:
    approval, veto = (found[name]["asked"][0] for name in ("refused", "unanswered"))
    assert approval["subject"] == "May the new desk go into production?"
    assert approval["options"] == ["Promote", "Refuse"]
    for word in ("PASS", "non-inferiority", "in MLflow](memory://", "it is refused"):
        assert word in approval["body"], word
    assert "it goes into production" in veto["body"]
    assert (approval["defaults"], veto["defaults"]) == (["Refuse"], ["Promote"])


def test_a_refusal_is_kept_with_who_said_it_and_why(found: dict[str, Any]) -> None:
    run = found["refused"]
    assert run["tasks"] == {"gate": "success", "review": "success", "promote": "skipped"}
    assert run["version"] == 1
    assert (run["refusal"]["by"], run["refusal"]["reason"]) == ("alice", "wrong tone")
    assert run["refusal"]["decision"] == run["decision"]


def test_an_approval_ends_in_production_and_is_kept_with_who_said_it(found: dict[str, Any]) -> None:
    run = found["approved"]
    assert run["tasks"] == {"gate": "success", "review": "success", "promote": "success"}
    assert (run["version"], run["approvals"]) == (2, {"2": "alice"})


def test_a_veto_window_that_nobody_used_ends_in_production_approved_by_nobody(found: dict[str, Any]) -> None:
    run = found["unanswered"]
    assert run["tasks"] == {"gate": "success", "review": "success", "promote": "success"}
    assert (run["version"], run["refusal"], run["approvals"]) == (2, None, {})
