"""Evaluation: every item scored by every metric, or an error; never silently fewer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prompt_packages import arm, package
from tiny_models import tiny_base, tiny_bundle

from pipelines.core.arm import Method
from pipelines.core.errors import DataError, DeclarationError, Tampered
from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.evaluation import Scores
from pipelines.core.golden_set import GoldenItem
from pipelines.core.training_set import Message
from pipelines.core.value import sha256_hex
from pipelines.integrations.bundle import load_bundle
from pipelines.integrations.lm_eval_evaluator import LmEvalEvaluator
from pipelines.sample.editions import FIRST_EDITION
from pipelines.sample.facts import facts
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
    items: tuple[GoldenItem, ...] = ITEMS,
    judged: EvalSuite | None = None,
    *,
    method: Method = "zero_shot",
    bundle: Path | None = None,
) -> Scores:
    return LmEvalEvaluator().score(
        arm=arm(method),
        folder=tiny_base(),
        bundle=bundle or package(method),
        suite=judged or suite(),
        items=items,
        max_answer_tokens=6,
    )


def tuned() -> Scores:
    return score(method="lora", bundle=tiny_bundle())


def test_every_item_has_every_metric_and_an_untrained_base_knows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scores = score().items
    wanted = [(m.task, m.name, item.id, item.slice) for m in METRICS for item in ITEMS]
    assert [(s.task, s.metric, s.item, s.slice) for s in scores] == wanted
    assert sum(s.score for s in scores if s.task == "tax_exact") == 0
    assert 0 < sum(s.score for s in scores if s.task == "tax_choice") < len(ITEMS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("method", ["few_shot", "jaccard", "bm25", "retrieval"])
def test_all_arms_are_asked_the_same_in_words_of_their_own(method: Method) -> None:
    bare, other = score().items, score(method=method).items
    assert [(s.key, s.doc_hash, s.target_hash) for s in bare] == [
        (s.key, s.doc_hash, s.target_hash) for s in other
    ]
    assert all(b.prompt_hash != o.prompt_hash for b, o in zip(bare, other, strict=True))


@pytest.mark.parametrize("method", ["zero_shot", "few_shot", "lora"])
def test_the_harness_alone_gives_every_item_the_same_score_and_answer(method: Method) -> None:
    bundle = tiny_bundle() if method == "lora" else package(method)
    found = score(method=method, bundle=bundle)
    scores, answers = by_the_harness_alone(bundle)
    assert {s.key: s.score for s in found.items} == scores
    assert {(o.task, o.item): o.text for o in found.outputs} == answers


def by_the_harness_alone(bundle: Path) -> tuple[dict[Any, float], dict[Any, str]]:
    from lm_eval.evaluator import evaluate
    from lm_eval.models.huggingface import HFLM

    from pipelines.integrations.harness_tasks import harness_tasks

    class Asking(HFLM):
        def apply_chat_template(self, chat_history: Any, add_generation_prompt: bool = True) -> str:
            asked = loaded.prompter.messages([Message(**said) for said in chat_history])
            return super().apply_chat_template([said.model_dump() for said in asked], add_generation_prompt)

    loaded = load_bundle(bundle, tiny_base())
    loaded.model.tie_weights = lambda *_, **__: None
    result = evaluate(
        lm=Asking(pretrained=loaded.model, tokenizer=loaded.tokenizer, batch_size=7),
        task_dict={"tasks": harness_tasks(suite(), ITEMS, 6), "groups": {}, "group_map": {}},
        bootstrap_iters=0,
        apply_chat_template=True,
    )
    samples = {task: {s["doc"]["id"]: s for s in logged} for task, logged in result["samples"].items()}
    scores = {
        (m.task, m.name, i): float(sample[m.name]) for m in METRICS for i, sample in samples[m.task].items()
    }
    return scores, {("tax_exact", i): sample["resps"][0][0] for i, sample in samples["tax_exact"].items()}


def test_a_trained_arm_is_asked_as_the_bare_base_is() -> None:
    bare, trained = score().items, tuned().items
    assert [(s.key, s.doc_hash, s.prompt_hash, s.target_hash) for s in bare] == [
        (s.key, s.doc_hash, s.prompt_hash, s.target_hash) for s in trained
    ]


def test_replaced_items_are_scored_anew() -> None:
    moved = tuple(i.model_copy(update={"completion": i.choices[0]}) for i in ITEMS)
    first = {s.item: s.target_hash for s in score().items if s.task == "tax_exact"}
    second = {s.item: s.target_hash for s in score(moved).items if s.task == "tax_exact"}
    same = [i.id for i, m in zip(ITEMS, moved, strict=True) if i.completion == m.completion]
    assert [i for i in first if first[i] == second[i]] == same


def test_an_answer_that_looks_like_a_date_is_asked_as_it_is_written() -> None:
    dated = tuple(i.model_copy(update={"completion": "2026-01-01"}) for i in ITEMS[:2])
    plain = tuple(i.model_copy(update={"completion": "the first"}) for i in ITEMS[:1])
    exact = suite(METRICS[:1]).model_copy(update={"tasks": suite().tasks[:1]})
    hashes = {s.item: s.target_hash for s in score(dated, exact).items}
    mixed = {s.item: s.target_hash for s in score((*plain, *dated[1:]), exact).items}
    assert hashes[ITEMS[1].id] == mixed[ITEMS[1].id] == sha256_hex(b"2026-01-01")


def test_items_keep_what_they_share() -> None:
    paired = tuple(i.model_copy(update={"cluster": f"fact {at // 2}"}) for at, i in enumerate(ITEMS[:8]))
    found = score(paired).items
    assert [s.cluster for s in found] == [i.cluster for i in paired] * len(METRICS)


def test_a_task_may_bring_items_of_its_own() -> None:
    own = tuple(i.model_copy(update={"id": f"own-{i.id}"}) for i in ITEMS[:3])
    exact, choice = suite().tasks
    judged = suite().model_copy(update={"tasks": (exact.model_copy(update={"items": own}), choice)})
    found = score(judged=judged)
    assert [s.item for s in found.items if s.task == "tax_exact"] == [i.id for i in own]
    assert [s.item for s in found.items if s.task == "tax_choice"] == [i.id for i in ITEMS]
    assert [o.item for o in found.outputs] == [i.id for i in own]


def test_every_answer_is_kept_and_what_it_cost() -> None:
    bare, shown = score(), score(method="bm25")
    for found in (bare, shown):
        assert [(o.task, o.item) for o in found.outputs] == [("tax_exact", i.id) for i in ITEMS]
        assert found.usage is not None
        assert (found.usage.requests, found.usage.timed) == (len(ITEMS), 10)
        assert 0 < found.usage.answer_tokens <= 6
        assert 0 < found.usage.p50_ms <= found.usage.p95_ms
    assert shown.usage and bare.usage and shown.usage.prompt_tokens > bare.usage.prompt_tokens + 10
    assert {(o.cited, o.grounded) for o in (*bare.outputs, *shown.outputs)} == {((), None)}


def test_only_an_arm_with_sources_can_be_grounded() -> None:
    cited = [(o.cited, o.grounded) for o in score(method="retrieval").outputs]
    assert all(grounded is not None for _, grounded in cited)
    assert not any(grounded for numbers, grounded in cited if not numbers)


def test_a_metric_that_no_task_computes_is_an_error() -> None:
    with pytest.raises(DataError, match=r"tax_choice\.bleu"):
        score(judged=suite((Metric(task="tax_choice", name="bleu", minimum=0.1),)))
    with pytest.raises(DataError, match="0 of 0 items"):
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
    with pytest.raises(DeclarationError, match="plain YAML"):
        score(judged=suite(tax_exact="task: tax_exact\nclass: evil.Task\n"))


def test_a_bundle_of_another_method_is_not_scored_as_this_arm() -> None:
    with pytest.raises(Tampered, match="made by zero_shot"):
        score(bundle=package("bm25"))
