"""The `customProperties` of a contract: what the standard has no word for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from pipelines.core.contract import Purpose, Roles
from pipelines.declarations.document import Document, Field, Said
from pipelines.declarations.fields import keep_breaches, number
from pipelines.declarations.odcs_column import ReadColumn

A_WEEK = 7 * 24 * 60 * 60
PURPOSES: Mapping[str, Purpose] = {"training": "training", "evaluation": "evaluation"}
PROPERTIES = ("purpose", "quietPeriodSeconds", "rowErrorBudgetPercent", "roles")


class Properties(NamedTuple):
    """The properties with their defaults filled in; `roles_at` is where the roles stand."""

    purpose: Purpose
    quiet_seconds: float
    row_error_budget_percent: float
    roles: Roles
    roles_at: Field


def read_properties(document: Document) -> Properties | None:
    """The properties, or None after their problems were kept."""
    before = len(document.problems)
    places = _places(document)
    written = {name: document.data["customProperties"][place]["value"] for name, place in places.items()}
    at: dict[str, Field] = {name: ("customProperties", place, "value") for name, place in places.items()}

    purpose = written.get("purpose", "training")
    if not isinstance(purpose, str) or purpose not in PURPOSES:
        document.problem(at["purpose"], "is training or evaluation", purpose, "Write one of these.")
    quiet = written.get("quietPeriodSeconds", 600)
    if not number(quiet) or not 0 <= quiet <= A_WEEK:
        rule = f"is a number of seconds from 0 to {A_WEEK}, a week"
        document.problem(at["quietPeriodSeconds"], rule, quiet, "Write a number such as 600.")
    budget = written.get("rowErrorBudgetPercent", 0)
    if not number(budget) or not 0 <= budget < 100:
        rule = "is a share in percent, from 0 to below 100"
        document.problem(at["rowErrorBudgetPercent"], rule, budget, "Write a number such as 0.5.")
    roles = _roles(document, written.get("roles"), at.get("roles"))
    if len(document.problems) > before or roles is None:
        return None
    return Properties(PURPOSES[purpose], float(quiet), float(budget), roles, at["roles"])


def _places(document: Document) -> dict[str, int]:
    """{property: its place in the list}, of the known ones."""
    places: dict[str, int] = {}
    for place, entry in enumerate(document.data.get("customProperties", ())):
        name, field = entry["property"], ("customProperties", place, "property")
        if name not in PROPERTIES:
            remedy = f"Repair its spelling, or remove it; known are {', '.join(PROPERTIES)}."
            document.problem(field, "is a known property", name, remedy)
        elif name in places:
            document.problem(field, "stands once", name, "Keep one of the two.")
        else:
            places[name] = place
    return places


def _roles(document: Document, written: object, field: Field | None) -> Roles | None:
    example = "{property: roles, value: {prompt: question, completion: answer}}"
    if field is None:
        document.problem(
            ("customProperties",), "names the `roles` of columns", Said("nothing"), f"Add {example}."
        )
        return None
    if not isinstance(written, dict):
        document.problem(field, "is a mapping from part to column", written, f"Write {example}.")
        return None
    choices = written.get("choices", [])
    try:
        lists = {"choices": tuple(choices) if isinstance(choices, list) else choices}
        return Roles.model_validate(written | lists, strict=True)
    except ValidationError as error:
        keep_breaches(document, Roles, error, below=field)
    return None


def check_roles(document: Document, properties: Properties, columns: Mapping[str, ReadColumn]) -> None:
    """Every part is played by a column that can play it."""
    roles, field = properties.roles, properties.roles_at
    named: list[tuple[Field, str]] = [
        ((*field, part), name)
        for part, name in roles.model_dump(exclude={"choices"}).items()
        if name is not None
    ]
    named += [((*field, "choices", place), name) for place, name in enumerate(roles.choices)]
    for where, name in named:
        _check_column(document, where, name, columns)
    if roles.prompt == roles.completion:
        remedy = "Name the column that holds the right answer."
        document.problem((*field, "completion"), "is another column than `prompt`", roles.completion, remedy)
    if "choices" in document_roles(document, field) and len(set(roles.choices)) != max(2, len(roles.choices)):
        remedy = "Name each column that holds an option, or remove `choices`."
        document.problem((*field, "choices"), "lists at least two columns, each once", roles.choices, remedy)
    if roles.item is not None and roles.item in columns and not columns[roles.item].unique:
        remedy = f"Write `unique: true` at the column `{roles.item}`."
        document.problem((*field, "item"), "is a column with `unique: true`", roles.item, remedy)
    if properties.purpose == "evaluation" and roles.item is None:
        remedy = "Name the column that holds a stable id of the item, as `item`."
        document.problem((*field, "item"), "is written for an evaluation source", Said("nothing"), remedy)


def document_roles(document: Document, field: Field) -> Mapping[str, Any]:
    """The roles as written."""
    written: Mapping[str, Any] = document.data["customProperties"][field[1]]["value"]
    return written


def _check_column(document: Document, field: Field, name: str, columns: Mapping[str, ReadColumn]) -> None:
    if name not in columns:
        remedy = f"Name one of: {', '.join(columns)}."
        document.problem(field, "is a column of the table", name, remedy)
    elif field[-1] != "context" and not columns[name].required:
        remedy = f"Write `required: true` at the column `{name}`."
        document.problem(field, "is a column with `required: true`", name, remedy)
