"""An eval suite's declaration: a folder below `mlflow/evals` with `suite.yaml` and a file for each task."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from pipelines.core.eval_suite import EvalSuite, EvalTask, Metric
from pipelines.core.value import Name, Value
from pipelines.declarations.document import Document, Said, read_document
from pipelines.declarations.fields import Limit, read_fields, up_to, written
from pipelines.declarations.folder import declared_files, relative
from pipelines.declarations.problems import Problems

SUITE = "suite.yaml"
CHOICE = "multiple_choice"
OUTPUT_TYPES = ("generate_until", CHOICE, "loglikelihood")
OVERLAP = ("rouge", "bleu", "sacrebleu")
CODE = ("class", "custom_dataset", "unsafe_code")
SCORE: Limit = up_to(0, 1)


class DeclaredSuite(NamedTuple):
    """A suite, and whether one of its tasks offers the options of the item."""

    suite: EvalSuite
    needs_choices: bool


class _SuiteFile(Value):
    name: Name
    version: str
    metrics: tuple[Metric, ...]


class _Task(NamedTuple):
    document: Document
    task: EvalTask
    metrics: tuple[str, ...]


def read_suite(folder: Path, project: Path, name: str, problems: Problems) -> DeclaredSuite | None:
    """The suite `name`, or None after its problems were kept."""
    before = len(problems)
    files = declared_files(folder, project, ".yaml", problems, besides=SUITE)
    read = {stem: _read_task(path, relative(path, project), stem, problems) for stem, path in files.items()}
    document = read_document(folder / SUITE, relative(folder / SUITE, project), problems)
    declared = None
    if document is not None:
        declared = read_fields(document, _SuiteFile, {("version",): written()}, named=name)
    if document is None or declared is None:
        return None
    _check_metrics(document, declared.metrics, read)
    tasks = [task for task in read.values() if task is not None]
    if len(problems) > before:
        return None
    suite = EvalSuite(
        name=name,
        version=declared.version,
        tasks=tuple(found.task for found in tasks),
        metrics=declared.metrics,
    )
    return DeclaredSuite(suite, any(found.document.data["output_type"] == CHOICE for found in tasks))


def _read_task(path: Path, file: str, name: str, problems: Problems) -> _Task | None:
    document = read_document(path, file, problems)
    if document is None:
        return None
    data = document.data
    if data.get("task") != name:
        document.problem(
            ("task",), f"is `{name}`, the name of its file", data.get("task"), "Rename one of them."
        )
    if "include" in data:
        remedy = "Copy the included fields into this file."
        document.problem(("include",), "is not used: a task stands whole", data["include"], remedy)
    if data.get("output_type") not in OUTPUT_TYPES:
        rule = f"is one of {', '.join(OUTPUT_TYPES)}"
        document.problem(("output_type",), rule, data.get("output_type"), "Write one of these.")
    for field in ("doc_to_text", "doc_to_target"):
        if not isinstance(data.get(field), str):
            remedy = "Write a template in quotes, such as '{{prompt}}'."
            document.problem((field,), "is a template of the item's fields", data.get(field), remedy)
    for field in CODE:
        if field in data:
            rule = "is not used: a task runs no code of its own"
            document.problem((field,), rule, data[field], "Remove it.")
    metrics = _task_metrics(document)
    if not document.sound:
        return None
    return _Task(document, EvalTask(name=name, definition=path.read_text(encoding="utf-8")), metrics)


def _task_metrics(document: Document) -> tuple[str, ...]:
    entries: Any = document.data.get("metric_list")
    remedy = (
        "Write `metric_list:` with an entry such as {metric: acc, aggregation: mean, higher_is_better: true}."
    )
    if not isinstance(entries, list) or not entries:
        document.problem(("metric_list",), "lists the metrics of the task", entries, remedy)
        return ()
    names = []
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict) or not isinstance(entry.get("metric"), str):
            document.problem(("metric_list", place), "names a `metric`", entry, remedy)
            continue
        if entry.get("higher_is_better", True) is not True:
            field = ("metric_list", place, "higher_is_better")
            better = "Measure something of which more is better; the gate compares that way."
            document.problem(field, "is true", entry["higher_is_better"], better)
        names.append(entry["metric"])
    return tuple(names)


def _check_metrics(document: Document, metrics: tuple[Metric, ...], tasks: dict[str, _Task | None]) -> None:
    if not metrics or all(metric.name.lower().startswith(OVERLAP) for metric in metrics):
        found = [metric.name for metric in metrics] or Said("nothing")
        remedy = "Add a metric of correctness, such as exact_match or acc."
        document.problem(("metrics",), "judge correctness, not only the overlap of words", found, remedy)
    seen = set()
    for place, metric in enumerate(metrics):
        _check_metric(document, place, metric, tasks)
        if metric.label in seen:
            document.problem(("metrics", place), "stands once", Said(metric.label), "Keep one of the two.")
        seen.add(metric.label)
    read = {metric.task for metric in metrics}
    for name, task in tasks.items():
        if task is not None and name not in read and read <= set(tasks):  # else it is a misspelt task
            rule = f"is read by a metric of {SUITE}"
            task.document.problem(
                ("task",), rule, Said("none"), f"Add a metric to {SUITE}, or remove this file."
            )


def _check_metric(document: Document, place: int, metric: Metric, tasks: dict[str, _Task | None]) -> None:
    field = ("metrics", place)
    if not SCORE.holds(metric.minimum):
        document.problem((*field, "minimum"), SCORE.rule, metric.minimum, "Write a mean score, such as 0.8.")
    if metric.task not in tasks:
        remedy = f"Add {metric.task}.yaml beside this file, or name one of: {', '.join(tasks) or 'none yet'}."
        document.problem((*field, "task"), "is a task file beside this one", metric.task, remedy)
        return
    task = tasks[metric.task]
    if task is not None and metric.name not in task.metrics:
        rule = f"stands in the metric_list of {metric.task}.yaml"
        remedy = f"Name one of: {', '.join(task.metrics)}."
        document.problem((*field, "name"), rule, metric.name, remedy)
