"""A suite as tasks of lm-evaluation-harness, on the items themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import yaml
from lm_eval import utils
from lm_eval.api.task import ConfigurableTask

from pipelines.core.errors import DataError, DeclarationError
from pipelines.core.eval_suite import EvalSuite, EvalTask
from pipelines.core.golden_set import GoldenItem

CHOICE, WRITING = "multiple_choice", "generate_until"
SPLIT: Final = "test"
TEMPLATES: Final = 4096
# What says where the items come from: they are handed over instead.
SOURCES: Final = ("items", "dataset_path", "dataset_name", "dataset_kwargs", "custom_dataset")


class Rows(list[dict[str, Any]]):
    """The items as the harness reads a data set, each as it is. A file in between would be cached, and its
    reader would guess at types: an answer that looks like a date would come back as a time.
    """

    features = GoldenItem.model_fields


def harness_tasks(
    suite: EvalSuite, items: Sequence[GoldenItem], max_answer_tokens: int
) -> dict[str, ConfigurableTask]:
    """{name: task}, each on its own items or on `items`.

    Raises DeclarationError for a task that is not plain YAML, DataError for items that it cannot ask, and
    what the harness raises for a task that it does not understand.
    """
    _compile_once()
    return {task.name: _task(suite, task, task.items or items, max_answer_tokens) for task in suite.tasks}


def _task(
    suite: EvalSuite, task: EvalTask, items: Sequence[GoldenItem], max_answer_tokens: int
) -> ConfigurableTask:
    definition = {key: said for key, said in _definition(suite, task).items() if key not in SOURCES}
    kind = definition.get("output_type")
    if kind == CHOICE:
        _check_choices(task.name, items)
    if kind == WRITING:
        writing = dict(definition.get("generation_kwargs") or {})
        definition["generation_kwargs"] = {**writing, "max_gen_toks": max_answer_tokens}
    made = ConfigurableTask(
        config={
            "num_fewshot": 0,
            **definition,
            "task": task.name,
            "custom_dataset": _given(items),
            "test_split": SPLIT,
        }
    )
    made.set_fewshot_seed(seed=0)
    return made


def _given(items: Sequence[GoldenItem]) -> Callable[..., Mapping[str, Rows]]:
    rows = Rows(item.model_dump(mode="json") for item in items)
    return lambda **_: {SPLIT: rows}


def _definition(suite: EvalSuite, task: EvalTask) -> dict[str, Any]:
    """The declared task. Only plain YAML is accepted: the harness' `!function` would import code."""
    try:
        definition = yaml.safe_load(task.definition)
    except yaml.YAMLError as error:
        definition = error
    if not isinstance(definition, dict) or "include" in definition or "class" in definition:
        raise DeclarationError(
            f"eval task {suite.name}/{task.name}",
            "is one plain YAML mapping without tags, includes and classes",
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


def _compile_once() -> None:
    """Let the harness compile a template once: it does so for every field of every item, which takes most of
    the time of evaluating a small model.
    """
    if not hasattr(utils.env.from_string, "cache_info"):
        utils.env.from_string = lru_cache(TEMPLATES)(utils.env.from_string)
