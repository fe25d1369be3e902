"""What moved a score is found by training on parts of the data, and decides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples import a_base, a_contract, a_spec
from workbench import EDITION_1, Workbench

from pipelines.core.candidate import Candidate
from pipelines.core.contract import Column, Roles
from pipelines.core.errors import DataError
from pipelines.core.explaining import Explaining
from pipelines.core.explanation import Explanation, WeightDifference
from pipelines.core.plan import Plan
from pipelines.stages.explain import explain_run, explanation_of

DECISION = "d" * 64
KINDS = ("north", "south", "east", "west")


def a_bench(folder: Path, explain: Explaining, **changes: object) -> Workbench:
    bench = Workbench(folder, a_spec(ladder=(a_base("small", parameters=400),), explain=explain, **changes))
    bench.drop_golden(EDITION_1)
    drop(bench, "rules", range(len(EDITION_1)))
    return bench


def drop(bench: Workbench, source: str, topics: range) -> None:
    """Rules of some of the topics, a quarter of them of each kind."""
    contract = a_contract(
        source,
        columns=tuple(Column(name=n, type="string") for n in ("question", "answer", "kind")),
        roles=Roles(prompt="question", completion="answer", slice="kind"),
    )
    listed = list(EDITION_1.items())
    rows = [
        {"question": f"What is the amount of {t}?", "answer": a, "kind": KINDS[n % 4]}
        for n, (t, a) in ((n, listed[n]) for n in topics)
    ]
    bench.accept(contract, rows)


def explained(bench: Workbench) -> tuple[Plan, Candidate, Explanation]:
    plan = bench.compose()
    assert plan is not None
    candidate = bench.train(plan)
    found = explain_run(
        plan,
        bench.spec,
        candidate,
        None,
        decision=DECISION,
        workshop=bench.workshop,
        scorer=bench.scorer(plan),
        weigh=lambda mine, other: (),
    )
    assert found is not None
    return plan, candidate, found


def test_a_learning_curve_rises_with_the_rows_and_ends_at_the_candidate(tmp_path: Path) -> None:
    _, _, found = explained(a_bench(tmp_path, Explaining(learning_curve=(0.25, 0.5))))
    assert [point.rows for point in found.curve] == [100, 200, 400]
    scores = [point.score for point in found.curve]
    assert scores == sorted(scores)
    assert scores[-1] == found.actual == 1.0
    assert found.doubling == 0.0, "nothing is left to gain"
    assert all(point.lower <= point.score <= point.upper for point in found.curve)


def test_a_prediction_is_made_from_the_smaller_runs_alone(tmp_path: Path) -> None:
    _, _, found = explained(a_bench(tmp_path, Explaining(learning_curve=(0.25, 0.5))))
    first, second, _ = found.curve
    assert found.predicted == pytest.approx(1 - (1 - second.score) ** 2 / (1 - first.score))


def test_each_part_of_the_upload_shows_what_the_score_owes_it(tmp_path: Path) -> None:
    _, _, found = explained(a_bench(tmp_path, Explaining(leave_out=True, most_parts=3)))
    assert [effect.part for effect in found.parts] == ["east", "north", "south"]
    for effect in found.parts:
        assert effect.rows == 100
        assert effect.difference == pytest.approx(effect.score_with - effect.score_without)
        assert 0.1 < effect.lower <= effect.difference <= effect.upper


def test_mixing_sources_wins_where_no_single_source_is_proven_better(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, Explaining(individual=True), sources=("rules", "more_rules"))
    drop(bench, "rules", range(200))
    drop(bench, "more_rules", range(200, 400))
    _, _, found = explained(bench)
    assert {winner.winner for winner in found.winners} == {"unified"}
    assert all(winner.unified == 1.0 > winner.individual for winner in found.winners)


def test_a_source_that_spoils_another_loses_to_that_other_alone(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, Explaining(individual=True), sources=("rules", "rumours"))
    contract = a_contract("rumours")
    wrong = [{"question": f"So what is the amount of {t}?", "answer": "$0.50"} for t in EDITION_1]
    bench.accept(contract, wrong)
    _, _, found = explained(bench)
    assert {winner.winner for winner in found.winners} == {"rules"}


def test_an_explanation_is_made_once_and_found_again(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, Explaining(learning_curve=(0.5,)))
    _, _, found = explained(bench)
    runs = list(bench.trainer.runs)
    assert explained(bench)[2] == found
    assert bench.trainer.runs == runs
    assert explanation_of(DECISION, bench.archive) == found


def test_distances_to_the_champion_are_part_of_it(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, Explaining(learning_curve=(0.5,)))
    plan = bench.compose()
    assert plan is not None
    candidate = bench.train(plan)
    moved = WeightDifference(module="q", relative_norm=0.5, cosine=0.9)
    champion = candidate.model_copy(update={"steps": 1})
    found = explain_run(
        plan,
        bench.spec,
        candidate,
        champion,
        decision=DECISION,
        workshop=bench.workshop,
        scorer=bench.scorer(plan),
        weigh=lambda mine, other: (moved,),
    )
    assert found is not None
    assert found.weights == (moved,)


def test_a_model_that_asks_for_no_explanation_trains_nothing_for_one(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, Explaining())
    plan = bench.compose()
    assert plan is not None
    candidate = bench.train(plan)
    runs = list(bench.trainer.runs)
    nothing = explain_run(
        plan,
        bench.spec,
        candidate,
        None,
        decision=DECISION,
        workshop=bench.workshop,
        scorer=bench.scorer(plan),
        weigh=lambda mine, other: (),
    )
    assert nothing is None
    assert bench.trainer.runs == runs


def test_what_was_trained_to_explain_is_never_judged(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, Explaining(learning_curve=(0.5,)))
    plan, candidate, _ = explained(bench)
    with pytest.raises(DataError, match="as what the training set"):
        bench.decide(plan, candidate.model_copy(update={"training_set": "0" * 64}))
