"""Contracts compile to rules that are all enforced, or are refused at the line of the promise."""

from __future__ import annotations

import math
import re

import pytest
from declared_project import GOLDEN, REPOSITORY, RULES, DeclaredProject

from pipelines.core.contract import Contract, HoldRules, Rule
from pipelines.specs import load_contract

TOPIC = "        description: The rule that the question is about, such as the standard deduction.\n"
TOPIC += "        logicalType: string\n        required: true\n"
ROLES_WITH_ORIGIN = "{prompt: question, completion: answer, origin: topic}"
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
        ("question_in_english", "language", "warning"),
        ("answer.required", "not_null", "critical"),
        ("answer.pattern", "matches", "critical"),
        ("answer_says_something", "substantial", "critical"),
        ("topic.required", "not_null", "critical"),
        ("filer.required", "not_null", "critical"),
        ("filer_known", "in_set", "critical"),
        ("no_filer_crowds_out", "category_share", "warning"),
        ("enough_rows", "row_count", "critical"),
        ("no_two_rows_alike", "near_unique", "warning"),
        ("one_answer_each", "one_answer", "critical"),
        ("nobody_is_named", "no_personal_data", "critical"),
        ("no_secrets", "no_secrets", "critical"),
        ("not_in_the_golden_set", "no_golden", "critical"),
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
    assert rule.text == "`answer` must look like $500 or $10400."
    assert rule.fix == "Write it like $500 or $10400."


def test_a_pattern_without_examples_is_told_by_the_description(project: DeclaredProject) -> None:
    rule = with_topic(project, "logicalTypeOptions: {pattern: '^[a-z ]+$'}")["topic.pattern"]
    assert "[a-z ]" not in rule.text + rule.fix
    assert "The rule that the question is about" in rule.text


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


def with_table_quality(project: DeclaredProject, entry: str) -> dict[str, Rule]:
    project.edit(RULES, ROWS, f"      - {entry}\n{ROWS}")
    return rules_of(load_contract(project.path(RULES)))


@pytest.mark.parametrize(
    ("operator", "span"),
    [
        ("mustBe: 3", (3, 3)),
        ("mustBeBetween: [0.5, 2]", (0.5, 2)),
        ("mustBeGreaterThan: 5", (math.nextafter(5, 6), None)),
        ("mustBeGreaterOrEqualTo: 5", (5, None)),
        ("mustBeLessThan: 5", (None, math.nextafter(5, 4))),
        ("mustBeLessOrEqualTo: -1", (None, -1)),
    ],
)
def test_a_query_is_a_rule_with_bounds(
    project: DeclaredProject, operator: str, span: tuple[float | None, float | None]
) -> None:
    query = "SELECT count(*) FROM ${table} WHERE {property} = 'x;y'".replace(";", "")
    rule = with_quality(project, f'{{id: q, type: sql, query: "{query};", {operator}}}')["q"]
    assert rule.query == "SELECT count(*) FROM {object} WHERE \"topic\" = 'xy'"
    assert (rule.check, rule.minimum, rule.maximum) == ("sql", *span)


def test_strict_bounds_are_told_as_such(project: DeclaredProject) -> None:
    rule = with_quality(project, "{id: q, type: sql, query: 'SELECT 1 FROM {object}', mustBeLessThan: 5}")[
        "q"
    ]
    assert rule.text == "The number that this rule works out must be less than 5."


def test_a_share_of_duplicates_is_one_number_of_the_upload(project: DeclaredProject) -> None:
    rule = with_quality(project, "{id: q, metric: duplicateValues, mustBeLessThan: 2, unit: percent}")["q"]
    assert (rule.check, rule.maximum, rule.mostly) == ("duplicate_share", math.nextafter(2, 1), 1.0)
    assert rule.text == "Repeated values of `topic` must be less than 2 percent of the rows."


def test_columns_that_are_unique_together_are_one_number(project: DeclaredProject) -> None:
    entry = "{id: d, metric: duplicateValues, arguments: {properties: [topic, filer]}, mustBe: 0}"
    rule = with_table_quality(project, entry)["d"]
    assert rule.query == 'SELECT count(*) - count(DISTINCT ("topic", "filer")) FROM {object}'
    assert (rule.minimum, rule.maximum) == (0, 0)


