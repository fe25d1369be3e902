"""One column of a contract: what it is, and the rules that its own fields stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipelines.core.contract import Check, Column, ColumnType, Rule
from pipelines.declarations.document import Document, Field, Said
from pipelines.declarations.fields import number
from pipelines.declarations.odcs_quality import quality_rules
from pipelines.declarations.odcs_rule import Form
from pipelines.declarations.odcs_subject import Subject, refuse_unknown

TYPES: Mapping[str, ColumnType] = {"string": "string", "number": "number", "integer": "integer"}
CLASSES: Mapping[str | None, bool] = {
    None: False,
    "public": False,
    "internal": False,
    "personal": True,
    "restricted": True,
    "confidential": True,
}
FIELDS = (
    "name",
    "logicalType",
    "required",
    "unique",
    "primaryKey",
    "primaryKeyPosition",
    "logicalTypeOptions",
    "enum",
    "examples",
    "classification",
    "quality",
    "id",
    "description",
    "businessName",
    "tags",
    "synonyms",
    "authoritativeDefinitions",
    "criticalDataElement",
    "deprecated",
    "transformLogic",
    "transformDescription",
    "transformSourceObjects",
)
OPTIONS = ("minLength", "maxLength", "pattern", "minimum", "maximum")


class Placed(NamedTuple):
    """A rule and the field that names it."""

    field: Field
    rule: Rule


class ReadColumn(NamedTuple):
    """A column with its rules; `unique` and `required` as its fields promise them."""

    column: Column
    rules: tuple[Placed, ...]
    required: bool
    unique: bool
    primary: bool


def read_column(document: Document, field: Field, data: Mapping[str, Any]) -> ReadColumn | None:
    """The column, or None after its problems were kept. A broken rule is left out and keeps its problem."""
    refuse_unknown(document, field, data, FIELDS)
    name, type_ = data["name"], TYPES.get(data.get("logicalType", ""))
    if not name.strip() or name != name.strip() or name.startswith("_"):
        rule = "is a column name without blanks around it that does not begin with `_`"
        document.problem((*field, "name"), rule, name, "Rename the column; names with `_` are reserved.")
        return None
    if type_ is None:
        remedy = "Write one of these; dates are text with a `pattern`."
        found = data.get("logicalType")
        document.problem((*field, "logicalType"), "is string, number or integer", found, remedy)
        return None
    classification = data.get("classification")
    if classification not in CLASSES:
        rule = f"is one of {', '.join(name for name in CLASSES if name)}"
        document.problem((*field, "classification"), rule, classification, "Write one of these.")
        return None
    primary = bool(data.get("primaryKey"))
    required, unique = primary or bool(data.get("required")), primary or bool(data.get("unique"))
    examples = tuple(str(example) for example in data.get("examples", ()) if _showable(example))
    column = Column(
        name=name, type=type_, personal=CLASSES[classification], description=data.get("description", "")
    )
    subject = Subject(document, name, type_, required, Form(examples, column.description))
    own = (*_presence(subject, unique), *_options(subject, field, data), *_enum(subject, field, data))
    rules = (*(Placed((*field, "name"), rule) for rule in own), *read_quality(subject, field, data))
    return ReadColumn(column, rules, required, unique, primary)


def _showable(example: object) -> bool:
    return number(example) or (isinstance(example, str) and bool(example.strip()))


def read_quality(subject: Subject, field: Field, data: Mapping[str, Any]) -> tuple[Placed, ...]:
    """The rules under `quality` of a column or table."""
    places = [((*field, "quality", place), entry) for place, entry in enumerate(data.get("quality", ()))]
    return tuple(
        Placed((*at, "id"), rule) for at, entry in places for rule in quality_rules(subject, at, entry)
    )


def _presence(subject: Subject, unique: bool) -> tuple[Rule, ...]:
    kept: list[Rule] = []
    if subject.required:
        kept.append(subject.rule(f"{subject.column}.required", "not_null"))
    if unique:
        kept.append(subject.rule(f"{subject.column}.unique", "unique"))
    return tuple(kept)


def _options(subject: Subject, field: Field, data: Mapping[str, Any]) -> tuple[Rule, ...]:
    options, field = data.get("logicalTypeOptions", {}), (*field, "logicalTypeOptions")
    if not refuse_unknown(subject.document, field, options, OPTIONS):
        return ()
    kept: list[Rule] = []
    spans: tuple[tuple[str, Check, str, str], ...] = (
        ("length", "length_between", "minLength", "maxLength"),
        ("range", "value_between", "minimum", "maximum"),
    )
    for name, check, least, most in spans:
        if (least in options or most in options) and subject.fits(check, field):
            bounds = subject.bounded(options, least, most, field, counts=check == "length_between")
            if bounds is not None:
                kept.append(subject.rule(f"{subject.column}.{name}", check, **bounds))
    if "pattern" in options and subject.fits("matches", field):
        pattern = subject.pattern(options["pattern"], (*field, "pattern"))
        if pattern is not None:
            kept.append(subject.rule(f"{subject.column}.pattern", "matches", pattern=pattern))
    return tuple(kept)


def _enum(subject: Subject, field: Field, data: Mapping[str, Any]) -> tuple[Rule, ...]:
    if "enum" not in data:
        return ()
    values = subject.values([entry["value"] for entry in data["enum"]], (*field, "enum"))
    return () if values is None else (subject.rule(f"{subject.column}.enum", "in_set", values=values),)


def check_table_columns(document: Document, field: Field, columns: Mapping[int, ReadColumn]) -> None:
    """What only holds for the columns together: distinct names, and one primary key at most."""
    seen: set[str] = set()
    primary: str | None = None
    for place, read in columns.items():
        name = read.column.name
        if name in seen:
            document.problem((*field, place, "name"), "stands once", name, "Rename or remove one of the two.")
        seen.add(name)
        if read.primary and primary is not None:
            remedy = "Keep `primaryKey` on one column; use `unique` for others that are unique alone."
            rule = "is on one column only"
            document.problem((*field, place, "primaryKey"), rule, Said(f"also on `{primary}`"), remedy)
        primary = name if read.primary else primary
