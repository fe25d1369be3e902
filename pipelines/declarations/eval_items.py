"""The items that a guard asks: a file of JSON Lines beside its task, one item a line."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from pipelines.core.golden_set import GoldenItem
from pipelines.declarations.document import Document, Said
from pipelines.declarations.fields import keep_breaches
from pipelines.declarations.problems import Problems

SUFFIX = ".jsonl"
WRITTEN = ("id", "prompt", "completion", "slice")


def read_items(path: Path, file: str, problems: Problems, *, choices: bool) -> tuple[GoldenItem, ...]:
    """Every item of a file, () after its problems were kept. With `choices` each offers its answer among
    them.
    """
    document = Document(file, problems)
    items: list[GoldenItem] = []
    for number, line in enumerate(_lines(path, document)):
        document.mark((number,), number + 1)
        item = _item(line, number, document)
        if item is None:
            continue
        _check(document, number, item, {earlier.id for earlier in items}, choices)
        items.append(item)
    if not items and document.sound:
        document.problem((), "holds at least one item", Said("nothing"), "Write one JSON object a line.")
    return tuple(items) if document.sound else ()


def _lines(path: Path, document: Document) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").split("\n") if path.stat().st_size else []
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        document.mark((), line)
        document.problem((), "is UTF-8 text", Said(f"byte {error.start}"), "Save the file as UTF-8.")
    except OSError as error:
        document.problem(
            (), "can be read", Said(error.strerror or str(error)), "Create it, or repair its name."
        )
    return []


def _item(line: str, number: int, document: Document) -> GoldenItem | None:
    """The item in a line, or None after its problems were kept."""
    try:
        return GoldenItem.model_validate_json(line, strict=True)
    except ValidationError as error:
        if not _is_object(line):
            remedy = 'Write one object a line, such as {"id": "a1", "prompt": "...", "completion": "..."}.'
            document.problem((number,), "is a JSON object", Said("something else"), remedy)
        else:
            keep_breaches(document, GoldenItem, error, below=(number,))
        return None


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _check(document: Document, number: int, item: GoldenItem, before: set[str], choices: bool) -> None:
    for part in WRITTEN:
        if not getattr(item, part).strip():
            document.problem((number, part), "is not blank", getattr(item, part), "Write a text.")
    if item.id in before:
        document.problem((number, "id"), "stands once", item.id, "Give every item an id of its own.")
    answers = item.choices.count(item.completion)
    if (choices or item.choices) and (len(set(item.choices)) != max(2, len(item.choices)) or answers != 1):
        remedy = "List every choice once, the text of `completion` among them."
        rule = "lists at least two choices, exactly one of them the `completion`"
        document.problem((number, "choices"), rule, item.choices, remedy)