@pytest.mark.parametrize(
    ("implementation", "expected"),
    [
        ("{check: near_unique, similarity: 0.9}", {"minimum": 0.9}),
        ("{check: substantial, minLength: 3, boilerplate: [TBA]}", {"minimum": 3, "values": ("TBA",)}),
        ("{check: language, languages: [en, de]}", {"values": ("en", "de")}),
        ("{check: tokens_between, maximum: 200}", {"minimum": None, "maximum": 200}),
        ("{check: tokens_between}", {"minimum": None, "maximum": None}),
        ("{check: no_personal_data, kinds: [email]}", {"values": ("email",)}),
        ("{check: no_secrets}", {"values": ()}),
        ("{check: no_terms, terms: [damn]}", {"values": ("damn",)}),
        (
            "{check: category_share, maximumPercent: 40, required: [a], minimumPercent: 5}",
            {"minimum": 5, "maximum": 40, "values": ("a",)},
        ),
        ("{check: no_secrets, mustBeLessOrEqualTo: 5, unit: percent}", {"mostly": 0.95}),
        ("'check: language\n\n              languages: [fr]'", {"values": ("fr",)}),
    ],
)
def test_a_check_of_this_product_is_a_rule(
    project: DeclaredProject, implementation: str, expected: dict[str, object]
) -> None:
    entry = f"{{id: q, type: custom, engine: perennial, severity: warning, implementation: {implementation}}}"
    rule = with_quality(project, entry)["q"]
    assert (rule.column, rule.severity) == ("topic", "warning")
    assert {name: rule.model_dump()[name] for name in expected} == expected
    assert rule.text and rule.fix


def test_checks_of_whole_rows_stand_under_the_table(project: DeclaredProject) -> None:
    project.edit(RULES, "{prompt: question, completion: answer, slice: filer}", ROLES_WITH_ORIGIN)
    entry = (
        "{id: t, type: custom, engine: perennial, implementation: {check: teacher_share, maximumPercent: 9}}"
    )
    rule = with_table_quality(project, entry)["t"]
    assert (rule.check, rule.column, rule.maximum) == ("teacher_share", None, 9)


@pytest.mark.parametrize(
    ("expectation", "kwargs", "query"),
    [
        (
            "expect_column_unique_value_count_to_be_between",
            "{min_value: 2, strict_min: true}",
            'SELECT count(DISTINCT "topic") FROM {object}',
        ),
        (
            "expect_column_proportion_of_unique_values_to_be_between",
            "{min_value: 2, strict_min: true}",
            'SELECT count(DISTINCT "topic") / count("topic") FROM {object}',
        ),
    ],
)
def test_an_expectation_about_a_column_is_a_query(
    project: DeclaredProject, expectation: str, kwargs: str, query: str
) -> None:
    implementation = f"{{type: {expectation}, kwargs: {kwargs}}}"
    entry = f"{{id: q, type: custom, engine: great-expectations, implementation: {implementation}}}"
    rule = with_quality(project, entry)["q"]
    assert (rule.check, rule.query, rule.minimum) == ("sql", query, math.nextafter(2, 3))


def test_consent_and_retention_bring_their_rules(project: DeclaredProject) -> None:
    more = "".join(
        f"      - {{name: {name}, logicalType: string, required: true}}\n" for name in ("agreed", "until")
    )
    project.edit(RULES, "      - name: filer\n", f"{more}      - name: filer\n")
    roles = "{prompt: question, completion: answer, consent: agreed, retention: until}"
    project.edit(RULES, "{prompt: question, completion: answer, slice: filer}", roles)
    rules = rules_of(load_contract(project.path(RULES)))
    assert rules["agreed.consent"].values == ("yes", "no")
    pattern = re.compile(rules["until.retention"].pattern or "")
    assert pattern.search("2026-12-31") and not pattern.search("31.12.2026")


def test_the_other_properties_are_read(project: DeclaredProject) -> None:
    first = "  - {property: purpose, value: training}\n"
    project.edit(RULES, "  - {property: privacyClass, value: internal}\n", "")
    project.edit(
        RULES,
        first,
        first
        + "  - {property: privacyClass, value: public}\n"
        + "  - {property: edition, value: '2026'}\n"
        + "  - {property: uploaders, value: [jo, al]}\n",
    )
    contract = load_contract(project.path(RULES))
    assert (contract.privacy, contract.edition, contract.uploaders) == ("public", "2026", ("jo", "al"))
    assert contract.hold == HoldRules(
        shrink_percent=50, category_columns=("topic", "filer"), novelty_percent=90
    )


def test_null_switches_a_hold_off(project: DeclaredProject) -> None:
    project.edit(RULES, "shrinkPercent: 50", "shrinkPercent: null, psi: 0.25, auc: 0.9")
    hold = load_contract(project.path(RULES)).hold
    assert (hold.shrink_percent, hold.psi, hold.auc) == (None, 0.25, 0.9)
