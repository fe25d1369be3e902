"""Scores a bundle with lm-evaluation-harness, item by item; a missing score is an error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.arm import Arm
from pipelines.core.errors import DataError, Tampered
from pipelines.core.eval_suite import EvalSuite, Metric
from pipelines.core.evaluation import ItemScore, Output, Scores
from pipelines.core.golden_set import GoldenItem
from pipelines.core.usage import Usage
from pipelines.integrations.bundle import MANIFEST, LoadedBundle, Manifest
from pipelines.integrations.kernels import pin_kernels
from pipelines.integrations.quiet import offline_and_quiet

if TYPE_CHECKING:
    from pipelines.integrations.harness_model import HarnessModel

Sample = Mapping[str, Any]


class LmEvalEvaluator:
    """Implements `ports.Evaluator` in this process, on the GPU when there is one."""

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
        """One score for each metric of the suite and each item of its task, in that order; one output for
        each task that lets the model write and each of its items.

        Raises DataError for items that a task cannot ask and for every score that is missing,
        DeclarationError for a task that is not plain YAML, Tampered for an unsound bundle.
        """
        asked = {task.name: task.items or tuple(items) for task in suite.tasks}
        for questions in asked.values():
            _check_items(arm, questions)
        offline_and_quiet()
        pin_kernels()
        from pipelines.integrations.harness_model import HarnessModel
        from pipelines.integrations.merging import load_merged

        loaded = load_merged(bundle, folder)
        _check_method(arm, bundle)
        model = HarnessModel(loaded, name=arm.base, answer_tokens=max_answer_tokens)
        samples = _run(arm, model, suite, items, max_answer_tokens)
        scores = [
            score
            for metric in suite.metrics
            for score in _scores(metric, samples.get(metric.task, ()), asked.get(metric.task, ()))
        ]
        return Scores(
            items=tuple(scores),
            outputs=tuple(_outputs(loaded, model, asked, samples)),
            usage=_usage(loaded, model, items, max_answer_tokens),
        )


def _check_items(arm: Arm, items: Sequence[GoldenItem]) -> None:
    distinct = {item.id for item in items}
    if not items or len(distinct) != len(items):
        raise DataError(
            f"golden items for {arm.base}",
            "are at least one, each with an id of its own",
            f"{len(items)} items with {len(distinct)} ids",
            "Give every row of the golden source a unique id.",
        )


def _check_method(arm: Arm, bundle: Path) -> None:
    """Of a bundle whose files were verified."""
    method = Manifest.model_validate_json((bundle / MANIFEST).read_bytes()).method
    if method != arm.method:
        raise Tampered(
            f"bundle {bundle.name}",
            f"is made by {arm.method}, as its arm says",
            f"{method} in its manifest",
            "Score it as the arm that it is.",
        )


def _run(
    arm: Arm, model: HarnessModel, suite: EvalSuite, items: Sequence[GoldenItem], max_answer_tokens: int
) -> Mapping[str, Sequence[Sample]]:
    """{task: samples} as the harness logs them."""
    from lm_eval.evaluator import evaluate

    from pipelines.integrations.harness_tasks import harness_tasks

    try:
        tasks = harness_tasks(suite, items, max_answer_tokens)
        # Not simple_evaluate: around this call it only describes the machine, which takes seconds.
        result = evaluate(
            lm=model,
            task_dict={"tasks": tasks, "groups": {}, "group_map": {}},
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
    return samples


def _scores(metric: Metric, samples: Sequence[Sample], items: Sequence[GoldenItem]) -> list[ItemScore]:
    """The metric of every item, in their order. Raises DataError for any that is missing."""
    found: dict[str, Sample] = {}
    for sample in samples:
        item, value = str(sample["doc"]["id"]), sample.get(metric.name)
        if item in found or value is None or not math.isfinite(float(value)):
            raise _missing(metric, f"{item} scored {'twice' if item in found else value}")
        found[item] = sample
    known = {item.id for item in items}
    if not known or found.keys() != known:
        raise _missing(metric, f"{len(found.keys() & known)} of {len(known)} items")
    return [_score(metric, item, found[item.id]) for item in items]


def _score(metric: Metric, item: GoldenItem, sample: Sample) -> ItemScore:
    return ItemScore(
        task=metric.task,
        metric=metric.name,
        item=item.id,
        slice=item.slice,
        score=float(sample[metric.name]),
        doc_hash=sample["doc_hash"],
        prompt_hash=sample["prompt_hash"],
        target_hash=sample["target_hash"],
        cluster=item.cluster,
    )


def _missing(metric: Metric, found: str) -> DataError:
    return DataError(
        f"eval metric {metric.label}",
        "scores every item exactly once",
        found,
        "Let the task's metric_list name the metric, and give it one filter.",
    )


def _outputs(
    loaded: LoadedBundle,
    model: HarnessModel,
    asked: Mapping[str, Sequence[GoldenItem]],
    samples: Mapping[str, Sequence[Sample]],
) -> list[Output]:
    prompts = {
        (task, s["doc"]["id"]): s["arguments"][0][0] for task, logged in samples.items() for s in logged
    }
    outputs = []
    for task, items in asked.items():
        for item in items:
            written = model.written.get((task, item.id))
            if written is None:
                continue
            cited = loaded.prompter.answer(written.text).cited
            shown = model.shown.get(prompts[task, item.id], ())
            grounded = loaded.prompter.grounded(cited, shown, item.completion)
            outputs.append(Output(task=task, item=item.id, text=written.text, cited=cited, grounded=grounded))
    return outputs


def _usage(
    loaded: LoadedBundle, model: HarnessModel, items: Sequence[GoldenItem], max_answer_tokens: int
) -> Usage:
    """Of requests for an answer where a task makes any, else of all requests; then answers are as long as the
    timed ones.
    """
    from pipelines.integrations.answer_times import answer_times

    times = answer_times(loaded, [item.prompt for item in items], max_answer_tokens)
    prompts = [model.prompts[asked] for asked in model.written] or list(model.prompts.values())
    answers = [written.tokens for written in model.written.values()] or times.tokens
    return Usage(
        requests=len(prompts),
        prompt_tokens=sum(prompts) / len(prompts),
        answer_tokens=sum(answers) / len(answers),
        timed=len(times.milliseconds),
        p50_ms=times.percentile(0.5),
        p95_ms=times.percentile(0.95),
    )
