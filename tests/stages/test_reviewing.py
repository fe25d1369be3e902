"""What reviewers do counts: a veto takes a version back, a refusal keeps a candidate out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from workbench import EDITION_1, EDITION_2, Workbench, wrong

from pipelines.core.answer import APPROVAL, REFUSAL
from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.errors import Refused
from pipelines.core.promotion import ROLLBACK
from pipelines.core.value import sha256_hex
from pipelines.stages.promote import approve, promote, refuse

AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def live(tmp_path: Path) -> Workbench:
    """Edition 1 is in production as version 1."""
    bench = Workbench(tmp_path)
    bench.drop_rules(EDITION_1)
    bench.drop_golden(EDITION_1)
    bench.retrain()
    return bench


@pytest.fixture
def second(live: Workbench) -> Workbench:
    """Edition 2 is in production as version 2."""
    next_edition(live)
    live.retrain()
    return live


def next_edition(bench: Workbench) -> None:
    bench.drop_rules(EDITION_2)
    bench.drop_golden(EDITION_2)


def judged(bench: Workbench) -> tuple[Candidate, GateDecision]:
    next_edition(bench)
    plan = bench.compose()
    assert plan is not None
    return bench.judge(plan)


def refused(bench: Workbench, decision: GateDecision, by: str | None = "alice") -> None:
    refuse(decision, by=by, at=AT, reason="wrong tone", ledger=bench.ledger)


def approved(bench: Workbench, decision: GateDecision, by: str = "alice") -> None:
    approve(decision, by=by, at=AT, reason="reads well", ledger=bench.ledger)


def test_a_new_version_waits_for_nobodys_review_and_is_shown_as_pending(live: Workbench) -> None:
    assert live.registry.tag("desk", "1", "a_review") == "pending"
    live.registry.set_tag("desk", "1", "a_review", "approve")
    live.project()
    assert live.registry.tag("desk", "1", "a_review") == "approve"


@pytest.mark.parametrize("said", ["veto", " Veto "])
def test_a_veto_on_the_champion_takes_it_back_for_ever(second: Workbench, said: str) -> None:
    second.registry.set_tag("desk", "2", "a_review", said)
    assert "version 2 of desk is taken back: a reviewer vetoed it" in second.project()
    assert second.champion.version == 1
    assert second.registry.aliases("desk") == {"champion": "1", "anchor": "1"}
    assert second.registry.tag("desk", "2", "a_state") == "rolled_back"
    entry = second.ledger.entries()[-1]
    assert (entry.kind, entry.body["reason"]) == (ROLLBACK, "vetoed by a reviewer in MLflow")
    second.registry.set_tag("desk", "2", "a_review", "approve")
    assert second.project() == ()
    assert second.champion.version == 1
    assert second.retrain() is None


def test_production_never_goes_back_to_a_version_that_is_vetoed_too(second: Workbench) -> None:
    second.registry.set_tag("desk", "1", "a_review", "veto")
    second.project()
    assert second.champion.version == 2
    assert second.registry.aliases("desk") == {"champion": "2", "anchor": "2"}
    second.registry.set_tag("desk", "2", "a_review", "veto")
    second.project()
    assert second.standing.champion is None
    assert second.registry.aliases("desk") == {}


def test_two_vetoes_at_once_are_heeded_from_the_oldest_on(second: Workbench) -> None:
    for version in ("1", "2"):
        second.registry.set_tag("desk", version, "a_review", "veto")
    second.project()
    assert [e.body["version"] for e in second.ledger.entries() if e.kind == ROLLBACK] == [1, 2]


@pytest.mark.parametrize("said", ["approve", "champion", ""])
def test_no_other_word_of_the_tag_moves_anything(second: Workbench, said: str) -> None:
    second.registry.set_tag("desk", "1", "a_review", said)
    assert second.project() == ()
    assert second.champion.version == 2


def test_a_refused_candidate_is_not_promoted_and_its_data_is_answered(live: Workbench) -> None:
    candidate, decision = judged(live)
    refused(live, decision)
    with pytest.raises(Refused, match="alice refused it: wrong tone"):
        promote(decision, candidate, ledger=live.ledger)
    assert live.champion.version == 1
    assert live.compose() is None


def test_refusing_again_changes_nothing(live: Workbench) -> None:
    _, decision = judged(live)
    refused(live, decision)
    refused(live, decision, by="bob")
    assert live.kinds().count(REFUSAL) == 1
    refusal = live.standing.refusal
    assert refusal is not None
    assert (refusal.by, refusal.at) == ("alice", AT)


def test_an_approval_is_kept_once_and_stands_on_the_page_of_the_version(live: Workbench) -> None:
    candidate, decision = judged(live)
    approved(live, decision)
    approved(live, decision, by="bob")
    assert live.champion.version == 1
    promote(decision, candidate, ledger=live.ledger)
    live.project()
    assert live.kinds().count(APPROVAL) == 1
    tag = live.registry.tag("desk", "2", "a_approved_by")
    assert tag == "alice, 2026-01-02 00:00 UTC: reads well"
    assert live.registry.tag("desk", "1", "a_approved_by") is None


def test_an_approval_is_repeated_safely_after_a_newer_decision(live: Workbench) -> None:
    candidate, decision = judged(live)
    approved(live, decision)
    promotion = promote(decision, candidate, ledger=live.ledger)
    live.drop_rules(wrong(EDITION_2, every=2))
    assert live.retrain()
    kept = live.kinds()
    approved(live, decision)
    assert promote(decision, candidate, ledger=live.ledger) == promotion
    assert live.kinds() == kept


def test_the_same_decision_made_again_needs_an_answer_of_its_own(live: Workbench) -> None:
    candidate, decision = judged(live)
    approved(live, decision)
    promote(decision, candidate, ledger=live.ledger)
    live.drop_golden(EDITION_1)
    live.drop_rules(EDITION_1)
    assert live.retrain()
    next_edition(live)
    assert live.retrain() == decision
    assert live.champion.version == 4
    assert {version: yes.by for version, yes in live.standing.approvals.items()} == {2: "alice"}


def test_a_later_no_keeps_an_approved_candidate_out_and_silence_does_not(live: Workbench) -> None:
    candidate, decision = judged(live)
    approved(live, decision)
    with pytest.raises(Refused, match="silence does not undo"):
        refused(live, decision, by=None)
    refused(live, decision, by="bob")
    with pytest.raises(Refused, match="bob refused it"):
        promote(decision, candidate, ledger=live.ledger)


def test_an_approver_who_was_written_by_hand_is_taken_off_the_page(second: Workbench) -> None:
    second.registry.set_tag("desk", "2", "a_approved_by", "mallory")
    assert second.project() == ("tag a_approved_by of version 2 of desk said: mallory",)
    assert second.registry.tag("desk", "2", "a_approved_by") == ""
    assert second.project() == ()


def test_nobody_approves_what_did_not_pass_or_was_refused(live: Workbench) -> None:
    live.drop_rules(wrong(EDITION_1, every=2))
    plan = live.compose()
    assert plan is not None
    _, failed = live.judge(plan)
    with pytest.raises(Refused, match="only a candidate that passed"):
        approved(live, failed)
    _, decision = judged(live)
    refused(live, decision)
    with pytest.raises(Refused, match="alice refused it"):
        approved(live, decision, by="bob")


def test_new_data_is_judged_and_asked_about_again_after_a_refusal(live: Workbench) -> None:
    _, decision = judged(live)
    refused(live, decision)
    live.drop_golden(EDITION_1)
    live.drop_rules(EDITION_1)
    assert live.retrain()
    next_edition(live)
    assert live.retrain() == decision
    assert live.champion.candidate.digest == decision.candidate


def test_a_refusal_holds_against_the_champion_it_was_made_against(second: Workbench) -> None:
    second.drop_rules(EDITION_1)
    second.drop_golden(EDITION_1)
    plan = second.compose()
    assert plan is not None
    _, decision = second.judge(plan)
    refused(second, decision)
    assert second.compose() is None
    second.registry.set_tag("desk", "2", "a_review", "veto")
    second.project()
    # Version 1 is champion now, which is the refused candidate itself: there is nothing left to ask.
    assert second.champion.candidate.digest == decision.candidate


def test_a_decision_that_was_carried_out_cannot_be_refused(live: Workbench) -> None:
    candidate, decision = judged(live)
    promote(decision, candidate, ledger=live.ledger)
    with pytest.raises(Refused, match="perennial rollback desk 2"):
        refused(live, decision)


def test_only_the_newest_passed_decision_can_be_refused(live: Workbench) -> None:
    _, decision = judged(live)
    live.drop_rules(wrong(EDITION_2, 3))
    live.retrain()
    with pytest.raises(Refused, match="only the newest decision"):
        refused(live, decision)
    failed = live.standing.last_decision
    assert failed is not None
    with pytest.raises(Refused, match="a decision that says FAIL"):
        refused(live, failed)


def test_the_values_beside_a_report_have_the_digests_that_the_decision_names(live: Workbench) -> None:
    decision = live.standing.last_decision
    assert decision is not None
    _, files = live.registry.models["desk"].runs[decision.digest]
    named = {
        "decision": decision.digest,
        "candidate": decision.candidate,
        "training_set": decision.training_set,
        "golden_set": decision.golden,
        "model_spec": decision.spec,
    }
    assert {name: sha256_hex(files[f"{name}.json"]) for name in named} == named
    assert b"Tell me topic" in files["report.html"]
