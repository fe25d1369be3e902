"""A text says something of its own."""

from __future__ import annotations

import pytest
from spools import ALONE, contract_of, rule_of, spool

from pipelines.integrations.text_checks import substantial


def found_in(tmp_path, *completions, rule=None, prompt="What is due?"):
    table = spool(tmp_path, *({"prompt": prompt, "completion": text} for text in completions))
    return substantial.check(table, rule or rule_of("substantial"), contract_of(), ALONE)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (None, "it is empty"),
        (" \n\t", "it is empty"),
        ("N/A", "it only holds a place"),
        ("TODO!", "it only holds a place"),
        ("...", "it only holds a place"),
        ("—", "it only holds a place"),
        ("I don't know.", "it only holds a place"),
        ("Lorem ipsum dolor sit amet, consectetur", "it only holds a place"),
        ("As an AI language model, I cannot give tax advice.", "it only holds a place"),
        ("I'm sorry, but as an AI assistant I can't.", "it only holds a place"),
        ("what is due", "it repeats the question"),
    ],
)
def test_a_text_that_says_nothing_is_flagged_with_what_is_wrong(tmp_path, text, note):
    found = found_in(tmp_path, "On 15 April.", text)

    assert dict(found.notes) == {1: note}
    assert list(found.rows) == [1]
    assert not found.outcome.passed


@pytest.mark.parametrize(
    "text", ["5", "No", "None", "$", "+", "👍", "是", "हाँ", "Test the form first.", "Ask what is due."]
)
def test_a_short_answer_is_an_answer(tmp_path, text):
    assert not found_in(tmp_path, text).rows


def test_the_rule_may_add_a_length_and_words_of_its_own(tmp_path):
    rule = rule_of("substantial", minimum=4, values=("Call us!",))

    found = found_in(tmp_path, "No.", "call us", "Call them", rule=rule)

    assert found.notes == {0: "it has 3 characters", 1: "it only holds a place"}


def test_another_column_may_be_looked_at(tmp_path):
    table = spool(tmp_path, {"prompt": "tbd", "completion": "tbd"}, {"prompt": "Why?", "completion": "tbd"})

    assert list(substantial.check(table, rule_of("substantial", "prompt"), contract_of(), ALONE).rows) == [0]
