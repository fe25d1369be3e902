"""Scores golden items with lm-evaluation-harness, item by item; a missing score is an error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from pipelines.core.errors import DataError, DeclarationError
from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.evaluation import Arm, ItemScore
from pipelines.core.golden_set import GoldenItem
from pipelines.integrations.kernels import pin_kernels
from pipelines.integrations.quiet import offline_and_quiet

ITEMS = "items.jsonl"
Sample = Mapping[str, Any]


class LmEvalEvaluator:
    """Implements `ports.Evaluator` in this process, on the GPU when there is one."""

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
        """One score for each metric of the suite and each item, in that order.

        Raises DataError for items that a task cannot ask and for every score that is missing,
        DeclarationError for a task that is not plain YAML, Tampered for an unsound bundle.
        """
        _check_items(arm, items)
        offline_and_quiet()
        pin_kernels()
        with TemporaryDirectory(prefix="perennial-eval-") as scratch:
            tasks = _write_tasks(suite, items, Path(scratch), max_answer_tokens)
            samples = _run(arm, folder, adapter, tasks, Path(scratch), max_answer_tokens)
        scores = [
            score
            for metric in suite.metrics
            for score in _scores(metric, samples.get(metric.task, ()), [item.id for item in items])
        ]
        return tuple(scores)


def _check_items(arm: Arm, items: Sequence[GoldenItem]) -> None:
    distinct = {item.id for item in items}
    if not items or len(distinct) != len(items):
        raise DataError(
            f"golden items for {arm.base}",
            "are at least one, each with an id of its own",
            f"{len(items)} items with {len(distinct)} ids",
            "Give every row of the golden source a unique id.",
        )


def _write_tasks(
    suite: EvalSuite, items: Sequence[GoldenItem], scratch: Path, max_answer_tokens: int
) -> tuple[str, ...]:
    """Write items and task files into `scratch`; returns the names of the tasks.

    Every path is absolute, since the harness reads relative ones against the working directory, and the
    cache is new, since it would serve old items for a file of the same size and time.
    """
    path = scratch / ITEMS
    path.write_text("".join(item.model_dump_json() + "\n" for item in items), encoding="utf-8")
    names = []
    for task in suite.tasks:
        definition = _definition(suite, task)
        kind = definition.get("output_type")
        if kind == "multiple_choice":
            _check_choices(task.name, items)
        if kind == "generate_until":
            generation = dict(definition.get("generation_kwargs") or {})
            definition["generation_kwargs"] = {**generation, "max_gen_toks": max_answer_tokens}
        definition = (
            {"num_fewshot": 0}
            | definition
            | {
                "task": task.name,
                "dataset_path": "json",
                "dataset_kwargs": {"data_files": {"test": str(path)}, "cache_dir": str(scratch / "cache")},
                "test_split": "test",
            }
        )
        (scratch / f"{task.name}.yaml").write_text(yaml.safe_dump(definition), encoding="utf-8")
        names.append(task.name)
    return tuple(names)


def _definition(suite: EvalSuite, task: EvalTask) -> dict[str, Any]:
    """The declared task. Only plain YAML is accepted: the harness' `!function` would import code."""
    try:
        definition = yaml.safe_load(task.definition)
    except yaml.YAMLError as error:
        definition = error
    if not isinstance(definition, dict) or "include" in definition:
        raise DeclarationError(
            f"eval task {suite.name}/{task.name}",
            "is one plain YAML mapping without tags and includes",
            str(definition)[:120],
            "Write the task out in full.",
        )
    return definition


def _check_choices(task: str, items: Sequence[GoldenItem]) -> None:
    wrong = [i.id for i in items if len(set(i.choices)) < 2 or i.choices.count(i.completion) != 1]
    if wrong:
        raise DataError(
            f"golden items for {task}",
            "offer at least two choices, exactly one of them the answer",
            f"{len(wrong)} without, first {wrong[0]}",
            "Repair these rows of the golden source.",
        )


def _run(
    arm: Arm, folder: Path, adapter: Path | None, tasks: Sequence[str], scratch: Path, max_answer_tokens: int
) -> Mapping[str, Sequence[Sample]]:
    """{task: samples} as the harness logs them."""
    from lm_eval.evaluator import evaluate
    from lm_eval.tasks import TaskManager

    from pipelines.integrations.harness_model import harness_model

    language_model = harness_model(folder, adapter)
    try:
        loaded = TaskManager(include_path=str(scratch), include_defaults=False).load(list(tasks))
        for task in loaded["tasks"].values():
            task.set_fewshot_seed(seed=0)
        # Not simple_evaluate: around this call it only describes the machine, which takes seconds.
        result = evaluate(
            lm=language_model,
            task_dict=loaded,
            log_samples=True,
            bootstrap_iters=0,
            apply_chat_template=True,
        )
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError) as error:
        raise DataError(
            f"evaluation of {arm.base}",
            "asks every item with every task",
            f"{type(error).__name__}: {error}",
            "Check the task files against the columns of the golden items.",
        ) from error
    samples: Mapping[str, Sequence[Sample]] = result["samples"] if result else {}
    _check_fits(arm, language_model, samples, max_answer_tokens)
    return samples


def _check_fits(
    arm: Arm, language_model: Any, samples: Mapping[str, Sequence[Sample]], max_answer_tokens: int
) -> None:
    """The harness cuts a prompt that is too long from the left, silently: here it is an error."""
    room = language_model.max_length - max_answer_tokens
    prompts = {(s["doc"]["id"], s["arguments"][0][0]) for logged in samples.values() for s in logged}
    cut = sorted(i for i, prompt in prompts if len(language_model.tok_encode(prompt)) > room)
    if cut:
        raise DataError(
            f"golden items for {arm.base}",
            f"fit into {room} tokens",
            f"{len(cut)} longer, first {cut[0]}",
            "Shorten these items or use a base with more positions.",
        )


def _scores(metric: Metric, samples: Sequence[Sample], expected: Sequence[str]) -> list[ItemScore]:
    """The metric of every expected item, in their order. Raises DataError for any that is missing."""
    found: dict[str, ItemScore] = {}
    for sample in samples:
        item, value = str(sample["doc"]["id"]), sample.get(metric.name)
        if item in found or value is None or not math.isfinite(float(value)):
            raise _missing(metric, f"{item} scored {'twice' if item in found else value}")
        found[item] = ItemScore(
            task=metric.task,
            metric=metric.name,
            item=item,
            slice=str(sample["doc"]["slice"]),
            score=float(value),
            doc_hash=sample["doc_hash"],
            prompt_hash=sample["prompt_hash"],
            target_hash=sample["target_hash"],
        )
    if found.keys() != set(expected):
        raise _missing(metric, f"{len(found.keys() & set(expected))} of {len(expected)} items")
    return [found[item] for item in expected]


def _missing(metric: Metric, found: str) -> DataError:
    return DataError(
        f"eval metric {metric.label}",
        "scores every item exactly once",
        found,
        "Let the task's metric_list name the metric, and give it one filter.",
    )
