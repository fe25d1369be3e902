"""One task of an eval suite: a YAML file in lm-evaluation-harness form, and the items it may bring along."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from pipelines.core.eval_suite import EvalTask
from pipelines.core.golden_set import GoldenItem
from pipelines.declarations.document import Document, read_document
from pipelines.declarations.eval_items import SUFFIX, read_items
from pipelines.declarations.folder import relative
from pipelines.declarations.problems import Problems

CHOICE, WRITING = "multiple_choice", "generate_until"
OUTPUT_TYPES = (WRITING, CHOICE, "loglikelihood")
CODE = ("class", "custom_dataset", "unsafe_code")
ITEMS = "items"


class DeclaredTask(NamedTuple):
    """A task with its file, and the metrics of its `metric_list`."""

    document: Document
    task: EvalTask
    metrics: tuple[str, ...]

    @property
    def output_type(self) -> str:
        return str(self.document.data["output_type"])


def read_task(path: Path, project: Path, name: str, problems: Problems) -> DeclaredTask | None:
    """The task `name`, or None after its problems were kept."""
    document = read_document(path, relative(path, project), problems)
    if document is None:
        return None
    _check_form(document, name)
    metrics = _metrics(document)
    items = _items(document, path.parent, project)
    if not document.sound:
        return None
    definition = path.read_text(encoding="utf-8")
    return DeclaredTask(document, EvalTask(name=name, definition=definition, items=items), metrics)


def _check_form(document: Document, name: str) -> None:
    data = document.data
    if data.get("task") != name:
        remedy = "Rename one of them."
        document.problem(("task",), f"is `{name}`, the name of its file", data.get("task"), remedy)
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


def _metrics(document: Document) -> tuple[str, ...]:
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


def _items(document: Document, folder: Path, project: Path) -> tuple[GoldenItem, ...]:
    """The items of the file that the task names, () for a task that asks the golden items."""
    if ITEMS not in document.data:
        return ()
    name: Any = document.data[ITEMS]
    if not isinstance(name, str) or Path(name).name != name or not name.endswith(SUFFIX) or name == SUFFIX:
        remedy = f"Put the items beside this file and name them here, such as refusals{SUFFIX}."
        document.problem((ITEMS,), f"is the name of a file <name>{SUFFIX} beside this one", name, remedy)
        return ()
    if not (folder / name).is_file():
        remedy = f"Create {name} beside this file, or remove `{ITEMS}`."
        document.problem((ITEMS,), "is a file beside this one", name, remedy)
        return ()
    choices = document.data.get("output_type") == CHOICE
    return read_items(folder / name, relative(folder / name, project), document.problems, choices=choices)
