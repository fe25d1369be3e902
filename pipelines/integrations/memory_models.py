"""The shipped fakes of training, scoring and serving: a "model" that remembers the last word of a question.

What it learns is what it was given and nothing else, so a walk down the line means the same as with
real models: wrong rows make a worse candidate, missing rows too, and a base without training knows nothing,
unless it can copy and its prompt shows the right row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import Field

from pipelines.core.arm import Arm
from pipelines.core.base_model import ApprovedBase
from pipelines.core.eval_suite import EvalSuite
from pipelines.core.evaluation import ItemScore, Output, Scores
from pipelines.core.golden_set import GoldenItem
from pipelines.core.prompt_recipe import PromptRecipe
from pipelines.core.recipe import Recipe
from pipelines.core.training import Training
from pipelines.core.training_set import Example
from pipelines.core.usage import Usage
from pipelines.core.value import Value, canonical_json, sha256_hex
from pipelines.ports import Progress

MEMORY = "adapter/memory.json"
CHOOSING = ("jaccard", "bm25", "retrieval")
"""The ways of prompting that look a question up."""


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
    ) -> Training:
        self.runs.append(base.name)
        learned: dict[str, str] = {}
        read = 0
        for example in examples:
            read += sum(len(message.content.split()) for message in (*example.prompt, *example.completion))
            if len(learned) < base.parameters:
                learned[_topic(example.prompt[-1].content)] = example.completion[-1].content
        progress(f"{base.name}: {len(learned)} answers learned")
        (out / "adapter").mkdir(parents=True)
        (out / MEMORY).write_bytes(canonical_json(learned))
        (out / "manifest.json").write_bytes(canonical_json(dict(binding)))
        return Training(steps=len(learned), tokens=read, seconds=0.0, peak_memory_mib=0.0)


class MemoryPacker:
    """`Packer` whose package is the rows themselves."""

    def pack(
        self,
        *,
        base: ApprovedBase,
        folder: Path,
        examples: Sequence[Example],
        recipe: PromptRecipe,
        binding: Mapping[str, str],
        out: Path,
    ) -> None:
        ordered = sorted(examples, key=lambda example: example.row)
        shown = ordered if recipe.kind in CHOOSING else ordered[: recipe.examples]
        known = {_topic(e.prompt[-1].content): e.completion[-1].content for e in shown}
        (out / "adapter").mkdir(parents=True)
        (out / MEMORY).write_bytes(canonical_json(known))
        (out / "manifest.json").write_bytes(canonical_json(dict(binding)))


class MemoryEvaluator:
    """`Evaluator` of such models: every metric of the suite is 1 for the right answer, else 0. A task that
    brings items along asks those. Only the `copying` bases can use what a prompt shows them.
    """

    def __init__(self, copying: frozenset[str] = frozenset()) -> None:
        self.copying = copying

    def score(
        self,
        *,
        arm: Arm,
        folder: Path,
        bundle: Path,
        suite: EvalSuite,
        items: Sequence[GoldenItem],
        max_answer_tokens: int,
    ) -> Scores:
        learned = _learned(arm, bundle, self.copying)
        asked = {metric.task: suite.own_items(metric.task) or items for metric in suite.metrics}
        answers = {
            (task, item.id): learned.get(_topic(item.prompt), "")
            for task, chosen in sorted(asked.items())
            for item in chosen
        }
        scores = tuple(
            ItemScore(
                task=metric.task,
                metric=metric.name,
                item=item.id,
                slice=item.slice,
                score=float(answers[metric.task, item.id] == item.completion),
                doc_hash=item.digest,
                prompt_hash=sha256_hex(f"{_shown(arm)}{item.prompt}".encode()),
                target_hash=sha256_hex(item.completion.encode()),
                cluster=item.cluster,
            )
            for metric in suite.metrics
            for item in asked[metric.task]
        )
        outputs = tuple(Output(task=task, item=item, text=text) for (task, item), text in answers.items())
        words = sum(len(item.prompt.split()) for item in items) / len(items)
        usage = Usage(
            requests=len(items), prompt_tokens=words, answer_tokens=1, timed=len(items), p50_ms=1, p95_ms=1
        )
        return Scores(items=scores, outputs=outputs, usage=usage)


class MemoryConverser:
    """`Converser` of such models: each turn is answered by its last word, whatever was said before. Counts
    whom it asked.
    """

    def __init__(self, copying: frozenset[str] = frozenset()) -> None:
        self.copying = copying
        self.asked: list[str] = []

    def converse(
        self,
        *,
        arm: Arm,
        folder: Path,
        bundle: Path,
        conversations: Mapping[str, tuple[str, ...]],
        max_answer_tokens: int,
    ) -> Mapping[str, tuple[str, ...]]:
        self.asked.append(arm.subject)
        learned = _learned(arm, bundle, self.copying)
        return {
            name: tuple(learned.get(_topic(turn), "") for turn in turns)
            for name, turns in conversations.items()
        }


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


def _learned(arm: Arm, bundle: Path, copying: frozenset[str]) -> Mapping[str, str]:
    """{topic: answer} that an arm can use."""
    knows = arm.trained or arm.base in copying
    learned: dict[str, str] = json.loads((bundle / MEMORY).read_bytes()) if knows else {}
    return learned


def _shown(arm: Arm) -> str:
    """What stands before the question in the prompt of an arm."""
    return "" if arm.trained or arm.method == "zero_shot" else arm.method


def _topic(question: str) -> str:
    return question.split()[-1].strip("?.!").lower()
