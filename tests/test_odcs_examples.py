"""Whatever the standard's examples hold is honoured, meant for people, or refused by name with a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.declarations import odcs, odcs_column, odcs_custom, odcs_metric, odcs_properties, odcs_sql
from pipelines.declarations.document import Field, read_document, spelled
from pipelines.declarations.odcs import SUFFIX, read_contract
from pipelines.declarations.problems import Problems

EXAMPLES = sorted((Path(__file__).parent / "odcs_examples").glob(f"*{SUFFIX}"))
OF_PRODUCT = ("apiVersion", "kind", "id", "version", "status", "name", "description", "schema", "team")
FOR_PEOPLE = (
    *("tenant", "domain", "dataProduct", "tags", "contractCreatedTs", "authoritativeDefinitions", "servers"),
    *("price", "roles", "slaProperties", "slaDefaultElement", "support", "context"),
)
RULE_FIELDS = {*odcs_metric.LIBRARY, *odcs_sql.SQL, *odcs_custom.CUSTOM}


def problems_of(path: Path) -> Problems:
    problems = Problems()
    read_contract(path, path.name, path.name.removesuffix(SUFFIX), problems)
    return problems


def leaves(value: Any, field: Field = ()) -> Iterator[Field]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from leaves(inner, (*field, key))
    if not isinstance(value, dict | list) or not value:
        yield field


def known(field: Field, data: Any) -> bool:
    """Whether something reads this field, or it is for people only."""
    match [part for part in field if isinstance(part, str)]:
        case ["customProperties", *_]:
            return data["customProperties"][field[1]]["property"] in odcs_properties.PROPERTIES
        case ["description", part, *_]:
            return part in odcs.DESCRIPTION_FIELDS
        case ["schema", "properties", "quality", part, *_] | ["schema", "quality", part, *_]:
            return part in RULE_FIELDS
        case ["schema", "properties", "logicalTypeOptions", part]:
            return part in odcs_column.OPTIONS
        case ["schema", "properties", part, *_]:
            return part in odcs_column.FIELDS
        case ["schema", part, *_]:
            return part in odcs.TABLE_FIELDS
        case [part, *_]:
            return part in (*OF_PRODUCT, *FOR_PEOPLE)
    return False


def entry_of(field: Field) -> Field:
    """The column, rule or field of the table that a field belongs to: once refused, it is not read on."""
    within = (
        ("schema", 0, "properties", 0, "quality", 0) if "quality" in field else ("schema", 0, "properties", 0)
    )
    return field[: len(within)] if field[0] == "schema" else field


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name.removesuffix(SUFFIX))
def test_no_field_of_an_example_is_skipped(path: Path) -> None:
    document = read_document(path, path.name, Problems())
    assert document is not None
    named = {problem.rule.partition(",")[0] for problem in problems_of(path).all()}
    for leaf in leaves(document.data):
        above = {spelled(leaf[:depth]) for depth in range(1, len(leaf) + 1)}
        beside = {name for name in named if name.startswith(spelled(entry_of(leaf)))}
        assert known(leaf, document.data) or above & named or beside, spelled(leaf)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name.removesuffix(SUFFIX))
def test_a_refused_field_has_line_and_remedy(path: Path) -> None:
    text = path.read_text(encoding="utf-8").splitlines()
    for problem in problems_of(path).all():
        line = int(problem.subject.rpartition(":")[2])
        assert 1 <= line <= len(text)
        assert problem.found and problem.remedy


def test_the_surroundings_of_a_schema_compile() -> None:
    path = next(path for path in EXAMPLES if path.name.startswith("everything_around"))
    assert problems_of(path).all() == ()


@pytest.mark.parametrize(
    ("example", "field"),
    [
        ("every_quality_type", "schema[0].properties[0].quality[0].type"),
        ("every_quality_type", "schema[0].properties[0].quality[3].mustBeLessThan"),
        ("every_quality_type", "schema[0].properties[1].quality[0].mustBeLessThan"),
        ("every_quality_type", "schema[0].properties[1].quality[2].schedule"),
        ("every_quality_type", "schema[0].properties[1].quality[3].mustNotBe"),
        ("every_quality_type", "schema[0].properties[2].quality[2].mustNotBeBetween"),
        ("every_quality_type", "schema[0].properties[2].quality[3].engine"),
        ("every_quality_type", "schema[0].properties[2].quality[4].engine"),
        ("every_quality_type", "schema[0].quality[2].implementation.kwargs.minValue"),
        ("every_logical_type", "schema[0].properties[2].logicalType"),
        ("every_logical_type", "schema[0].properties[7].logicalType"),
        ("every_logical_type", "schema[0].relationships"),
        ("every_logical_type", "schema[0].properties[10].encryptedName"),
        ("a_team_of_owners", "schema"),
        ("a_team_of_owners", "team"),
        ("a_team_of_owners", "customProperties[0].property"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(example: str, field: str) -> None:
    path = next(path for path in EXAMPLES if path.name.startswith(example))
    assert field in {problem.rule.partition(",")[0] for problem in problems_of(path).all()}


def test_the_examples_are_plain_yaml() -> None:
    assert all(yaml.safe_load(path.read_text(encoding="utf-8")) for path in EXAMPLES)
