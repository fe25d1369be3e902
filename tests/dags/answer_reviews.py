"""Prints, as JSON, what became of decisions that a person was asked about: `python answer_reviews.py`.

Each runs as a DAG of the tasks `review` and `promote` around the line in memory. The answer is given by the
function behind Airflow's own API, and a missing one by its scheduler. Run it with an AIRFLOW_HOME of its own.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import SimpleNamespace
from typing import Any

logging.disable(logging.CRITICAL)
sys.path.insert(0, str(Path(__file__).parents[1]))

from waiting import wait_for  # noqa: E402 - the tests' own folder


def a_walk(folder: Path) -> tuple[Any, Any]:
    """The line in memory with edition 1 in production and edition 2 judged, and the decision's digest."""
    from memory_world import EDITION_1, EDITION_2, Walk, World

    walk = Walk(World(folder))
    decision = None
    for edition in (EDITION_1, EDITION_2):
        walk.world.drop_rules(edition)
        walk.world.drop_golden(edition)
        walk.ingest("rules")
        walk.ingest("rules_golden")
        if edition is EDITION_1:
            walk.retrain()
        else:
            decision = walk.judge()
    return walk, decision


def run(mode: str, answer: Callable[[Any], None], folder: Path) -> dict[str, Any]:
    """What a DAG run came to; `answer` gets a look at what is asked."""
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
    from airflow.sdk import DAG, task

    import pipelines.scheduling.review as reviewing
    from pipelines.core.reviewing import Reviewing

    walk, decision = a_walk(folder)
    reviewing.line = lambda: walk.line
    review = Reviewing(mode=mode, hours=0.0003)
    spec = walk.world.models["desk"].model_copy(update={"review": review})
    with DAG(dag_id=f"retrain_{folder.name.replace('-', '_')}") as dag:

        @task
        def gate() -> str:
            return decision

        @task
        def promote(decision: str, answer: Any) -> int:
            return reviewing.carry_out(decision, answer)

        made = gate()
        promote(made, reviewing.review_of(spec, made))
    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags-folder")
    bag.bag_dag(dag)
    sync_bag_to_db(bag, "dags-folder", None)
    asked: list[dict[str, Any]] = []
    person = Thread(target=when_asked, args=(dag.dag_id, answer, asked), daemon=True)
    person.start()
    done = dag.test()
    standing = walk.world.standing("desk")
    return {
        "asked": asked,
        "tasks": {t.task_id: str(t.state) for t in done.get_task_instances()},
        "version": standing.champion.version,
        "refusal": standing.refusal.model_dump(mode="json") if standing.refusal else None,
        "approvals": {version: yes.by for version, yes in standing.approvals.items()},
        "decision": decision,
    }


def when_asked(dag_id: str, answer: Callable[[Any], None], asked: list[dict[str, Any]]) -> None:
    """Waits until the task awaits an answer, then lets somebody answer; without one no run ends."""
    try:
        answer(wait_for(lambda: waiting(dag_id, asked), 60, "a question"))
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def waiting(dag_id: str, asked: list[dict[str, Any]]) -> Any:
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        query = select(TaskInstance).where(TaskInstance.dag_id == dag_id, TaskInstance.task_id == "review")
        found = session.scalar(query)
        if found is None or found.state != "awaiting_input":
            return None
        detail = session.get(HITLDetail, found.id)
        asked.append({name: getattr(detail, name) for name in ("subject", "body", "options", "defaults")})
        return SimpleNamespace(dag_id=dag_id, run_id=found.run_id)


def alice(option: str, reason: str | None) -> Callable[[Any], None]:
    """Somebody who answers through the API."""

    def answer(place: Any) -> None:
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
        from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
        from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail
        from airflow.utils.session import create_session

        with create_session() as session:
            update_hitl_detail(
                dag_id=place.dag_id,
                dag_run_id=place.run_id,
                task_id="review",
                update_hitl_detail_payload=UpdateHITLDetailPayload(
                    chosen_options=[option], params_input={"reason": reason}
                ),
                user=SimpleAuthManagerUser(username="alice", role="op"),
                session=session,
            )

    return answer


def nobody(_: Any) -> None:
    """The scheduler, when the window has ended."""
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import select

    sweep = SimpleNamespace(log=logging.getLogger("sweep"))

    def swept() -> bool:
        SchedulerJobRunner.check_awaiting_input_timeouts(sweep)
        with create_session() as session:
            return not session.scalars(
                select(TaskInstance).where(TaskInstance.state == "awaiting_input")
            ).all()

    wait_for(swept, 60, "the end of the window")


CASES: dict[str, tuple[str, Callable[[Any], None]]] = {
    "refused": ("approval", alice("Refuse", "wrong tone")),
    "approved": ("approval", alice("Promote", None)),
    "unanswered": ("veto", nobody),
}


def main() -> None:
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.utils.db import initdb

    initdb()
    DagBundlesManager().sync_bundles_to_db()
    with TemporaryDirectory() as folder:
        found = {}
        for number, (name, (mode, answer)) in enumerate(CASES.items()):
            place = Path(folder) / f"case{number}"
            place.mkdir()
            found[name] = run(mode, answer, place)
    print("FOUND " + json.dumps(found, default=str))


if __name__ == "__main__":
    main()
