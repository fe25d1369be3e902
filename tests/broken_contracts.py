"""Broken tables, teams and properties of a contract, with the problem that each must give."""

from __future__ import annotations

from declared_project import GOLDEN, RULES, Broken

COLUMN = "schema[0].properties"
ROWS = "mustBeBetween: [100, 100000]"
ROLES = "{prompt: question, completion: answer, slice: filer}"
HOLD = "{shrinkPercent: 50, categoryColumns: [topic, filer], noveltyPercent: 90}"
CHOICES = "[option_a, option_b, option_c, option_d]"


def prop(old: str, new: str, place: int, field: str, remedy: str) -> Broken:
    """A change of the custom property at a place of the training contract."""
    return Broken(RULES, old, new, f"customProperties[{place}].{field}", remedy)


def added(name: str, value: str, field: str, remedy: str) -> Broken:
    """A property added to the training contract."""
    first = "  - {property: purpose, value: training}\n"
    line = f"  - {{property: {name}, value: {value}}}\n"
    return Broken(RULES, first, line + first, f"customProperties[0].value{field}", remedy)


def hold(value: str, field: str, remedy: str) -> Broken:
    """Another value of the property `hold`."""
    return Broken(RULES, HOLD, value, f"customProperties[5].value{field}", remedy)


CONTRACTS = {
    "row_count_in_reverse": Broken(
        RULES, ROWS, "mustBeBetween: [9, 1]", "schema[0].quality[0].mustBeBetween", "smaller first"
    ),
    "row_count_of_nothing": Broken(RULES, ROWS, "mustBe: 0", "schema[0].quality[0].mustBe", "raise it"),
    "column_metric_of_table": Broken(
        RULES,
        f"metric: rowCount\n        {ROWS}",
        "metric: nullValues\n        mustBe: 0",
        "schema[0].quality[0].metric",
        "below its column",
    ),
    "no_steward": Broken(
        RULES, "role: data steward", "role: owner", "team.members", "one person", "  members:"
    ),
    "two_stewards": Broken(
        RULES, "role: backup steward", "role: data steward", "team.members", "one person", "  members:"
    ),
    "steward_left": Broken(
        RULES,
        'role: data steward, dateIn: "2026-01-01"',
        'role: data steward, dateOut: "2026-02-01"',
        "team.members",
        "one person",
        "  members:",
    ),
    "impossible_date": Broken(
        RULES,
        '"2026-01-01"',
        '"2026-02-30"',
        "team.members[0].dateIn",
        "2026-01-31",
        "    - {username: tax.st",
    ),
    "unknown_purpose": prop("value: training", "value: test", 0, "value", "Write one of these"),
    "purpose_is_a_list": prop("value: training", "value: [training]", 0, "value", "Write one of these"),
    "long_quiet_period": prop("value: 2}", "value: 604801}", 1, "value", "600"),
    "quiet_period_is_true": prop("value: 2}", "value: true}", 1, "value", "600"),
    "whole_budget": prop(
        "rowErrorBudgetPercent, value: 0", "rowErrorBudgetPercent, value: 100", 2, "value", "0.5"
    ),
    "unknown_property": prop("quietPeriodSeconds", "quietPeriodMinutes", 1, "property", "known are purpose"),
    "repeated_property": prop("rowErrorBudgetPercent", "quietPeriodSeconds", 2, "property", "Keep one"),
    "no_roles": Broken(
        RULES,
        f"  - {{property: roles, value: {ROLES}}}",
        "",
        "customProperties",
        "Add {property: roles",
        "customProperties:",
    ),
    "roles_as_text": prop(ROLES, "question", 3, "value", "{property: roles"),
    "unknown_role": prop(
        ROLES, "{prompt: question, answer: answer, completion: answer}", 3, "value.answer", "known are"
    ),
    "role_without_completion": prop(ROLES, "{prompt: question}", 3, "value.completion", "Add `completion:`"),
    "role_of_no_column": prop(
        ROLES, "{prompt: question, completion: answr}", 3, "value.completion", "answer"
    ),
    "same_column_twice": prop(
        ROLES, "{prompt: answer, completion: answer}", 3, "value.completion", "right answer"
    ),
    "golden_without_item": Broken(
        GOLDEN, "      item: id\n", "", "customProperties[3].value.item", "stable id", "    value:\n"
    ),
    "item_not_unique": Broken(
        GOLDEN,
        "        unique: true\n",
        "",
        "customProperties[3].value.item",
        "`unique: true`",
        "      item: id",
    ),
    "one_choice": Broken(
        GOLDEN, CHOICES, "[option_a]", "customProperties[3].value.choices", "each column", "      choices:"
    ),
    "repeated_choice": Broken(
        GOLDEN,
        CHOICES,
        "[option_a, option_a]",
        "customProperties[3].value.choices",
        "each column",
        "      choices:",
    ),
    "choices_as_text": Broken(
        GOLDEN, CHOICES, "option_a", "customProperties[3].value.choices", "a list", "      choices:"
    ),
    "composite_key": Broken(
        RULES,
        "        required: true\n      - name: filer\n",
        "        primaryKey: true\n      - name: filer\n        primaryKey: true\n",
        f"{COLUMN}[3].primaryKey",
        "`unique`",
        "primaryKey: true\n        description: The group",
    ),
    "repeated_id": Broken(
        RULES, "id: enough_rows", "id: filer_known", "schema[0].quality[0].id", "of its own"
    ),
    "role_of_a_voluntary_column": Broken(
        RULES,
        "        required: true\n        logicalTypeOptions: {pattern",
        "        logicalTypeOptions: {pattern",
        "customProperties[3].value.completion",
        "`required: true`",
        "  - {property: roles",
    ),
    "hold_as_a_number": hold("50", "", "{shrinkPercent"),
    "unknown_hold": hold("{shrink: 50}", ".shrink", "known are"),
    "shrink_of_more_than_all": hold("{shrinkPercent: 101}", ".shrinkPercent", "or null"),
    "novelty_as_text": hold("{noveltyPercent: '60'}", ".noveltyPercent", "or null"),
    "auc_of_chance": hold("{auc: 0.5}", ".auc", "0.9"),
    "psi_of_nothing": hold("{psi: 0}", ".psi", "0.25"),
    "hold_of_no_column": hold("{categoryColumns: [topc]}", ".categoryColumns[0]", "Name one of"),
    "hold_of_a_column_twice": hold("{categoryColumns: [topic, topic]}", ".categoryColumns", "repeated"),
    "hold_columns_as_text": hold("{categoryColumns: topic}", ".categoryColumns", "[topic]"),
    "unknown_privacy": prop("value: internal", "value: secret", 4, "value", "Write one of these"),
    "edition_is_a_number": added("edition", "2026", "", "quotes"),
    "uploaders_as_text": added("uploaders", "me", "", "List them"),
    "no_uploaders": added("uploaders", "[]", "", "List them"),
    "consent_of_a_voluntary_column": Broken(
        RULES,
        ROLES,
        "{prompt: question, completion: answer, consent: agreed}",
        "customProperties[3].value.consent",
        "Name one of",
    ),
}
