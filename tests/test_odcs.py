"""Contracts compile to rules that are all enforced, or are refused at the line of the promise."""

from __future__ import annotations

import pytest
from declared_project import GOLDEN, REPOSITORY, RULES, DeclaredProject

from pipelines.core.contract import Contract, Rule
from pipelines.specs import load_contract

TOPIC = "        description: The rule that the question is about, such as the standard deduction.\n"
TOPIC += "        logicalType: string\n        required: true\n"
ROWS = "      - id: enough_rows\n        metric: rowCount\n        mustBeBetween: [100, 100000]\n"


def rules_of(contract: Contract) -> dict[str, Rule]:
    return {rule.id: rule for rule in contract.rules}


def with_topic(project: DeclaredProject, *lines: str) -> dict[str, Rule]:
    """The rules after lines were added to the column `topic`."""
    project.edit(RULES, TOPIC, TOPIC + "".join(f"        {line}\n" for line in lines))
    return rules_of(load_contract(project.path(RULES)))


def with_quality(project: DeclaredProject, entry: str) -> dict[str, Rule]:
    return with_topic(project, f"quality: [{entry}]")


def with_rows(project: DeclaredProject, operator: str) -> tuple[float | None, float | None]:
    project.edit(RULES, ROWS, f"      - id: n\n        metric: rowCount\n        {operator}\n")
    rule = rules_of(load_contract(project.path(RULES)))["n"]
    return rule.minimum, rule.maximum


def test_the_training_contract_of_the_sample_compiles() -> None:
    contract = load_contract(REPOSITORY / RULES)
    assert (contract.source, contract.purpose, contract.steward) == (
        "tax_rules",
        "training",
        "tax.steward@example.com",
    )
    assert [column.name for column in contract.columns] == ["question", "answer", "topic", "filer"]
    assert [(rule.id, rule.check, rule.severity) for rule in contract.rules] == [
        ("question.required", "not_null", "critical"),
        ("question.unique", "unique", "critical"),
        ("question.length", "length_between", "critical"),
        ("answer.required", "not_null", "critical"),
        ("answer.pattern", "matches", "critical"),
        ("topic.required", "not_null", "critical"),
        ("filer.required", "not_null", "critical"),
        ("filer_known", "in_set", "critical"),
        ("enough_rows", "row_count", "critical"),
        ("rows.some", "row_count", "critical"),
    ]
    assert (contract.quiet_seconds, contract.row_error_budget_percent) == (2, 0)
    assert (contract.roles.prompt, contract.roles.completion) == ("question", "answer")


def test_the_golden_contract_of_the_sample_names_item_slice_and_choices() -> None:
    contract = load_contract(REPOSITORY / GOLDEN)
    assert contract.purpose == "evaluation"
    assert (contract.roles.item, contract.roles.slice) == ("id", "filer")
    assert contract.roles.choices == ("option_a", "option_b", "option_c", "option_d")


def test_every_rule_has_a_sentence_and_a_way_to_mend(project: DeclaredProject) -> None:
    for file in (RULES, GOLDEN):
        for rule in load_contract(project.path(file)).rules:
            assert rule.text and rule.fix
            assert "None" not in rule.text + rule.fix


def test_examples_show_the_right_form() -> None:
    rule = rules_of(load_contract(REPOSITORY / RULES))["answer.pattern"]
    assert rule.fix == "Write it like $500 or $10400."


def test_a_description_becomes_the_sentence(project: DeclaredProject) -> None:
    rule = with_quality(project, "{id: q, metric: nullValues, mustBe: 0, description: Name a topic.}")["q"]
    assert rule.text == "Name a topic."


def test_a_primary_key_is_filled_in_and_unique(project: DeclaredProject) -> None:
    project.edit(RULES, "required: true\n        unique: true\n", "primaryKey: true\n")
    rules = rules_of(load_contract(project.path(RULES)))
    assert (rules["question.required"].check, rules["question.unique"].check) == ("not_null", "unique")


