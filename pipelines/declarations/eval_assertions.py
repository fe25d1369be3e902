"""The assertions of an eval suite: known ways to fail, each with a pattern that ends in bounded time."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.core.assertion import Assertion
from pipelines.declarations.document import Document, Field, Said
from pipelines.declarations.eval_task import WRITING, DeclaredTask
from pipelines.declarations.patterns import demand_re2


def check_assertions(
    document: Document, assertions: tuple[Assertion, ...], tasks: Mapping[str, DeclaredTask | None]
) -> None:
    """Every assertion can be checked on the answers of a task."""
    seen = set[str]()
    for place, assertion in enumerate(assertions):
        field = ("assertions", place)
        if assertion.id in seen:
            document.problem((*field, "id"), "stands once", assertion.id, "Give each an id of its own.")
        seen.add(assertion.id)
        _check_pattern(document, (*field, "pattern"), assertion.pattern)
        if not 0 < assertion.mostly <= 1:
            remedy = "Write the share of answers that must keep it, such as 0.98."
            document.problem((*field, "mostly"), "is above 0 and at most 1", assertion.mostly, remedy)
        _check_answers(document, field, assertion, tasks)


def _check_pattern(document: Document, field: Field, pattern: str) -> None:
    if not pattern:
        remedy = "Write what is searched for in an answer."
        document.problem(field, "is a pattern", Said("empty text, which every answer matches"), remedy)
    elif (problem := demand_re2(pattern)) is not None:
        rule = "is a regular expression that can be checked quickly on every text"
        remedy = "Write an RE2 pattern in single quotes, such as '^[A-Z]{3}$'."
        document.problem(field, rule, Said(f"{problem} in `{pattern}`"), remedy)


def _check_answers(
    document: Document, field: Field, assertion: Assertion, tasks: Mapping[str, DeclaredTask | None]
) -> None:
    """There are answers to look at: of a task that writes text, on slices that it can have."""
    if len(set(assertion.slices)) < len(assertion.slices):
        remedy = "Keep each slice once."
        document.problem((*field, "slices"), "lists each slice once", assertion.slices, remedy)
    writing = [name for name, task in tasks.items() if task is None or task.output_type == WRITING]
    if assertion.task not in writing:
        remedy = f"Name one of: {', '.join(writing) or 'none yet'}."
        rule = f"is a task that writes answers, of output_type {WRITING}"
        document.problem((*field, "task"), rule, assertion.task, remedy)
        return
    task = tasks[assertion.task]
    known = {item.slice for item in task.task.items} if task else set()
    for number, name in enumerate(assertion.slices):
        if known and name not in known:
            remedy = f"Write one of: {', '.join(sorted(known))}."
            rule = f"is a slice of the items of {assertion.task}"
            document.problem((*field, "slices", number), rule, name, remedy)
