"""The property `roles`: which column plays which part, and the rules that a part brings along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from pipelines.core.contract import Purpose, Roles, Rule
from pipelines.declarations.document import Document, Field, Said
from pipelines.declarations.fields import keep_breaches
from pipelines.declarations.odcs_column import ReadColumn

EXAMPLE = "{property: roles, value: {prompt: question, completion: answer}}"
OPTIONAL = ("context", "follow_up")
"""The parts whose column may have empty cells."""
TEXT_PARTS = ("follow_up", "origin", "consent", "retention")
DATE = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
CONSENT = ("yes", "no")


def read_roles(document: Document, written: object, field: Field | None) -> Roles | None:
    """The roles at `field`, or None after their problems were kept."""
    if field is None:
        rule = "names the `roles` of columns"
        document.problem(("customProperties",), rule, Said("nothing"), f"Add {EXAMPLE}.")
        return None
    if not isinstance(written, dict):
        document.problem(field, "is a mapping from part to column", written, f"Write {EXAMPLE}.")
        return None
    choices = written.get("choices", [])
    try:
        lists = {"choices": tuple(choices) if isinstance(choices, list) else choices}
        return Roles.model_validate(written | lists, strict=True)
    except ValidationError as error:
        keep_breaches(document, Roles, error, below=field)
    return None


def check_roles(
    document: Document, roles: Roles, field: Field, purpose: Purpose, columns: Mapping[str, ReadColumn]
) -> None:
    """Every part is played by a column that can play it."""
    parts = roles.model_dump(exclude={"choices"}).items()
    named: list[tuple[Field, str]] = [((*field, part), name) for part, name in parts if name is not None]
    named += [((*field, "choices", place), name) for place, name in enumerate(roles.choices)]
    for where, name in named:
        _check_column(document, where, name, columns)
    if roles.prompt == roles.completion:
        remedy = "Name the column that holds the right answer."
        document.problem((*field, "completion"), "is another column than `prompt`", roles.completion, remedy)
    if "choices" in _written(document, field) and len(set(roles.choices)) != max(2, len(roles.choices)):
        remedy = "Name each column that holds an option, or remove `choices`."
        document.problem((*field, "choices"), "lists at least two columns, each once", roles.choices, remedy)
    if roles.item is not None and roles.item in columns and not columns[roles.item].unique:
        remedy = f"Write `unique: true` at the column `{roles.item}`."
        document.problem((*field, "item"), "is a column with `unique: true`", roles.item, remedy)
    if purpose == "evaluation" and roles.item is None:
        remedy = "Name the column that holds a stable id of the item, as `item`."
        document.problem((*field, "item"), "is written for an evaluation source", Said("nothing"), remedy)


def check_origin(document: Document, roles: Roles, field: Field, rules: tuple[Rule, ...]) -> None:
    """Whoever counts the rows of teachers must be able to tell them."""
    counting = [rule.id for rule in rules if rule.check == "teacher_share"]
    if counting and roles.origin is None:
        remedy = "Name the column that says who wrote a row, as `origin`."
        rule = f"is written for the rule {counting[0]}"
        document.problem((*field, "origin"), rule, Said("nothing"), remedy)


def role_rules(roles: Roles) -> tuple[Rule, ...]:
    """The rules that make consent and retention readable on every row."""
    rules: list[Rule] = []
    if roles.consent is not None:
        consent = Rule(
            id=f"{roles.consent}.consent",
            check="in_set",
            severity="critical",
            column=roles.consent,
            values=CONSENT,
            text=f"`{roles.consent}` must be yes or no: whether the row may be used.",
            fix="Write yes or no.",
        )
        rules.append(consent)
    if roles.retention is not None:
        retention = Rule(
            id=f"{roles.retention}.retention",
            check="matches",
            severity="critical",
            column=roles.retention,
            pattern=DATE,
            text=f"`{roles.retention}` must be a date like 2026-12-31: the last day the row may be used.",
            fix="Write it as year-month-day, like 2026-12-31.",
        )
        rules.append(retention)
    return tuple(rules)


def _written(document: Document, field: Field) -> Mapping[str, Any]:
    written: Mapping[str, Any] = document.data["customProperties"][field[1]]["value"]
    return written


def _check_column(document: Document, field: Field, name: str, columns: Mapping[str, ReadColumn]) -> None:
    if name not in columns:
        remedy = f"Name one of: {', '.join(columns)}."
        document.problem(field, "is a column of the table", name, remedy)
    elif field[-1] not in OPTIONAL and not columns[name].required:
        remedy = f"Write `required: true` at the column `{name}`."
        document.problem(field, "is a column with `required: true`", name, remedy)
    elif field[-1] in TEXT_PARTS and columns[name].column.type != "string":
        remedy = f"Write `logicalType: string` at the column `{name}`."
        document.problem(field, "is a column of texts", name, remedy)