@pytest.mark.parametrize(
    ("type_", "options", "id_", "check", "span"),
    [
        ("string", "{minLength: 3}", "topic.length", "length_between", (3, None)),
        ("string", "{maxLength: 9}", "topic.length", "length_between", (None, 9)),
        ("number", "{minimum: 0.5, maximum: 5}", "topic.range", "value_between", (0.5, 5)),
        ("integer", "{minimum: -1}", "topic.range", "value_between", (-1, None)),
    ],
)
def test_options_of_a_type_are_rules(
    project: DeclaredProject, type_: str, options: str, id_: str, check: str, span: tuple[float, float]
) -> None:
    project.edit(
        RULES,
        TOPIC,
        f"        logicalType: {type_}\n        required: true\n        logicalTypeOptions: {options}\n",
    )
    rule = rules_of(load_contract(project.path(RULES)))[id_]
    assert (rule.check, (rule.minimum, rule.maximum)) == (check, span)


def test_an_enumeration_is_a_set(project: DeclaredProject) -> None:
    rule = with_topic(project, "enum: [{value: limits}, {value: credits}]")["topic.enum"]
    assert (rule.check, rule.values) == ("in_set", ("limits", "credits"))


@pytest.mark.parametrize(
    ("entry", "id_", "check"),
    [
        ("{metric: nullValues, mustBe: 0}", "topic.nullValues", "not_null"),
        ("{metric: duplicateValues, mustBe: 0}", "topic.duplicateValues", "unique"),
        (
            "{metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0}",
            "topic.invalidValues",
            "in_set",
        ),
        ("{metric: invalidValues, arguments: {pattern: '^a'}, mustBe: 0}", "topic.invalidValues", "matches"),
        (
            "{metric: missingValues, arguments: {missingValues: [TODO]}, mustBe: 0}",
            "topic.missingValues",
            "not_in_set",
        ),
    ],
)
def test_each_metric_of_the_standard_is_a_check(
    project: DeclaredProject, entry: str, id_: str, check: str
) -> None:
    rule = with_quality(project, entry)[id_]
    assert (rule.check, rule.column, rule.mostly) == (check, "topic", 1.0)


def test_null_among_the_placeholders_is_a_rule_of_its_own(project: DeclaredProject) -> None:
    project.edit(RULES, TOPIC, TOPIC.replace("required: true", "required: false"))
    entry = "{id: q, metric: missingValues, arguments: {missingValues: [null, '', N/A]}, mustBe: 0}"
    project.edit(RULES, "required: false\n", f"required: false\n        quality: [{entry}]\n")
    rules = rules_of(load_contract(project.path(RULES)))
    assert (rules["q"].check, rules["q"].values) == ("not_in_set", ("", "N/A"))
    assert rules["q.null"].check == "not_null"


def test_null_is_not_asked_twice_of_a_required_column(project: DeclaredProject) -> None:
    entry = "{id: q, metric: missingValues, arguments: {missingValues: [null, TODO]}, mustBe: 0}"
    rules = with_quality(project, entry)
    assert rules["q"].values == ("TODO",)
    assert "q.null" not in rules


@pytest.mark.parametrize(
    ("operator", "mostly"),
    [
        ("mustBe: 0", 1.0),
        ("mustBeLessThan: 1", 0.99 + 1e-9),
        ("mustBeLessOrEqualTo: 2.5", 0.975),
        ("mustBeLessOrEqualTo: 0", 1.0),
    ],
)
def test_a_share_in_percent_is_the_rows_that_must_keep_the_rule(
    project: DeclaredProject, operator: str, mostly: float
) -> None:
    rule = with_quality(project, f"{{id: q, metric: nullValues, {operator}, unit: percent}}")["q"]
    assert rule.mostly == pytest.approx(mostly, abs=1e-15)


@pytest.mark.parametrize(
    ("severity", "means"), [("error", "critical"), ("warning", "warning"), ("info", "info")]
)
def test_severities_are_translated(project: DeclaredProject, severity: str, means: str) -> None:
    rule = with_quality(project, f"{{id: q, metric: nullValues, mustBe: 0, severity: {severity}}}")["q"]
    assert rule.severity == means


@pytest.mark.parametrize(
    ("operator", "span"),
    [
        ("mustBe: 7", (7, 7)),
        ("mustBeBetween: [2, 9]", (2, 9)),
        ("mustBeGreaterThan: 5", (6, None)),
        ("mustBeGreaterOrEqualTo: 5", (5, None)),
        ("mustBeLessThan: 5", (None, 4)),
        ("mustBeLessOrEqualTo: 5", (None, 5)),
    ],
)
def test_row_counts_have_inclusive_bounds(
    project: DeclaredProject, operator: str, span: tuple[float | None, float | None]
) -> None:
    assert with_rows(project, operator) == span


