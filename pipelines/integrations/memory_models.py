"""The shipped fakes of training, scoring and serving: a "model" that remembers the last word of a question.

What it learns is what it was given and nothing else, so a walk down the line means the same as with
real models: wrong rows make a worse candidate, missing rows too, and a base without training knows nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import Field

from pipelines.core.base_model import ApprovedBase
from pipelines.core.eval_suite import EvalSuite
from pipelines.core.evaluation import Arm, ItemScore
from pipelines.core.golden_set import GoldenItem
from pipelines.core.recipe import Recipe
from pipelines.core.training_set import Example
from pipelines.core.value import Value, canonical_json, sha256_hex
from pipelines.ports import Progress

MEMORY = "adapter/memory.json"


class MemoryBases:
    """`BaseModels` without any weights: a base is a folder that says how much it reads at once."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, base: ApprovedBase) -> Path:
        folder = self._root / base.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text('{"max_position_embeddings": 512}')
        return folder


class MemoryTrainer:
    """`Trainer` that stores answers; a base of n parameters has room for n of them. Counts its runs."""

    def __init__(self) -> None:
        self.runs: list[str] = []

    def train(
        self,
        *,
        base: ApprovedBase,
        folder: Path,
        examples: Iterable[Example],
        recipe: Recipe,
        binding: Mapping[str, str],
        scratch: Path,
        out: Path,
        progress: Progress,
    ) -> int:
        self.runs.append(base.name)
        learned: dict[str, str] = {}
        for example in examples:
            if len(learned) < base.parameters:
                learned[_topic(example.prompt[-1].content)] = example.completion[-1].content
        progress(f"{base.name}: {len(learned)} answers learned")
        (out / "adapter").mkdir(parents=True)
        (out / MEMORY).write_bytes(canonical_json(learned))
        (out / "manifest.json").write_bytes(canonical_json(dict(binding)))
        return len(learned)


class MemoryEvaluator:
    """`Evaluator` of such models: every metric of the suite is 1 for the right answer, else 0."""

    def score(
        self,
        *,
        arm: Arm,
        folder: Path,
        adapter: Path | None,
        suite: EvalSuite,
        items: Sequence[GoldenItem],
        max_answer_tokens: int,
    ) -> tuple[ItemScore, ...]:
        learned = json.loads((adapter / MEMORY).read_bytes()) if adapter else {}
        return tuple(
            ItemScore(
                task=metric.task,
                metric=metric.name,
                item=item.id,
                slice=item.slice,
                score=float(learned.get(_topic(item.prompt)) == item.completion),
                doc_hash=item.digest,
                prompt_hash=sha256_hex(item.prompt.encode()),
                target_hash=sha256_hex(item.completion.encode()),
            )
            for metric in suite.metrics
            for item in items
        )


class MemoryServed(Value):
    """What a `MemoryTarget` says of a model."""

    version: int | None = None
    logit_difference: float | None = None
    refused: dict[int, str] = Field(default_factory=dict)


class MemoryTarget:
    """`Target` that says what a test told it to say."""

    def __init__(self, served: MemoryServed | None = None) -> None:
        self.state = served or MemoryServed()

    def served(self, model: str) -> MemoryServed:
        return self.state


def _topic(question: str) -> str:
    return question.split()[-1].strip("?.!").lower()
