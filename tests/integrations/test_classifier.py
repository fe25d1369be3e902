"""A classifier learns the labels of its training set, and is trained, proven and judged as every model is."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tiny_models
from tiny_models import tiny_base

from pipelines.core.arm import Arm
from pipelines.core.errors import DataError, Refused, Tampered
from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.evaluation import Scores
from pipelines.core.golden_set import GoldenItem
from pipelines.core.recipe import Recipe
from pipelines.core.training import Training
from pipelines.core.training_set import Example, Message
from pipelines.integrations.bundle import load_bundle
from pipelines.integrations.classifier_bundle import load_classifier
from pipelines.integrations.classifier_evaluator import ClassifierEvaluator
from pipelines.integrations.classifier_trainer import ClassifierTrainer
from pipelines.integrations.folder_digest import folder_sha256
from pipelines.integrations.lm_eval_evaluator import LmEvalEvaluator
from pipelines.integrations.trl_trainer import TrlTrainer
from pipelines.ports import Progress

pytestmark = pytest.mark.integration

RECIPE = Recipe(
    task="classification",
    epochs=12,
    batch_size=8,
    learning_rate=0.02,
    dropout=0.05,
    warmup_steps=5,
    save_steps=25,
)
WRITING = """
output_type: generate_until
doc_to_text: "{{prompt}}"
doc_to_target: "{{completion}}"
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
"""
CHOICE = """
output_type: multiple_choice
doc_to_text: "{{prompt}}"
doc_to_choice: choices
doc_to_target: "{{choices.index(completion)}}"
metric_list: [{metric: acc, aggregation: mean, higher_is_better: true}]
"""
SUITE = EvalSuite(
    name="kinds",
    version="1.0",
    tasks=(EvalTask(name="written", definition=WRITING), EvalTask(name="chosen", definition=CHOICE)),
    metrics=(
        Metric(task="written", name="exact_match", minimum=0.5),
        Metric(task="chosen", name="acc", minimum=0.5),
    ),
)


class Died(BaseException):
    """What nothing in a trainer may catch."""


def kind(question: str) -> str:
    """The label: the first word of a question."""
    return question.split()[0]


@cache
def rows() -> tuple[Example, ...]:
    said = [row.prompt[-1].content for row in tiny_models.examples(100)]
    return tuple(
        row.model_copy(update={"completion": (Message(role="assistant", content=kind(question)),)})
        for row, question in zip(tiny_models.examples(100), said, strict=True)
    )


def labels() -> tuple[str, ...]:
    return tuple(sorted({row.completion[-1].content for row in rows()}))


def train(work: Path, *, recipe: Recipe = RECIPE, given: int = 80, progress: Progress = str) -> Training:
    return ClassifierTrainer(TrlTrainer()).train(
        base=tiny_models.approved(tiny_base()),
        folder=tiny_base(),
        examples=rows()[:given],
        recipe=recipe,
        binding={"training_set": "a" * 64},
        scratch=work / "scratch",
        out=work / "out",
        progress=progress,
    )


@cache
def home() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="classifier-")


@cache
def bundle() -> Path:
    """Of a job that was never interrupted, made once in a test run."""
    work = Path(home().name) / "job"
    train(work)
    return work / "out"


def items() -> tuple[GoldenItem, ...]:
    asked = [row.prompt[-1].content for row in rows()[80:]]
    return tuple(
        GoldenItem(id=f"q{at}", prompt=q, completion=kind(q), choices=labels()) for at, q in enumerate(asked)
    )


def score(evaluator: ClassifierEvaluator | LmEvalEvaluator, folder: Path) -> Scores:
    arm = Arm(method="lora", base="tiny", base_sha256=folder_sha256(tiny_base()), subject="b" * 64)
    return evaluator.score(
        arm=arm, folder=tiny_base(), bundle=folder, suite=SUITE, items=items(), max_answer_tokens=4
    )


def test_a_job_that_dies_in_mid_training_goes_on_to_the_same_bundle(tmp_path: Path) -> None:
    def die(line: str) -> None:
        if line.startswith("step 60/"):
            raise Died

    with pytest.raises(Died):
        train(tmp_path, progress=die)
    lines: list[str] = []
    train(tmp_path, progress=lines.append)
    assert lines[0] == "resuming from checkpoint-50"
    assert folder_sha256(tmp_path / "out") == folder_sha256(bundle())


def test_the_labels_are_the_completions_of_the_training_set() -> None:
    loaded = load_classifier(bundle(), tiny_base())
    assert loaded.labels == tuple(sorted({row.completion[-1].content for row in rows()[:80]}))
    assert loaded.logit_difference < 1e-4


def test_it_chooses_the_right_label_for_questions_it_never_saw() -> None:
    found = score(ClassifierEvaluator(LmEvalEvaluator()), bundle())
    right = {name: [i.score for i in found.items if i.task == name] for name in ("written", "chosen")}
    assert right["written"] == right["chosen"]
    assert sum(right["chosen"]) >= 0.8 * len(items())
    assert {output.text for output in found.outputs} <= set(labels())
    assert len(found.outputs) == len(items())
    assert found.usage is not None
    assert found.usage.answer_tokens == 0


def test_its_scores_pair_with_those_of_a_model_that_writes(tmp_path: Path) -> None:
    recipe = RECIPE.model_copy(update={"task": "generation", "epochs": 1})
    train(tmp_path, recipe=recipe)
    own, other = (
        score(ClassifierEvaluator(LmEvalEvaluator()), folder) for folder in (bundle(), tmp_path / "out")
    )
    for mine, theirs in zip(own.items, other.items, strict=True):
        assert mine.model_copy(update={"score": 0.0}) == theirs.model_copy(update={"score": 0.0})


def test_it_is_never_taken_for_a_model_that_writes() -> None:
    with pytest.raises(Refused, match="one that chooses labels"):
        load_bundle(bundle(), tiny_base())


def test_a_head_that_gives_other_logits_is_refused(tmp_path: Path) -> None:
    copy = shutil.copytree(bundle(), tmp_path / "copy")
    path = copy / "labels.json"
    path.write_text(json.dumps(sorted(json.loads(path.read_text()), reverse=True)))
    with pytest.raises(Tampered, match=r"labels\.json"):
        load_classifier(copy, tiny_base())


def test_one_label_is_no_choice(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"from 2 to 1000 different completions.*found 1 in 1 rows"):
        train(tmp_path, given=1)


@pytest.mark.parametrize("change", [{"method": "full"}, {"packing": True}])
def test_only_lora_makes_classifiers(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(Refused, match="uses `method: lora` without packing"):
        train(tmp_path, recipe=RECIPE.model_copy(update=change))


def test_a_trainer_of_writing_models_does_not_take_the_task(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="`task: classification`"):
        tiny_models.train(tiny_base(), tmp_path, recipe=RECIPE)
