"""Prompting and training compete: what is trained only when it must be, and which of the two is promoted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from examples import a_base, a_spec
from workbench import EDITION_1, EDITION_2, Workbench, wrong

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import DataError
from pipelines.core.prompt_recipe import Prompting
from pipelines.core.recipe import Recipe
from pipelines.core.search import Search
from pipelines.core.training import Training
from pipelines.integrations.memory_models import MemoryTrainer
from pipelines.stages.baseline import best_package
from pipelines.stages.train import train


def a_bench(folder: Path, *, copying: bool, fine_tuning: str = "when_better", **changes: object) -> Workbench:
    ladder = (a_base("small", parameters=400),)
    prompting = Prompting(fine_tuning=fine_tuning)
    bench = Workbench(folder, a_spec(ladder=ladder, prompting=prompting, **changes))
    bench.evaluator.copying = frozenset({"small"} if copying else ())
    bench.drop_rules(EDITION_1)
    bench.drop_golden(EDITION_1)
    return bench


def test_a_base_that_uses_its_prompt_is_promoted_without_training(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, copying=True, fine_tuning="when_needed")
    decision = bench.retrain()
    assert decision is not None
    assert decision.verdict == "PASS", decision.why
    assert bench.champion.candidate.method == "jaccard"
    assert bench.champion.candidate.steps == 0
    assert bench.trainer.runs == []


def test_training_that_is_not_proven_better_gives_way_to_the_prompt(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, copying=True)
    decision = bench.retrain()
    assert decision is not None
    assert bench.trainer.runs == ["small"]
    assert bench.champion.candidate.method == "jaccard"
    assert decision.reasons[0].text.startswith("Training is not needed.")


@pytest.mark.parametrize("fine_tuning", ["when_needed", "when_better"])
def test_a_base_that_ignores_its_prompt_is_trained(tmp_path: Path, fine_tuning: str) -> None:
    bench = a_bench(tmp_path, copying=False, fine_tuning=fine_tuning)
    decision = bench.retrain()
    assert decision is not None
    assert decision.verdict == "PASS", decision.why
    assert bench.champion.candidate.method == "lora"


def test_a_prompt_package_of_the_next_edition_replaces_the_one_before(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, copying=True, fine_tuning="when_needed")
    bench.retrain()
    bench.drop_rules(EDITION_2)
    bench.drop_golden(EDITION_2)
    decision = bench.retrain()
    assert decision is not None
    assert decision.verdict == "PASS", decision.why
    assert bench.champion.version == 2
    assert not any(reason.rule == "superiority" for reason in decision.reasons)


def test_neither_prompting_nor_training_on_wrong_rows_is_promoted(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, copying=True)
    bench.drop_rules(wrong(EDITION_1, 3))
    decision = bench.retrain()
    assert decision is not None
    assert decision.verdict == "FAIL"
    assert bench.standing.champion is None


def test_a_change_of_method_must_be_proven_better(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, copying=False)
    bench.retrain()
    bench.evaluator.copying = frozenset({"small"})
    bench.spec = bench.spec.model_copy(update={"prompting": Prompting(fine_tuning="when_needed")})
    bench.drop_golden({**EDITION_1, "topic0": "$999"})
    decision = bench.retrain()
    assert decision is not None
    assert decision.verdict == "INCONCLUSIVE"
    assert any("as the change from LoRA fine-tuning" in why for why in decision.why)
    assert bench.champion.candidate.method == "lora"


def test_nothing_is_trained_before_the_prompting_arms_were_scored(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, copying=False)
    plan = bench.compose()
    assert plan is not None
    with pytest.raises(DataError, match="Run the baseline stage first"):
        train(plan, bench.spec, workshop=bench.workshop, scorer=bench.scorer(plan))


def test_the_best_prompting_arm_is_chosen_on_the_dev_items_alone(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, copying=True)
    plan = bench.compose()
    assert plan is not None
    bench.train(plan)
    package = best_package(plan, bench.archive)
    scorer = bench.scorer(plan)
    assert scorer.report(package.arm, "dev") is not None
    assert scorer.report(package.arm, "gate") is None


def test_locked_items_are_exchanged_after_a_number_of_decisions(tmp_path: Path) -> None:
    policy = a_spec().gate.model_copy(update={"rotate_after": 5})
    bench = a_bench(tmp_path, copying=False, gate=policy)
    goldens = []
    for turn in range(6):
        bench.drop_rules(EDITION_1 if turn % 2 else wrong(EDITION_1, 3))
        decision = bench.retrain()
        assert decision is not None
        goldens.append(decision.golden)
        assert bench.retrain() is None
    assert len(set(goldens[:5])) == 1
    assert goldens[5] != goldens[0]


class RankedTrainer(MemoryTrainer):
    """Has room for as many answers as its rank is high: 16 gives a base the room of its parameters."""

    def train(self, *, base: ApprovedBase, recipe: Recipe, **given: Any) -> Training:
        room = base.model_copy(update={"parameters": base.parameters * recipe.rank // 16})
        return super().train(base=room, recipe=recipe, **given)


def test_a_search_trains_within_its_budget_and_the_best_on_the_dev_items_is_judged(tmp_path: Path) -> None:
    search = Search(runs=3, rank=(8, 64))
    bench = a_bench(tmp_path, copying=False, search=search)
    bench.spec = bench.spec.model_copy(update={"ladder": (a_base("small", parameters=len(EDITION_1) // 3),)})
    bench.trainer = RankedTrainer()
    decision = bench.retrain()
    assert decision is not None
    assert decision.verdict == "PASS", decision.why
    assert len(bench.trainer.runs) == 3
    recipe = bench.spec.recipe_of(bench.champion.candidate.recipe)
    assert recipe.rank == 64
    assert bench.retrain() is None
    assert len(bench.trainer.runs) == 3
