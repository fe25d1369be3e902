"""The model half of the line: what is trained, judged and promoted, and what never is."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples import a_contract, a_spec, sha
from workbench import EDITION_1, EDITION_2, TOPICS, Workbench, wrong

from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.errors import DataError, Refused
from pipelines.core.plan import Plan
from pipelines.core.promotion import ROLLBACK, Rollback
from pipelines.core.training_set import Example, TrainingSet
from pipelines.stages.deploy import rollback
from pipelines.stages.promote import promote
from pipelines.stages.scoring import base_of


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


@pytest.fixture
def live(bench: Workbench) -> Workbench:
    """Edition 1 is in production."""
    bench.drop_rules(EDITION_1)
    bench.drop_golden(EDITION_1)
    decision = bench.retrain()
    assert decision is not None
    assert decision.verdict == "PASS", decision.why
    return bench


def next_edition_judged(live: Workbench) -> tuple[Plan, Candidate, GateDecision]:
    """A run on edition 2 that ended after its decision and before its promotion."""
    live.drop_rules(EDITION_2)
    live.drop_golden(EDITION_2)
    plan = live.compose()
    assert plan is not None
    return plan, *live.judge(plan)


def test_a_model_waits_until_its_data_and_its_golden_set_are_there(bench: Workbench) -> None:
    bench.drop_rules(EDITION_1)
    assert bench.compose() is None
    bench.drop_golden(EDITION_1)
    assert bench.compose() is not None


def test_the_smallest_rung_that_is_good_enough_is_judged(live: Workbench) -> None:
    assert live.trainer.runs == ["small", "large"]
    assert live.champion.candidate.base == "large"


def test_no_larger_rung_is_trained_once_one_is_good_enough(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, a_spec())
    bench.drop_rules(EDITION_1)
    bench.drop_golden(EDITION_1)
    bench.retrain()
    assert bench.trainer.runs == ["small"]


def test_when_no_rung_is_good_enough_the_best_is_judged_and_refused(bench: Workbench) -> None:
    bench.drop_rules(wrong(EDITION_1, 2))
    bench.drop_golden(EDITION_1)
    decision = bench.retrain()
    assert decision is not None
    assert decision.verdict == "FAIL"
    assert bench.standing.champion is None
    assert any("below the minimum" in why for why in decision.why)


def test_the_next_edition_replaces_the_first(live: Workbench) -> None:
    live.drop_rules(EDITION_2)
    live.drop_golden(EDITION_2)
    decision = live.retrain()
    assert decision is not None
    assert decision.verdict == "PASS"
    assert live.champion.version == 2
    assert live.registry.aliases("desk") == {"champion": "2", "previous": "1", "anchor": "1"}


def test_rows_of_an_older_edition_never_reach_the_trainer(live: Workbench) -> None:
    live.drop_rules({**EDITION_1, "planted": "$77"})
    live.retrain()
    live.drop_rules(EDITION_2)
    live.drop_golden(EDITION_2)
    live.retrain()
    training_set = live.archive.fetch(TrainingSet, live.champion.candidate.training_set)
    lines = live.archive.read_blob(training_set.examples).splitlines()
    questions = [Example.model_validate_json(line).prompt[0].content for line in lines]
    assert len(questions) == len(TOPICS)
    assert not any("planted" in q for q in questions)


@pytest.mark.parametrize("data_first", [True, False])
def test_data_and_golden_set_may_arrive_in_any_order(live: Workbench, data_first: bool) -> None:
    drops = [lambda: live.drop_rules(EDITION_2), lambda: live.drop_golden(EDITION_2)]
    for drop in drops if data_first else reversed(drops):
        drop()
        live.retrain()
    assert live.champion.version == 2
    both = Workbench(live.folder / "together")
    both.folder.mkdir()
    both.drop_rules(EDITION_2)
    both.drop_golden(EDITION_2)
    both.retrain()
    assert live.champion.candidate.digest == both.champion.candidate.digest


def test_the_same_question_is_never_answered_twice(live: Workbench) -> None:
    assert live.retrain() is None
    live.drop_rules(wrong(EDITION_1, 3))
    assert live.retrain() is not None
    assert live.retrain() is None


def test_going_back_to_older_data_brings_its_model_back_without_training(live: Workbench) -> None:
    live.drop_rules(EDITION_2)
    live.drop_golden(EDITION_2)
    live.retrain()
    trained = list(live.trainer.runs)
    live.drop_rules(EDITION_1)
    live.drop_golden(EDITION_1)
    decision = live.retrain()
    assert decision is not None
    assert decision.verdict == "PASS"
    assert live.champion.version == 3
    assert live.trainer.runs == trained


def test_a_new_golden_set_alone_judges_the_champion_again_and_trains_nothing(live: Workbench) -> None:
    trained = list(live.trainer.runs)
    live.drop_golden({**EDITION_1, "topic0": "$999"})
    decision = live.retrain()
    assert decision is not None
    assert decision.verdict == "PASS"
    assert decision.candidate == live.champion.candidate.digest
    assert live.champion.version == 1
    assert live.trainer.runs == trained


def test_wrong_answers_are_refused_with_reasons_and_production_stays(live: Workbench) -> None:
    champion = live.champion
    live.drop_rules(wrong(EDITION_1, 10))
    decision = live.retrain()
    assert decision is not None
    assert decision.verdict == "FAIL"
    assert any("proven worse" in why for why in decision.why)
    assert live.champion == champion
    assert live.registry.aliases("desk")["champion"] == "1"


def test_a_promotion_lost_between_decision_and_ledger_is_made_up_by_the_next_run(live: Workbench) -> None:
    next_edition_judged(live)
    assert live.champion.version == 1
    live.retrain()
    assert live.champion.version == 2
    assert live.kinds().count("decision") == 2


def test_promoting_again_changes_nothing_even_after_a_rollback(live: Workbench) -> None:
    _, candidate, decision = next_edition_judged(live)
    first = promote(decision, candidate, ledger=live.ledger)
    assert promote(decision, candidate, ledger=live.ledger) == first
    rollback("desk", 2, "bad in production", ledger=live.ledger)
    promote(decision, candidate, ledger=live.ledger)
    assert live.champion.version == 1
    assert live.retrain() is None


def test_a_rolled_back_candidate_is_refused_by_the_gate(live: Workbench) -> None:
    rollback("desk", 1, "bad in production", ledger=live.ledger)
    rollback("desk", 1, "bad in production", ledger=live.ledger)
    assert live.kinds().count(ROLLBACK) == 1
    live.drop_golden({**EDITION_1, "topic0": "$999"})
    decision = live.retrain()
    assert decision is not None
    assert decision.verdict == "FAIL"
    assert live.standing.champion is None
    live.project()
    assert live.registry.aliases("desk") == {}
    assert live.registry.models["desk"].versions["1"].tags["a_state"] == "rolled_back"


def test_a_decision_that_did_not_pass_is_never_promoted(live: Workbench) -> None:
    live.drop_rules(wrong(EDITION_1, 3))
    plan = live.compose()
    assert plan is not None
    candidate, decision = live.judge(plan)
    with pytest.raises(Refused, match="only a candidate that passed"):
        promote(decision, candidate, ledger=live.ledger)


def test_a_decision_against_a_former_champion_is_never_promoted(live: Workbench) -> None:
    _, candidate, decision = next_edition_judged(live)
    live.ledger.append(
        live.ledger.entries(), ROLLBACK, Rollback(model="desk", version=1, reason="bad"), op="rollback/1"
    )
    with pytest.raises(Refused, match="the champion it was made against"):
        promote(decision, candidate, ledger=live.ledger)


def test_a_champion_that_changed_during_the_run_fails_closed(live: Workbench) -> None:
    plan, candidate, _ = next_edition_judged(live)
    rollback("desk", 1, "bad", ledger=live.ledger)
    late = live.decide(plan, candidate)
    assert late.verdict == "FAIL"
    assert any("champion was not scored" in why for why in late.why)


def test_a_candidate_must_be_evaluated_before_it_is_judged(live: Workbench) -> None:
    live.drop_rules(EDITION_2)
    plan = live.compose()
    assert plan is not None
    candidate = live.train(plan)
    with pytest.raises(DataError, match="evaluated before"):
        live.decide(plan, candidate)


def test_an_upload_made_of_golden_rows_leaves_nothing_to_train_on(bench: Workbench) -> None:
    bench.drop_golden({"a": "$1"})
    bench.accept(a_contract(), [{"question": "Tell me a", "answer": "$1"}])
    with pytest.raises(DataError, match="at least one row must remain"):
        bench.compose()


def test_a_base_that_left_the_ladder_or_changed_is_named(live: Workbench) -> None:
    candidate = live.champion.candidate
    assert base_of(live.spec, candidate).name == "large"
    for change in ({"base": "huge"}, {"base_sha256": sha("changed")}):
        with pytest.raises(DataError, match="with the same digest"):
            base_of(live.spec, candidate.model_copy(update=change))


def test_data_that_goes_back_and_forth_moves_production_every_time(live: Workbench) -> None:
    for turn in range(1, 6):
        edition = EDITION_2 if turn % 2 else EDITION_1
        live.drop_rules(edition)
        live.drop_golden(edition)
        decision = live.retrain()
        assert decision is not None
        assert decision.verdict == "PASS"
        assert live.champion.version == turn + 1
        assert live.champion.candidate.digest == decision.candidate
        assert live.retrain() is None


def test_a_decision_that_was_overtaken_by_a_newer_one_is_not_carried_out(live: Workbench) -> None:
    _, candidate, decision = next_edition_judged(live)
    live.drop_rules(wrong(EDITION_2, 3))
    live.retrain()
    with pytest.raises(Refused, match="only the newest decision"):
        promote(decision, candidate, ledger=live.ledger)


def test_an_alias_moved_by_hand_is_noticed_and_repaired(live: Workbench) -> None:
    live.drop_rules(EDITION_2)
    live.drop_golden(EDITION_2)
    live.retrain()
    live.registry.set_alias("desk", "champion", "1")
    assert live.project() == ("alias champion of desk: 1 -> 2",)
    assert live.project() == ()


def test_a_version_deleted_by_hand_is_registered_again(live: Workbench) -> None:
    live.registry.delete_version("desk", "1")
    live.project()
    assert live.registry.aliases("desk")["champion"] == "2"
    tags = live.registry.models["desk"].versions["2"].tags
    assert tags["promotion"] == live.champion.digest
    assert tags["a_state"] == "champion"


def test_a_reviewer_finds_the_reasons_on_the_version_and_in_the_run(live: Workbench) -> None:
    version = live.registry.models["desk"].versions["1"]
    assert version.note.startswith("# PASS")
    assert "exact.exact_match is 1.000" in version.note
    (metrics, files), *_ = live.registry.models["desk"].runs.values()
    assert metrics["1.coverage.items"] > 100
    assert metrics["score.candidate.exact.exact_match"] == 1.0
    assert {"decision.json", "review.md", "report.html"} < set(files)


def test_training_is_bound_to_the_training_set_base_and_recipe(live: Workbench) -> None:
    assert live.champion.candidate.base_sha256 == sha("large")
    assert live.champion.candidate.recipe == live.spec.recipe.digest
