"""An eval suite's declaration: a folder below `mlflow/evals` with `suite.yaml` and a file for each task."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pipelines.core.assertion import Assertion
from pipelines.core.eval_suite import EvalSuite, Metric, MetricGroup
from pipelines.core.value import Name, Value
from pipelines.declarations.document import Document, Said, read_document
from pipelines.declarations.eval_assertions import check_assertions
from pipelines.declarations.eval_items import SUFFIX
from pipelines.declarations.eval_task import CHOICE, ITEMS, DeclaredTask, read_task
from pipelines.declarations.fields import Limit, read_fields, up_to, written
from pipelines.declarations.folder import declared_files, relative
from pipelines.declarations.problems import Problems

SUITE = "suite.yaml"
UNSURE = ("rouge", "bleu", "sacrebleu", "chrf", "meteor", "ter", "bertscore", "judge")
"""How metrics are named that measure likeness, or an opinion: alone they do not say what is right."""
SCORE: Limit = up_to(0, 1)

Tasks = Mapping[str, DeclaredTask | None]
"""{name: task}; None for one that has problems of its own."""


class DeclaredSuite(NamedTuple):
    """A suite, and whether one of its tasks offers the options of the golden item."""

    suite: EvalSuite
    needs_choices: bool


class _SuiteFile(Value):
    name: Name
    version: str
    metrics: tuple[Metric, ...]
    groups: tuple[MetricGroup, ...] = ()
    assertions: tuple[Assertion, ...] = ()


def read_suite(folder: Path, project: Path, name: str, problems: Problems) -> DeclaredSuite | None:
    """The suite `name`, or None after its problems were kept."""
    before = len(problems)
    item_files = {path.name: path for path in folder.glob(f"*{SUFFIX}")}
    files = declared_files(folder, project, ".yaml", problems, besides=(SUITE, *item_files))
    tasks: Tasks = {stem: read_task(path, project, stem, problems) for stem, path in files.items()}
    if None not in tasks.values():
        _check_item_files(item_files, tasks, project, problems)
    document = read_document(folder / SUITE, relative(folder / SUITE, project), problems)
    declared = None
    if document is not None:
        declared = read_fields(document, _SuiteFile, {("version",): written()}, named=name)
    if document is None or declared is None:
        return None
    _check_metrics(document, declared.metrics, tasks)
    if document.sound:  # else a misspelt metric would be told twice
        _check_groups(document, declared)
    check_assertions(document, declared.assertions, tasks)
    found = [task for task in tasks.values() if task is not None]
    if len(problems) > before:
        return None
    suite = EvalSuite(
        name=name,
        version=declared.version,
        tasks=tuple(task.task for task in found),
        metrics=declared.metrics,
        groups=declared.groups,
        assertions=declared.assertions,
    )
    golden = [task for task in found if not task.task.items]
    return DeclaredSuite(suite, any(task.output_type == CHOICE for task in golden))


def _check_item_files(files: Mapping[str, Path], tasks: Tasks, project: Path, problems: Problems) -> None:
    """Every file of items is asked by one task, and no two items of a suite share an id."""
    asked = [(str(t.document.data[ITEMS]), t) for t in tasks.values() if t and ITEMS in t.document.data]
    for name in sorted(files.keys() - {name for name, _ in asked}):
        remedy = f"Name it as `{ITEMS}` in the file of its task, or move it away."
        problems.add(
            relative(files[name], project), 1, "what stands here", "is asked by a task", "none", remedy
        )
    seen: dict[str, str] = {}
    for name, task in asked:
        for item in task.task.items:
            if item.id in seen:
                rule = "holds items with ids of their own in the whole suite"
                found = Said(f"`{item.id}` of {name} also in {seen[item.id]}")
                task.document.problem((ITEMS,), rule, found, "Rename one of the two items.")
        seen |= {item.id: name for item in task.task.items}


def _check_metrics(document: Document, metrics: tuple[Metric, ...], tasks: Tasks) -> None:
    if not any(metric.facts and not metric.name.lower().startswith(UNSURE) for metric in metrics):
        found = [metric.name for metric in metrics] or Said("nothing")
        remedy = "Add a metric of correctness, such as exact_match or acc."
        rule = "judge correctness, not only the overlap of words, style, safety or a judge's opinion"
        document.problem(("metrics",), rule, found, remedy)
    elif not metrics[0].facts:
        remedy = "Put a metric of correctness first: it decides where one must be proven better."
        found = Said(f"{metrics[0].label}, a {'guard' if metrics[0].guard else 'metric of style'}")
        document.problem(("metrics", 0), "is neither a guard nor of style", found, remedy)
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
            remedy = f"Add a metric to {SUITE}, or remove this file."
            task.document.problem(("task",), rule, Said("none"), remedy)


def _check_metric(document: Document, place: int, metric: Metric, tasks: Tasks) -> None:
    field = ("metrics", place)
    if not SCORE.holds(metric.minimum):
        document.problem((*field, "minimum"), SCORE.rule, metric.minimum, "Write a mean score, such as 0.8.")
    if metric.guard and metric.style:
        document.problem((*field, "style"), "stands without `guard`", True, "Keep one of the two.")
    if metric.task not in tasks:
        remedy = f"Add {metric.task}.yaml beside this file, or name one of: {', '.join(tasks) or 'none yet'}."
        document.problem((*field, "task"), "is a task file beside this one", metric.task, remedy)
        return
    task = tasks[metric.task]
    if task is None:
        return
    if metric.name not in task.metrics:
        rule = f"stands in the metric_list of {metric.task}.yaml"
        remedy = f"Name one of: {', '.join(task.metrics)}."
        document.problem((*field, "name"), rule, metric.name, remedy)
    if task.task.items and not metric.guard:
        rule = f"is true, since {metric.task} asks items of its own, which never rotate"
        remedy = "Write `guard: true`, or let the task ask the golden items."
        document.problem((*field, "guard"), rule, metric.guard, remedy)


def _check_groups(document: Document, declared: _SuiteFile) -> None:
    """Where there are groups, every metric is in one of them."""
    labels = [metric.label for metric in declared.metrics]
    left, names = list(labels), set[str]()
    for place, group in enumerate(declared.groups):
        if group.name in names:
            document.problem(("groups", place, "name"), "stands once", group.name, "Join the two groups.")
        names.add(group.name)
        for number, label in enumerate(group.metrics):
            if label in left:
                left.remove(label)
                continue
            rule = "stands in one group" if label in labels else "is a metric of this suite"
            remedy = "Keep one of the two." if label in labels else f"Write one of: {', '.join(labels)}."
            document.problem(("groups", place, "metrics", number), rule, label, remedy)
    if declared.groups and left and document.sound:
        remedy = "Add it to the group of its part of the use case."
        document.problem(("groups",), "name every metric", Said(f"{left[0]} in none"), remedy)
