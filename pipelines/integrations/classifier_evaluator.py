"""Scores classifiers with the same tasks, items and metrics as every arm, so that arms can be compared."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.core.arm import Arm
from pipelines.core.errors import DataError
from pipelines.core.eval_suite import EvalSuite, Metric
from pipelines.core.evaluation import ItemScore, Output, Scores
from pipelines.core.golden_set import GoldenItem
from pipelines.core.usage import Usage
from pipelines.core.value import sha256_hex
from pipelines.integrations.bundle import LoadedBundle
from pipelines.integrations.classifier_bundle import is_classifier, load_classifier, log_shares
from pipelines.integrations.generation import context_length
from pipelines.integrations.kernels import pin_kernels
from pipelines.integrations.quiet import offline_and_quiet
from pipelines.ports import Evaluator

BATCH, TIMED = 64, 20
# The logarithm of the probability of a choice that is no label.
NEVER = -1e9
WRITING = "generate_until"


class Chosen(NamedTuple):
    """The prompt of an item, its tokens, and {label: logarithm of its probability}."""

    prompt: str
    tokens: int
    scores: Mapping[str, float]

    @property
    def label(self) -> str:
        return max(self.scores, key=self.scores.__getitem__)


class ClassifierEvaluator:
    """Implements `ports.Evaluator` for bundles that hold a classifier; hands every other one on."""

    def __init__(self, otherwise: Evaluator) -> None:
        self._otherwise = otherwise

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
        """As `LmEvalEvaluator.score`. A task that lets a model write gets the likeliest label, one that
        offers choices their probabilities.
        """
        if not is_classifier(bundle):
            return self._otherwise.score(
                arm=arm,
                folder=folder,
                bundle=bundle,
                suite=suite,
                items=items,
                max_answer_tokens=max_answer_tokens,
            )
        offline_and_quiet()
        pin_kernels()
        from pipelines.integrations.harness_tasks import harness_tasks

        classifier = load_classifier(bundle, folder)
        tasks = harness_tasks(suite, items, max_answer_tokens)
        asked = {task.name: task.items or tuple(items) for task in suite.tasks}
        chosen = _choose(arm, classifier, [item for questions in asked.values() for item in questions])
        scores = [
            _score(metric, item, tasks[metric.task], chosen[item.prompt])
            for metric in suite.metrics
            for item in asked[metric.task]
        ]
        outputs = [
            Output(task=name, item=item.id, text=chosen[item.prompt].label)
            for name, questions in asked.items()
            if tasks[name].OUTPUT_TYPE == WRITING
            for item in questions
        ]
        usage = _usage(classifier, [chosen[item.prompt] for item in items])
        return Scores(items=tuple(scores), outputs=tuple(outputs), usage=usage)


def _choose(arm: Arm, classifier: LoadedBundle, items: Sequence[GoldenItem]) -> dict[str, Chosen]:
    """{question: what was chosen}. Raises DataError for items that the base cannot read whole."""
    questions = sorted({item.prompt for item in items})
    prompts = [
        classifier.tokenizer.apply_chat_template(
            [{"role": "user", "content": question}], tokenize=False, add_generation_prompt=True
        )
        for question in questions
    ]
    rows = [classifier.tokenizer(prompt, add_special_tokens=False)["input_ids"] for prompt in prompts]
    room = context_length(classifier.model)
    cut = [question for question, row in zip(questions, rows, strict=True) if len(row) > room]
    if cut or not items:
        raise DataError(
            f"golden items for {arm.base}",
            f"are at least one, each within {room:.0f} tokens",
            f"{len(cut)} of {len(questions)} longer",
            "Shorten these items or use a base with more positions.",
        )
    found: dict[str, Chosen] = {}
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        for at, scores in zip(batch, log_shares(classifier, [rows[at] for at in batch]), strict=True):
            by_label = dict(zip(classifier.labels, scores, strict=True))
            found[questions[at]] = Chosen(prompts[at], len(rows[at]), by_label)
    return found


def _score(metric: Metric, item: GoldenItem, task: Any, chosen: Chosen) -> ItemScore:
    """The harness's own metric. The hashes are those that it logs for any other arm."""
    doc = item.model_dump(mode="json")
    values = task.process_results(doc, _results(task, doc, chosen))
    value = values.get(metric.name)
    if value is None or not math.isfinite(float(value)):
        raise DataError(
            f"eval metric {metric.label}",
            "scores every item exactly once",
            f"{item.id} scored {value}",
            "Let the task's metric_list name the metric.",
        )
    return ItemScore(
        task=metric.task,
        metric=metric.name,
        item=item.id,
        slice=item.slice,
        score=float(value),
        doc_hash=sha256_hex(json.dumps(doc, indent=2, ensure_ascii=False).encode()),
        prompt_hash=sha256_hex(chosen.prompt.encode()),
        target_hash=sha256_hex(str(task.doc_to_target(doc)).encode()),
        cluster=item.cluster,
    )


def _results(task: Any, doc: Mapping[str, Any], chosen: Chosen) -> list[Any]:
    """What the harness would have got from a language model."""
    if task.OUTPUT_TYPE == WRITING:
        return [chosen.label]
    return [(chosen.scores.get(choice, NEVER), choice == chosen.label) for choice in task.doc_to_choice(doc)]


def _usage(classifier: LoadedBundle, chosen: Sequence[Chosen]) -> Usage:
    """A classifier reads its prompt and writes nothing; single requests are timed one at a time."""
    spread = [chosen[at * len(chosen) // TIMED] for at in range(min(TIMED, len(chosen)))]
    milliseconds = []
    for asked in (spread[0], *spread):
        start = time.perf_counter()
        ids = classifier.tokenizer(asked.prompt, add_special_tokens=False)["input_ids"]
        log_shares(classifier, [ids])
        milliseconds.append((time.perf_counter() - start) * 1000)
    ordered = sorted(milliseconds[1:])  # the first one warms up
    return Usage(
        requests=len(chosen),
        prompt_tokens=sum(asked.tokens for asked in chosen) / len(chosen),
        answer_tokens=0.0,
        timed=len(ordered),
        p50_ms=ordered[math.ceil(0.5 * len(ordered)) - 1],
        p95_ms=ordered[math.ceil(0.95 * len(ordered)) - 1],
    )
