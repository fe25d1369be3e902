"""Evaluation: every item scored by every metric, or an error; never silently fewer."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_models import tiny_base, tiny_bundle

from pipelines.core.errors import DataError, DeclarationError
from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.evaluation import Arm, ItemScore
from pipelines.core.golden_set import GoldenItem
from pipelines.integrations.lm_eval_evaluator import LmEvalEvaluator
from pipelines.sample.facts import FIRST_EDITION, facts
from pipelines.sample.tax_desk import golden_rows

pytestmark = pytest.mark.integration

DECLARED = Path(__file__).parents[2] / "mlflow" / "evals" / "tax_desk"
METRICS = (
    Metric(task="tax_exact", name="exact_match", minimum=0.8),
    Metric(task="tax_choice", name="acc", minimum=0.9),
)
ITEMS = tuple(
    GoldenItem(
        id=row.id,
        prompt=row.question,
        completion=row.answer,
        slice=row.filer,
        choices=(row.option_a, row.option_b, row.option_c, row.option_d),
    )
    for row in golden_rows(facts(FIRST_EDITION))[:48]
)


def suite(metrics: tuple[Metric, ...] = METRICS, **replaced: str) -> EvalSuite:
    texts = {name: (DECLARED / f"{name}.yaml").read_text() for name in ("tax_exact", "tax_choice")}
    tasks = tuple(EvalTask(name=n, definition=t) for n, t in (texts | replaced).items())
    return EvalSuite(name="tax_desk", version="1.0", tasks=tasks, metrics=metrics)


def score(
    items: tuple[GoldenItem, ...] = ITEMS, judged: EvalSuite | None = None, adapter: Path | None = None
) -> tuple[ItemScore, ...]:
    return LmEvalEvaluator().score(
        arm=Arm(kind="fine_tuned" if adapter else "zero_shot", base="tiny", subject="0" * 64),
        folder=tiny_base(),
        adapter=adapter,
        suite=judged or suite(),
        items=items,
        max_answer_tokens=6,
    )


def test_every_item_has_every_metric_and_an_untrained_base_knows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scores = score()
    wanted = [(m.task, m.name, item.id, item.slice) for m in METRICS for item in ITEMS]
    assert [(s.task, s.metric, s.item, s.slice) for s in scores] == wanted
    assert sum(s.score for s in scores if s.task == "tax_exact") == 0
    assert 0 < sum(s.score for s in scores if s.task == "tax_choice") < len(ITEMS)
    assert list(tmp_path.iterdir()) == []


def test_two_arms_see_the_same_questions_and_targets() -> None:
    bare, tuned = score(), score(adapter=tiny_bundle())
    assert [(s.key, s.doc_hash, s.prompt_hash, s.target_hash) for s in bare] == [
        (s.key, s.doc_hash, s.prompt_hash, s.target_hash) for s in tuned
    ]


def test_replaced_items_of_the_same_size_are_scored_anew() -> None:
    moved = tuple(i.model_copy(update={"completion": i.choices[0]}) for i in ITEMS)
    first = {s.item: s.target_hash for s in score() if s.task == "tax_exact"}
    second = {s.item: s.target_hash for s in score(moved) if s.task == "tax_exact"}
    same = [i.id for i, m in zip(ITEMS, moved, strict=True) if i.completion == m.completion]
    assert [i for i in first if first[i] == second[i]] == same


def test_a_metric_that_no_task_computes_is_an_error() -> None:
    with pytest.raises(DataError, match=r"tax_choice\.bleu"):
        score(judged=suite((Metric(task="tax_choice", name="bleu", minimum=0.1),)))
    with pytest.raises(DataError, match="0 of 48 items"):
        score(judged=suite((Metric(task="unknown", name="acc", minimum=0.1),)))


def test_items_that_cannot_be_asked_are_an_error() -> None:
    with pytest.raises(DataError, match="1 ids"):
        score((ITEMS[0], ITEMS[0]))
    with pytest.raises(DataError, match="1 without"):
        score((ITEMS[0], ITEMS[1].model_copy(update={"completion": "$1"})))
    with pytest.raises(DataError, match="1 longer"):
        score((ITEMS[0], ITEMS[1].model_copy(update={"prompt": "income " * 600})))


def test_a_task_that_names_code_is_refused() -> None:
    with pytest.raises(DeclarationError, match="plain YAML"):
        score(judged=suite(tax_exact="task: tax_exact\ndoc_to_text: !function evil.run\n"))
