"""Broken columns and rules of a contract, with the problem that each must give."""

from __future__ import annotations

from declared_project import RULES, Broken

COLUMN = "schema[0].properties"
TOPIC = "      - name: topic\n"
PERENNIAL = "type: custom, engine: perennial, implementation: "
CUSTOM = "quality: [{id: q, type: custom, engine: greatExpectations, implementation: "


def topic(line: str, field: str, remedy: str) -> Broken:
    """A line added to the column `topic`."""
    return Broken(RULES, TOPIC, f"{TOPIC}        {line}\n", f"{COLUMN}[2].{field}", remedy, at=line)


def own(implementation: str, field: str, remedy: str) -> Broken:
    """A check of this product on the column `topic`."""
    line = f"quality: [{{id: q, {PERENNIAL}{implementation}}}]"
    return topic(line, f"quality[0].implementation{field}", remedy)


def filer(old: str, new: str, field: str, remedy: str, at: str | None = None) -> Broken:
    """A change of the rule on the column `filer`."""
    return Broken(RULES, old, new, f"{COLUMN}[3].quality[0]{field}", remedy, at)


RULES_AND_COLUMNS = {
    "unknown_field": Broken(
        RULES, "status: active", "status: active\nowner: me", "owner", "spelling", "owner: me"
    ),
    "missing_id": Broken(
        RULES, "id: urn:datacontract:perennial:tax_rules\n", "", "id", "Add `id:`", "# What"
    ),
    "old_standard": Broken(RULES, "v3.2.0", "v2.2.2", "apiVersion", "v3.2.0"),
    "unknown_standard": Broken(RULES, "v3.2.0", "v9", "apiVersion", "Write one of these"),
    "draft": Broken(RULES, "status: active", "status: draft", "status", "`status: active`"),
    "version_is_a_number": Broken(RULES, "version: 3.0.0", "version: 2.0", "version", "quotes"),
    "misspelt_description": Broken(RULES, "  usage:", "  usge:", "description.usge", "Write `usage`"),
    "two_tables": Broken(RULES, "\nteam:", "  - name: more\n\nteam:", "schema", "one file", "schema:"),
    "no_columns": Broken(
        RULES, "  - name: rules\n", "  - name: rules\n    tags: 5\n", "schema[0].tags", "a list", "tags"
    ),
    "physical_table": Broken(
        RULES,
        "  - name: rules\n",
        "  - name: rules\n    physicalName: t\n",
        "schema[0].physicalName",
        "Remove",
        "physicalName",
    ),
    "column_without_type": Broken(
        RULES,
        TOPIC,
        f"{TOPIC[:-1]}x\n{TOPIC}",
        f"{COLUMN}[2].logicalType",
        "Add `logicalType: string`",
        "name: topicx",
    ),
    "reserved_column": Broken(RULES, "name: topic", "name: _topic", f"{COLUMN}[2].name", "reserved"),
    "repeated_column": Broken(RULES, "name: filer\n", "name: topic\n", f"{COLUMN}[3].name", "Rename"),
    "date_column": Broken(
        RULES,
        TOPIC + "        description: The rule that the question is about, such as the standard deduction.\n"
        "        logicalType: string",
        f"{TOPIC}        logicalType: date",
        f"{COLUMN}[2].logicalType",
        "dates are text",
        "logicalType: date",
    ),
    "unique_as_text": topic("unique: 'yes'", "unique", "true or false"),
    "physical_column": topic("physicalName: t", "physicalName", "Remove it"),
    "physical_type": topic("physicalType: VARCHAR(20)", "physicalType", "Remove it"),
    "column_property": topic("customProperties: []", "customProperties", "Remove it"),
    "relationship": topic("relationships: [{to: a.b}]", "relationships", "Remove it"),
    "unknown_classification": topic("classification: secret", "classification", "Write one of these"),
    "option_of_another_type": topic(
        "logicalTypeOptions: {minimum: 3}", "logicalTypeOptions.minimum", "or remove it"
    ),
    "option_that_is_not_checked": topic(
        "logicalTypeOptions: {format: email}", "logicalTypeOptions.format", "Remove it"
    ),
    "swapped_lengths": topic(
        "logicalTypeOptions: {minLength: 5, maxLength: 2}", "logicalTypeOptions.maxLength", "Swap"
    ),
    "bad_pattern": topic("logicalTypeOptions: {pattern: '['}", "logicalTypeOptions.pattern", "single quotes"),
    "enum_of_numbers": topic("enum: [{value: 1}]", "enum[0]", "quotes"),
    "no_operator": topic("quality: [{metric: nullValues}]", "quality[0]", "`mustBe: 0`"),
    "two_operators": topic(
        "quality: [{metric: nullValues, mustBe: 0, mustBeLessThan: 2}]", "quality[0]", "`mustBe: 0`"
    ),
    "unknown_metric": topic(
        "quality: [{metric: freshness, mustBe: 0}]", "quality[0].metric", "Write one of these"
    ),
    "no_metric": topic("quality: [{id: q, description: is good}]", "quality[0].metric", "Write one of these"),
    "misspelt_severity": topic(
        "quality: [{metric: nullValues, mustBe: 0, severty: error}]", "quality[0].severty", "spelling"
    ),
    "unknown_severity": topic(
        "quality: [{metric: nullValues, mustBe: 0, severity: fatal}]", "quality[0].severity", "leave it out"
    ),
    "negated_operator": topic(
        "quality: [{metric: nullValues, mustNotBe: 5}]", "quality[0].mustNotBe", "which numbers are right"
    ),
    "rows_allowed": topic(
        "quality: [{metric: nullValues, mustBeLessThan: 5}]", "quality[0].mustBeLessThan", "percent"
    ),
    "unknown_unit": topic(
        "quality: [{metric: nullValues, mustBe: 0, unit: cells}]", "quality[0].unit", "percent"
    ),
    "some_duplicates": topic(
        "quality: [{metric: duplicateValues, mustBeLessThan: 2}]", "quality[0].mustBeLessThan", "percent"
    ),
    "row_count_of_a_column": topic("quality: [{metric: rowCount, mustBe: 5}]", "quality[0].metric", "table"),
    "arguments_of_nothing": topic(
        "quality: [{metric: nullValues, arguments: {x: 1}, mustBe: 0}]", "quality[0].arguments.x", "Remove it"
    ),
    "share_of_duplicates_from_below": topic(
        "quality: [{metric: duplicateValues, mustBeGreaterThan: 2, unit: percent}]",
        "quality[0].mustBeGreaterThan",
        "`mustBe: 0`",
    ),
    "sql_without_the_upload": topic(
        "quality: [{type: sql, query: select 1, mustBe: 0}]", "quality[0].query", "`{object}`"
    ),
    "sql_that_writes": topic(
        "quality: [{type: sql, query: 'drop table {object}', mustBe: 0}]", "quality[0].query", "one query"
    ),
    "sql_twice": topic(
        "quality: [{type: sql, query: 'select 1 from {object}; select 2', mustBe: 0}]",
        "quality[0].query",
        "a rule for each",
    ),
    "sql_with_an_unknown_word": topic(
        "quality: [{type: sql, query: 'select 1 from {object} where ${day}', mustBe: 0}]",
        "quality[0].query",
        "`{property}`",
    ),
    "sql_with_text_as_answer": topic(
        "quality: [{type: sql, query: 'select 1 from {object}', mustBe: x}]",
        "quality[0].mustBe",
        "numbers",
    ),
    "sql_that_must_not": topic(
        "quality: [{type: sql, query: 'select 1 from {object}', mustNotBe: 3}]",
        "quality[0].mustNotBe",
        "which numbers are right",
    ),
    "rule_in_text": topic("quality: [{type: text, description: is good}]", "quality[0].type", "metric"),
    "scheduled_rule": topic(
        "quality: [{metric: nullValues, mustBe: 0, schedule: x}]", "quality[0].schedule", "Remove it"
    ),
    "other_engine": topic(
        "quality: [{type: custom, engine: soda, implementation: {type: x, kwargs: {}}}]",
        "quality[0].engine",
        "greatExp",
    ),
    "block_without_kwargs": topic(f"{CUSTOM}'type: x'}}]", "quality[0].implementation", "kwargs"),
    "block_that_is_no_yaml": topic(f"{CUSTOM}'type: ['}}]", "quality[0].implementation", "Repair"),
    "block_with_a_tag": topic(
        f"{CUSTOM}'!!python/name:os.system x'}}]", "quality[0].implementation", "in full"
    ),
    "block_that_is_empty": topic(f"{CUSTOM}''}}]", "quality[0].implementation", "Write its fields"),
    "other_expectation": topic(
        f"{CUSTOM}{{type: expect_column_to_exist, kwargs: {{}}}}}}]",
        "quality[0].implementation.type",
        "Use one of",
    ),
    "other_kwarg": topic(
        f"{CUSTOM}{{type: expect_column_values_to_be_unique, kwargs: {{column: topic}}}}}}]",
        "quality[0].implementation.kwargs.column",
        "Remove it",
    ),
    "share_above_one": topic(
        f"{CUSTOM}{{type: expect_column_values_to_be_unique, kwargs: {{mostly: 99}}}}}}]",
        "quality[0].implementation.kwargs.mostly",
        "0.99",
    ),
    "expectation_without_bounds": topic(
        f"{CUSTOM}{{type: expect_column_value_lengths_to_be_between, kwargs: {{}}}}}}]",
        "quality[0].implementation.kwargs",
        "`min_value`",
    ),
    "value_that_is_a_number": filer("- seniors over 65", "- 65", ".arguments.validValues[5]", "quotes"),
    "value_that_is_no": filer("- seniors over 65", "- no", ".arguments.validValues[5]", "quotes"),
    "implementation_is_a_number": topic(f"{CUSTOM}5}}]", "quality[0].implementation", "Write one of these"),
    "look_ahead": topic("logicalTypeOptions: {pattern: '^(?=a)'}", "logicalTypeOptions.pattern", "single"),
    "mean_of_text": topic(
        f"{CUSTOM}{{type: expect_column_mean_to_be_between, kwargs: {{min_value: 1}}}}}}]",
        "quality[0].implementation.kwargs",
        "logicalType",
    ),
    "mean_without_bounds": topic(
        f"{CUSTOM}{{type: expect_column_unique_value_count_to_be_between, kwargs: {{}}}}}}]",
        "quality[0].implementation.kwargs",
        "`min_value`",
    ),
    "strict_as_text": topic(
        f"{CUSTOM}{{type: expect_column_unique_value_count_to_be_between,"
        " kwargs: {min_value: 1, strict_min: 'yes'}}}]",
        "quality[0].implementation.kwargs.strict_min",
        "true or false",
    ),
    "unknown_check": own("{check: freshness}", ".check", "Write one of"),
    "check_of_rows_at_a_column": own("{check: one_answer}", ".check", "table"),
    "unknown_argument": own("{check: no_secrets, level: 3}", ".level", "Remove it"),
    "similarity_in_percent": own("{check: near_unique, similarity: 90}", ".similarity", "0.8"),
    "no_languages": own("{check: language}", "", "languages: [en, de]"),
    "language_by_its_name": own("{check: language, languages: [English]}", ".languages", "[en, de]"),
    "no_terms": own("{check: no_terms, terms: []}", ".terms", "[one, two]"),
    "unknown_personal_data": own("{check: no_personal_data, kinds: [name]}", ".kinds", "[email"),
    "tokens_in_reverse": own("{check: tokens_between, minimum: 9, maximum: 2}", "", "Swap"),
    "tokens_as_text": own("{check: tokens_between, maximum: '9'}", ".maximum", "20"),
    "share_of_nothing": own("{check: category_share}", "", "maximumPercent: 40"),
    "share_above_all": own("{check: category_share, maximumPercent: 140}", ".maximumPercent", "40"),
    "least_of_nothing": own(
        "{check: category_share, maximumPercent: 40, minimumPercent: 5}", ".minimumPercent", "required"
    ),
    "threshold_in_rows": own("{check: no_secrets, mustBeLessThan: 5}", ".mustBeLessThan", "percent"),
    "two_thresholds": own(
        "{check: no_secrets, mustBe: 0, mustBeLessThan: 5, unit: percent}", ".mustBeLessThan", "Write one"
    ),
    "share_of_a_table": Broken(
        RULES,
        "      - id: enough_rows\n",
        f"      - {{id: s, {PERENNIAL}{{check: category_share, maximumPercent: 9}}}}\n"
        "      - id: enough_rows\n",
        "schema[0].quality[0].implementation.check",
        "below its column",
    ),
    "teachers_without_origin": Broken(
        RULES,
        "      - id: enough_rows\n",
        f"      - {{id: t, {PERENNIAL}{{check: teacher_share, maximumPercent: 9}}}}\n"
        "      - id: enough_rows\n",
        "customProperties[3].value.origin",
        "as `origin`",
        "  - {property: roles",
    ),
    "duplicates_of_unknown_columns": Broken(
        RULES,
        "      - id: enough_rows\n",
        "      - {id: d, metric: duplicateValues, arguments: {properties: [topc]}, mustBe: 0}\n"
        "      - id: enough_rows\n",
        "schema[0].quality[0].arguments.properties",
        "question, answer, topic",
    ),
}
