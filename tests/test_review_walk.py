"""The line with people in it: what they are asked, what they answer, and what follows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from memory_world import EDITION_1, EDITION_2, Walk, World

from pipelines.core.errors import Refused
from pipelines.core.reviewing import Reviewing


@pytest.fixture
def live(tmp_path: Path) -> Walk:
    """Edition 1 is in production; the model asks for a veto window of two hours."""
    walk = Walk(World(tmp_path))
    spec = walk.world.models["desk"].model_copy(update={"review": Reviewing(mode="veto", hours=2)})
    walk.world.models = {"desk": spec}
    drop(walk, EDITION_1)
    assert walk.retrain() == "PASS"
    return walk


def drop(walk: Walk, edition: dict[str, str]) -> None:
    walk.world.drop_rules(edition)
    walk.world.drop_golden(edition)
    walk.ingest("rules")
    walk.ingest("rules_golden")


@pytest.fixture
def decision(live: Walk) -> str:
    """The passed decision on edition 2, not carried out yet."""
    drop(live, EDITION_2)
    found = live.judge()
    assert found is not None
    return found


def test_the_question_holds_the_verdict_every_reason_and_where_the_rest_is(live: Walk, decision: str) -> None:
    question = live.line.question(decision)
    assert question is not None
    assert "PASS" in question
    for reason in live.line.verdict(decision).reasons:
        assert reason.rule in question
    assert f"memory://registry/#/runs/{decision}" in question


def test_nobody_is_asked_about_what_is_in_production_already(live: Walk) -> None:
    live.world.drop_golden(dict(list(EDITION_1.items())[:190]))
    live.ingest("rules_golden")
    again = live.judge()
    assert again is not None
    assert live.line.verdict(again).verdict == "PASS"
    assert live.line.question(again) is None


def test_a_refusal_keeps_the_candidate_out_and_ends_the_matter(live: Walk, decision: str) -> None:
    live.line.refuse(decision, "wrong tone", by="alice")
    with pytest.raises(Refused, match="alice refused it"):
        live.line.promote(decision)
    assert live.version() == 1
    assert live.line.overdue("desk") is None
    assert live.retrain() is None


def test_a_run_that_died_after_the_yes_is_carried_out_by_the_next_without_asking(
    live: Walk, decision: str
) -> None:
    live.line.approve(decision, "", by="alice", at=live.world.clock.now())
    assert live.line.overdue("desk")
    assert live.judge() == decision
    assert live.line.question(decision) is None
    assert live.retrain() == "PASS"
    assert live.version() == 2
    tag = live.world.model_registry.tag("desk", "2", "a_approved_by")
    assert tag is not None
    assert tag.startswith("alice, 2026-01-01")


def test_nothing_is_overdue_while_an_answer_may_still_come(live: Walk, decision: str) -> None:
    assert live.line.overdue("desk") is None
    live.world.clock.advance(timedelta(hours=2))
    assert live.line.overdue("desk")
    assert live.retrain() == "PASS"
    assert live.version() == 2


def test_a_veto_in_the_registry_takes_production_back_and_the_steward_reads_it(
    live: Walk, decision: str
) -> None:
    assert live.line.promote(decision) == 2
    live.world.model_registry.set_tag("desk", "2", "a_review", "veto")
    assert any("a reviewer vetoed it" in said for said in live.line.reconcile("desk"))
    assert live.version() == 1
    upload = live.world.intake("rules").settled
    assert upload is not None
    letter = live.world.store.get(f"outbox/rules/{upload.upload[:12]}/report.html")
    assert letter is not None
    assert b"taken back from production" in letter