@pytest.mark.parametrize(
    ("expectation", "kwargs", "expected"),
    [
        ("expect_column_values_to_not_be_null", "{}", {"check": "not_null"}),
        ("expect_column_values_to_be_unique", "{mostly: 0.9}", {"check": "unique", "mostly": 0.9}),
        ("expect_column_values_to_match_regex", "{regex: '^a'}", {"check": "matches", "pattern": "^a"}),
        ("expect_column_values_to_not_match_regex", "{regex: '@'}", {"check": "not_matches", "pattern": "@"}),
        ("expect_column_values_to_be_in_set", "{value_set: [a]}", {"check": "in_set", "values": ("a",)}),
        (
            "expect_column_values_to_not_be_in_set",
            "{value_set: [a]}",
            {"check": "not_in_set", "values": ("a",)},
        ),
        (
            "expect_column_value_lengths_to_be_between",
            "{min_value: 2}",
            {"check": "length_between", "minimum": 2},
        ),
    ],
)
def test_an_expectation_is_a_check(
    project: DeclaredProject, expectation: str, kwargs: str, expected: dict[str, object]
) -> None:
    implementation = f"{{type: {expectation}, kwargs: {kwargs}}}"
    rules = with_quality(
        project, f"{{id: q, type: custom, engine: greatExpectations, implementation: {implementation}}}"
    )
    rule = rules["q"].model_dump()
    assert {name: rule[name] for name in expected} == expected


def test_an_expectation_may_bound_numbers_and_rows(project: DeclaredProject) -> None:
    between = "{type: expect_column_values_to_be_between, kwargs: {min_value: 1, max_value: 2}}"
    rows = "{type: expect_table_row_count_to_be_between, kwargs: {min_value: 3}}"
    custom = "type: custom, engine: greatExpectations, implementation: "
    project.edit(RULES, ROWS, f"      - {{id: n, {custom}{rows}}}\n{ROWS}")
    project.edit(
        RULES, TOPIC, TOPIC.replace("string", "number") + f"        quality: [{{{custom}{between}}}]\n"
    )
    rules = rules_of(load_contract(project.path(RULES)))
    assert (rules["n"].check, rules["n"].minimum, rules["n"].column) == ("row_count", 3, None)
    assert (rules["topic.value_between"].minimum, rules["topic.value_between"].maximum) == (1, 2)


@pytest.mark.parametrize(
    ("classification", "personal"),
    [
        ("personal", True),
        ("restricted", True),
        ("confidential", True),
        ("public", False),
        ("internal", False),
    ],
)
def test_restricted_columns_are_masked(project: DeclaredProject, classification: str, personal: bool) -> None:
    project.edit(RULES, TOPIC, TOPIC + f"        classification: {classification}\n")
    assert load_contract(project.path(RULES)).columns[2].personal is personal


def test_defaults_hold_where_a_property_is_not_written(project: DeclaredProject) -> None:
    for line in (
        "  - {property: purpose, value: training}\n",
        "  - {property: quietPeriodSeconds, value: 2}\n",
        "  - {property: rowErrorBudgetPercent, value: 0}\n",
    ):
        project.edit(RULES, line, "")
    contract = load_contract(project.path(RULES))
    assert (contract.purpose, contract.quiet_seconds, contract.row_error_budget_percent) == (
        "training",
        600,
        0,
    )


def test_a_steward_who_left_does_not_count(project: DeclaredProject) -> None:
    left = (
        '    - {username: old@example.com, role: data steward, dateIn: "2025-01-01", dateOut: "2025-12-31"}\n'
    )
    project.edit(RULES, "  members:\n", "  members:\n" + left)
    assert load_contract(project.path(RULES)).steward == "tax.steward@example.com"


def test_the_list_form_of_a_team_is_read(project: DeclaredProject) -> None:
    project.edit(RULES, "  name: tax-knowledge\n  members:\n", "")
    assert load_contract(project.path(RULES)).steward == "tax.steward@example.com"


def test_dates_without_quotes_are_read_as_text(project: DeclaredProject) -> None:
    project.edit(RULES, '"2026-01-01"', "2026-01-01")
    assert load_contract(project.path(RULES)).source == "tax_rules"
