"""A dataset walks down the whole line in memory: the same stages and decisions, shipped fakes around."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from memory_world import EDITION_1, EDITION_2, MINUTE, TOPICS, Walk, World

from pipelines.core.errors import DataError, Refused, UsageError
from pipelines.integrations.memory_models import MemoryServed


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    return Walk(World(tmp_path))


@pytest.fixture
def live(walk: Walk) -> Walk:
    """Edition 1 is in production."""
    walk.world.drop_rules(EDITION_1)
    walk.world.drop_golden(EDITION_1)
    assert walk.ingest("rules")
    assert walk.ingest("rules_golden")
    assert walk.retrain() == "PASS"
    return walk


def test_an_upload_becomes_a_production_model_and_the_next_one_replaces_it(live: Walk) -> None:
    assert live.version() == 1
    live.world.drop_rules(EDITION_2)
    live.world.drop_golden(EDITION_2)
    assert live.ingest("rules")
    assert live.ingest("rules_golden")
    assert live.retrain() == "PASS"
    assert live.version() == 2
    assert live.world.model_registry.aliases("desk")["champion"] == "2"
    assert live.retrain() is None


def test_a_broken_upload_is_answered_and_trains_nothing(live: Walk) -> None:
    live.world.store.put("inbox/rules/rows.csv", b"question,answer\nHow much?,\n")
    live.world.clock.advance(MINUTE)
    with pytest.raises(DataError, match="outbox/rules/"):
        live.ingest("rules")
    letters = [o.key for o in live.world.store.list("outbox/rules/")]
    assert sum(key.endswith("errors.csv") for key in letters) == 1
    assert sum(key.endswith("report.html") for key in letters) == 2
    assert live.line.pending("rules") is None
    assert live.retrain() is None
    assert live.version() == 1


def test_the_same_content_twice_is_one_run(walk: Walk) -> None:
    walk.world.drop_rules(EDITION_1)
    assert walk.ingest("rules")
    walk.world.drop_rules(EDITION_1)
    assert walk.line.pending("rules")
    assert walk.ingest("rules") is None
    assert walk.line.pending("rules") is None


def test_the_same_files_under_a_new_contract_are_checked_again(walk: Walk) -> None:
    walk.world.drop_rules(EDITION_1)
    assert walk.ingest("rules")
    contract = walk.world.contracts["rules"]
    walk.world.contracts["rules"] = contract.model_copy(update={"version": "2.0.0"})
    walk.world.drop_rules(EDITION_1)
    assert walk.ingest("rules")


def test_production_leads_back_to_the_rows_it_was_trained_on(live: Walk) -> None:
    champion = live.world.standing("desk").champion
    assert champion is not None
    stored = live.world.store.get(f"values/TrainingSet/{champion.candidate.training_set}.json")
    assert stored is not None
    assert json.loads(stored)["rows"] == len(TOPICS)


STEPS: dict[str, Callable[[Walk], object]] = {
    "ingest": lambda w: w.line.ingest("rules"),
    "compose": lambda w: w.line.compose("desk"),
    "judge": lambda w: w.judge(),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_stage_that_runs_again_gives_the_same_result(walk: Walk, step: str) -> None:
    walk.world.drop_rules(EDITION_1)
    walk.world.drop_golden(EDITION_1)
    if step != "ingest":
        walk.ingest("rules")
        walk.ingest("rules_golden")
    assert STEPS[step](walk) == STEPS[step](walk) is not None


def test_an_upload_overtaken_by_a_newer_one_never_becomes_current(walk: Walk) -> None:
    walk.world.drop_rules(EDITION_1)
    upload = walk.line.ingest("rules")
    assert upload is not None
    report = walk.line.validate("rules", upload)
    walk.world.drop_rules(EDITION_2)
    assert walk.line.ingest("rules") not in (None, upload)
    with pytest.raises(Refused, match="taken last"):
        walk.line.snapshot("rules", report)
    assert walk.world.intake("rules").current is None


def test_an_upload_whose_contract_changed_before_its_snapshot_is_checked_again(walk: Walk) -> None:
    walk.world.drop_rules(EDITION_1)
    upload = walk.line.ingest("rules")
    assert upload is not None
    report = walk.line.validate("rules", upload)
    contract = walk.world.contracts["rules"]
    walk.world.contracts["rules"] = contract.model_copy(update={"version": "2.0.0"})
    with pytest.raises(Refused, match="contract that its rows were checked by"):
        walk.line.snapshot("rules", report)
    assert walk.line.pending("rules")
    assert walk.ingest("rules")


def test_publishing_a_snapshot_again_changes_nothing(walk: Walk) -> None:
    walk.world.drop_rules(EDITION_1)
    upload = walk.line.ingest("rules")
    assert upload is not None
    report = walk.line.validate("rules", upload)
    first = walk.line.snapshot("rules", report)
    entries = walk.world.ingest_ledger("rules").entries()
    assert walk.line.snapshot("rules", report) == first
    assert walk.world.ingest_ledger("rules").entries() == entries


def test_a_rejected_report_never_becomes_a_snapshot(walk: Walk) -> None:
    walk.world.store.put("inbox/rules/rows.csv", b"question,answer\nHow much?,\n")
    walk.world.clock.advance(MINUTE)
    upload = walk.line.ingest("rules")
    assert upload is not None
    with pytest.raises(DataError):
        walk.line.validate("rules", upload)
    settled = walk.world.intake("rules").settled
    assert settled is not None
    with pytest.raises(DataError, match="only accepted rows"):
        walk.line.snapshot("rules", settled.report)


def test_a_run_waits_for_an_upload_on_its_way_but_not_for_ever(live: Walk) -> None:
    live.world.drop_rules(EDITION_2)
    live.ingest("rules")
    live.world.drop_golden(EDITION_2)
    began = live.world.clock.now()
    assert live.line.compose("desk")
    assert live.world.clock.now() - began >= MINUTE
    assert "rules_golden" in live.said[-1]
    live.ingest("rules_golden")
    assert live.retrain() == "PASS"


def test_data_without_a_decision_is_overdue_until_it_is_judged(walk: Walk) -> None:
    assert walk.line.overdue("desk") is None
    walk.world.drop_rules(EDITION_1)
    walk.world.drop_golden(EDITION_1)
    walk.ingest("rules")
    walk.ingest("rules_golden")
    assert walk.line.overdue("desk")
    assert walk.retrain() == "PASS"
    assert walk.line.overdue("desk") is None


def test_a_rollback_goes_to_the_version_before_and_the_blocked_one_never_returns(live: Walk) -> None:
    live.world.drop_rules(EDITION_2)
    live.world.drop_golden(EDITION_2)
    live.ingest("rules")
    live.ingest("rules_golden")
    live.retrain()
    assert live.line.rollback("desk", 2, "wrong amounts") == "desk-v1 is champion"
    assert live.world.model_registry.aliases("desk") == {"champion": "1", "anchor": "1"}
    assert live.line.overdue("desk") is None
    assert live.line.rollback("desk", 1, "worse still") == "desk has no champion any more"
    with pytest.raises(UsageError, match="only a version that was promoted"):
        live.line.rollback("desk", 9, "unknown")


def test_a_refused_version_is_rolled_back_in_ledger_and_registry(walk: Walk) -> None:
    walk.world.drop_rules(EDITION_1)
    walk.world.drop_golden(EDITION_1)
    walk.ingest("rules")
    walk.ingest("rules_golden")
    decision = walk.judge()
    assert decision is not None
    version = walk.line.promote(decision)
    walk.world.target.state = MemoryServed(refused={version: "wrong base"})
    with pytest.raises(Refused, match="wrong base"):
        walk.line.deploy("desk", version)
    assert walk.version() is None
    assert walk.world.model_registry.aliases("desk") == {}
