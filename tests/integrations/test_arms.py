"""Packing and scoring behave alike in memory and with real models: one suite for both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.core.arm import Arm, PromptKind
from pipelines.core.base_model import ApprovedBase
from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.evaluation import Scores
from pipelines.core.golden_set import GoldenItem
from pipelines.core.prompt_recipe import ZERO_SHOT, PromptRecipe
from pipelines.core.training_set import Example, Message
from pipelines.core.value import sha256_hex
from pipelines.integrations.memory_models import MemoryBases, MemoryEvaluator, MemoryPacker
from pipelines.ports import Evaluator, Packer

SHOWN: tuple[PromptKind, ...] = ("jaccard", "bm25", "retrieval")
SUITE = EvalSuite(
    name="numbers",
    version="1.0",
    tasks=(
        EvalTask(
            name="exact",
            definition="output_type: generate_until\n"
            "doc_to_text: '{{prompt}}'\ndoc_to_target: '{{completion}}'\n"
            "metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]\n",
        ),
    ),
    metrics=(Metric(task="exact", name="exact_match", minimum=0.5),),
)


@dataclass(frozen=True)
class Workshop:
    """What packs and scores on one base."""

    packer: Packer
    evaluator: Evaluator
    base: ApprovedBase
    folder: Path
    home: Path

    def package(self, recipe: PromptRecipe, rows: tuple[Example, ...], name: str = "package") -> Path:
        out = self.home / name
        self.packer.pack(
            base=self.base,
            folder=self.folder,
            examples=rows,
            recipe=recipe,
            binding={"training_set": "a" * 64},
            out=out,
        )
        return out

    def score(self, recipe: PromptRecipe, items: tuple[GoldenItem, ...]) -> Scores:
        arm = Arm(method=recipe.kind, base=self.base.name, base_sha256=self.base.sha256, subject="b" * 64)
        return self.evaluator.score(
            arm=arm,
            folder=self.folder,
            bundle=self.package(recipe, rows(), recipe.kind),
            suite=SUITE,
            items=items,
            max_answer_tokens=4,
        )


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.integration)])
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    base: Any = {
        "name": "tiny",
        "revision": "1",
        "sha256": "c" * 64,
        "licence": "Apache-2.0",
        "parameters": 10,
        "memory_gib": 0.1,
        "privacy_classes": ("public",),
    }
    if request.param == "memory":
        made = ApprovedBase(**base)
        folder = MemoryBases(tmp_path / "bases").folder(made)
        yield Workshop(MemoryPacker(), MemoryEvaluator(frozenset(("tiny",))), made, folder, tmp_path)
        return
    from tiny_models import approved, tiny_base

    from pipelines.integrations.lm_eval_evaluator import LmEvalEvaluator
    from pipelines.integrations.prompt_packer import PromptPacker

    yield Workshop(PromptPacker(), LmEvalEvaluator(), approved(tiny_base()), tiny_base(), tmp_path)


def rows() -> tuple[Example, ...]:
    return tuple(
        Example(
            source="numbers",
            row=sha256_hex(word.encode()),
            prompt=(Message(role="user", content=f"Please spell {number}"),),
            completion=(Message(role="assistant", content=word),),
        )
        for number, word in enumerate(("zero", "one", "two", "three"))
    )


def items() -> tuple[GoldenItem, ...]:
    return tuple(
        GoldenItem(
            id=f"item-{number}",
            prompt=f"How do you write {number}",
            completion=word,
            slice="even" if number % 2 == 0 else "odd",
            cluster=f"fact-{number}",
        )
        for number, word in enumerate(("zero", "one", "two", "three"))
    )


def recipe(kind: PromptKind) -> PromptRecipe:
    return PromptRecipe(kind=kind, examples=2, max_tokens=60) if kind != "zero_shot" else ZERO_SHOT


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("kind", ["zero_shot", *SHOWN])
def test_the_order_of_the_rows_does_not_change_a_package(workshop: Workshop, kind: PromptKind) -> None:
    one = workshop.package(recipe(kind), rows(), "one")
    other = workshop.package(recipe(kind), rows()[::-1], "other")
    assert contents(one) == contents(other)


@pytest.mark.parametrize("kind", SHOWN)
def test_other_rows_make_another_package(workshop: Workshop, kind: PromptKind) -> None:
    one = workshop.package(recipe(kind), rows(), "one")
    other = workshop.package(recipe(kind), rows()[1:], "other")
    assert contents(one) != contents(other)


def test_every_item_is_scored_and_answered_once_in_its_order(workshop: Workshop) -> None:
    found = workshop.score(ZERO_SHOT, items())
    assert [(s.key, s.slice, s.cluster) for s in found.items] == [
        (("exact", "exact_match", item.id), item.slice, item.cluster) for item in items()
    ]
    assert [(output.task, output.item) for output in found.outputs] == [("exact", i.id) for i in items()]
    assert found.usage is not None
    assert found.usage.requests == len(items())
    assert 0 < found.usage.timed <= len(items())


@pytest.mark.parametrize("kind", SHOWN)
def test_arms_are_asked_the_same_items_in_prompts_of_their_own(workshop: Workshop, kind: PromptKind) -> None:
    plain, shown = workshop.score(ZERO_SHOT, items()).items, workshop.score(recipe(kind), items()).items
    assert [(s.key, s.doc_hash, s.target_hash) for s in plain] == [
        (s.key, s.doc_hash, s.target_hash) for s in shown
    ]
    assert all(p.prompt_hash != s.prompt_hash for p, s in zip(plain, shown, strict=True))
