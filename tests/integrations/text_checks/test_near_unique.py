"""No row says almost the same as an earlier one."""

from __future__ import annotations

import random

import pytest
from spools import ALONE, contract_of, rule_of, spool

from pipelines.integrations.text_checks import near_unique

RULE = rule_of("near_unique", "completion")
TEXT = (
    "You can claim the home office deduction when you use a part of your home regularly and only for work, "
    "and the amount is $5 for each square foot up to 300 square feet in 2025."
)


def near(tmp_path, *texts, rule=RULE):
    table = spool(tmp_path, *({"completion": text} for text in texts))
    return near_unique.check(table, rule, contract_of(), ALONE)


@pytest.mark.parametrize(
    "again",
    [
        TEXT,
        TEXT.upper(),
        TEXT.replace(",", "").replace(" and ", "  and\n"),
        TEXT.replace("regularly", "regulary"),
        TEXT.replace("300 square feet", "300 sqare feet"),
    ],
)
def test_a_later_copy_is_flagged_and_named_after_the_first_row(tmp_path, again):
    found = near(tmp_path, "Something else.", TEXT, None, again)

    assert list(found.rows) == [3]
    assert found.notes == {3: "like line 3 of a.csv"}
    assert (found.outcome.checked, found.outcome.violations, found.outcome.passed) == (4, 1, False)


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("2025", "2026"),
        TEXT.replace("$5", "$6"),
        TEXT.replace("300", "3,000"),
        TEXT.replace("in 2025", "in a year"),
        "Ask the tax office.",
    ],
)
def test_a_text_with_another_number_is_another_text(tmp_path, other):
    assert not near(tmp_path, TEXT, other).rows


def test_every_row_like_the_first_names_the_first(tmp_path):
    found = near(tmp_path, TEXT, TEXT, TEXT.lower(), TEXT)

    assert found.notes == dict.fromkeys((1, 2, 3), "like line 2 of a.csv")


def test_short_and_missing_texts_are_compared_by_their_characters(tmp_path):
    assert list(near(tmp_path, "Yes.", "No.", None, "yes", "", None, "$500", "500", "…", "?").rows) == [3]


def test_the_rule_says_how_alike_is_too_alike(tmp_path):
    swapped = TEXT.replace("regularly and only", "only and regularly")

    assert not near(tmp_path, TEXT, swapped, rule=rule_of("near_unique", "completion", minimum=0.95)).rows
    assert near(tmp_path, TEXT, swapped, rule=rule_of("near_unique", "completion", minimum=0.5)).rows


def test_question_and_answer_are_compared_together_where_the_rule_names_no_column(tmp_path):
    rows = [{"prompt": "What may I claim?", "completion": TEXT}, {"prompt": "And without an office at home?"}]
    table = spool(tmp_path, *rows, {"prompt": "What may I claim", "completion": TEXT.lower()})

    assert list(near_unique.check(table, rule_of("near_unique"), contract_of(), ALONE).rows) == [2]


def test_planted_copies_are_found_among_thousands_of_rows_and_nothing_else(tmp_path):
    draw = random.Random(7)
    words = ["".join(draw.choices("abcdefghijklmnop", k=draw.randint(3, 9))) for _ in range(800)]
    texts = [" ".join(draw.choices(words, k=40)) for _ in range(3_000)]
    copies = [text.replace(text.split()[20], "typo", 1).capitalize() + "!" for text in texts[:60]]

    assert list(near(tmp_path, *texts, *copies).rows) == list(range(3_000, 3_060))


def test_copies_are_found_however_many_texts_are_made_from_one_template(tmp_path):
    draw = random.Random(7)
    words = ["".join(draw.choices("abcdefghijklmnop", k=8)) for _ in range(1_000)]
    template = "Please tell me how the rule about {} for a {} is applied to owners of a small shop abroad"
    texts = [template.format(*pair) for pair in zip(words[:500], words[500:], strict=True)]

    assert list(near(tmp_path, *texts, *texts[-50:]).rows) == list(range(500, 550))


def test_an_empty_table_keeps_the_rule(tmp_path):
    assert near(tmp_path).outcome.passed
