"""A data contract in the Open Data Contract Standard 3.x, compiled to rules that are all enforced.

A promise that cannot be checked is refused at its line; none is skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.core.contract import Contract, Rule
from pipelines.declarations.document import Document, Field, Said, read_document
from pipelines.declarations.fields import check_name
from pipelines.declarations.odcs_column import (
    Placed,
    ReadColumn,
    check_table_columns,
    read_column,
    read_quality,
)
from pipelines.declarations.odcs_properties import check_properties, read_properties
from pipelines.declarations.odcs_roles import role_rules
from pipelines.declarations.odcs_rule import ROWS_SOME
from pipelines.declarations.odcs_schema import check_standard
from pipelines.declarations.odcs_subject import Subject, refuse_unknown
from pipelines.declarations.problems import Problems

SUFFIX = ".odcs.yaml"
TABLE: Field = ("schema", 0)
TABLE_FIELDS = (
    "name",
    "logicalType",
    "properties",
    "quality",
    "dataGranularityDescription",
    "id",
    "description",
    "physicalType",
    "businessName",
    "tags",
    "synonyms",
    "authoritativeDefinitions",
    "deprecated",
    "context",
)
DESCRIPTION_FIELDS = ("purpose", "usage", "limitations", "authoritativeDefinitions")


def read_contract(path: Path, file: str, source: str, problems: Problems) -> Contract | None:
    """The contract of `source`, or None after its problems were kept."""
    document = read_document(path, file, problems)
    if document is None or not check_name(document, source) or not check_standard(document):
        return None
    _check_head(document)
    steward = _steward(document)
    properties = read_properties(document)
    columns, rules = _table(document)
    if properties is not None and columns:
        check_properties(document, properties, columns, rules)
    if not document.sound or properties is None or steward is None:
        return None
    data = document.data
    purpose = data.get("description", {}).get("purpose")
    return Contract(
        source=source,
        id=data["id"],
        version=data["version"],
        steward=steward,
        purpose=properties.purpose,
        description=purpose or data.get("name", source),
        columns=tuple(read.column for read in columns.values()),
        rules=(*rules, *role_rules(properties.roles), ROWS_SOME),
        roles=properties.roles,
        quiet_seconds=properties.quiet_seconds,
        row_error_budget_percent=properties.row_error_budget_percent,
        hold=properties.hold,
        privacy=properties.privacy,
        edition=properties.edition,
        uploaders=properties.uploaders,
    )


def _check_head(document: Document) -> None:
    data = document.data
    if not data["apiVersion"].startswith("v3."):
        document.problem(("apiVersion",), "is v3.0.0 to v3.2.0", data["apiVersion"], "Write v3.2.0.")
    if data.get("status") != "active":
        remedy = "Write `status: active`, or move the file away until it is."
        document.problem(("status",), "is active", data.get("status"), remedy)
    for field in ("id", "version"):
        if not data[field].strip():
            document.problem((field,), "is not blank", data[field], "Name the promise in every report.")
    description = data.get("description", {})
    refuse_unknown(document, ("description",), description, DESCRIPTION_FIELDS)


def _steward(document: Document) -> str | None:
    """The one person who answers for the source now."""
    team: Any = document.data.get("team", {})
    members = team if isinstance(team, list) else team.get("members", [])
    field: Field = ("team",) if isinstance(team, list) else ("team", "members")
    current = [
        (place, member)
        for place, member in enumerate(members)
        if member.get("role") == "data steward" and "dateOut" not in member
    ]
    if len(current) != 1:
        names = ", ".join(member["username"] for _, member in current) or "none"
        rule = "has exactly one member with `role: data steward` and no `dateOut`"
        document.problem(
            field, rule, Said(names), "Give the one person who answers for the source this role."
        )
        return None
    place, member = current[0]
    if not member["username"].strip():
        document.problem((*field, place, "username"), "is not blank", member["username"], "Write who it is.")
        return None
    return str(member["username"])


def _table(document: Document) -> tuple[dict[str, ReadColumn], tuple[Rule, ...]]:
    """Columns by name, and all rules of the table."""
    tables = document.data.get("schema", [])
    if len(tables) != 1:
        remedy = "Write one file for each source."
        document.problem(("schema",), "describes exactly one table", Said(f"{len(tables)}"), remedy)
        return {}, ()
    table: Mapping[str, Any] = tables[0]
    refuse_unknown(document, TABLE, table, TABLE_FIELDS)
    field, written = (*TABLE, "properties"), table.get("properties", [])
    if not written:
        document.problem(field, "lists the columns", written, "Add an entry for each column.")
        return {}, ()
    read = {place: read_column(document, (*field, place), data) for place, data in enumerate(written)}
    columns = {place: column for place, column in read.items() if column is not None}
    before = len(document.problems)
    check_table_columns(document, field, columns)
    sound = len(columns) == len(read) and len(document.problems) == before
    placed = [rule for column in columns.values() for rule in column.rules]
    names = tuple(column.column.name for column in columns.values())
    placed += read_quality(Subject(document, columns=names), TABLE, table)
    _check_ids(document, placed)
    if not sound:  # else roles would complain about columns that only could not be read
        return {}, ()
    return {column.column.name: column for column in columns.values()}, tuple(rule for _, rule in placed)


def _check_ids(document: Document, placed: list[Placed]) -> None:
    seen = {ROWS_SOME.id}
    for field, rule in placed:
        if rule.id in seen:
            remedy = "Give every rule an `id` and every column a name of its own."
            document.problem(field, "is the name of one rule", rule.id, remedy)
        seen.add(rule.id)
