"""The same question is answered the same way, here and in the other sources."""

from __future__ import annotations

from spools import ALONE, contract_of, neighbour, rule_of, spool

from pipelines.core.findings import Surroundings
from pipelines.integrations.text_checks import one_answer

RULE = rule_of("one_answer")


def row(prompt, completion, context=None):
    return {"prompt": prompt, "completion": completion, "context": context}


def answers(tmp_path, *rows, around=ALONE):
    return one_answer.check(spool(tmp_path, *rows), RULE, contract_of(), around)


def test_all_rows_of_a_question_with_two_answers_are_flagged_and_name_another_line(tmp_path):
    found = answers(
        tmp_path,
        row("What is the fee?", "$500"),
        row("Who pays it?", "The owner."),
        row("what is  the fee", "$600"),
        row("What is the fee?", "$500."),
    )

    assert list(found.rows) == [0, 2, 3]
    assert found.notes == {
        0: "line 4 of a.csv answers the same question differently",
        2: "line 2 of a.csv answers the same question differently",
        3: "line 4 of a.csv answers the same question differently",
    }
    assert not found.outcome.passed


def test_spelling_makes_no_other_answer_and_missing_values_make_none(tmp_path):
    found = answers(
        tmp_path,
        row("Is it due?", "Yes, on 15 April."),
        row("Is it due?", "yes on 15 april"),
        row("Is it due?", None),
        row(None, "a"),
        row(None, "b"),
    )

    assert not found.rows
    assert found.outcome.passed


def test_signs_and_symbols_make_another_question(tmp_path):
    languages = (row(f"What is {name}?", name) for name in ("C", "C++", "C#"))

    assert not answers(tmp_path, *languages).rows
    assert list(answers(tmp_path, row("Change?", "-5"), row("Change?", "5")).rows) == [0, 1]


def test_the_same_question_about_another_text_is_another_question(tmp_path):
    rows = row("Who signs?", "Ann", "Contract 1"), row("Who signs?", "Bob", "Contract 2")

    assert not answers(tmp_path, *rows, row("Who signs?", "Cid")).rows
    assert list(answers(tmp_path, *rows, row("Who signs?", "Cid", "contract 1")).rows) == [0, 2]


def test_another_source_that_answers_differently_is_named(tmp_path):
    sibling = neighbour(
        tmp_path, "tax_faq", row("What is the fee?", "$600"), row("Who?", "Ann"), row("Who?", "Bob")
    )
    found = answers(
        tmp_path,
        row("Unheard of?", "Yes"),
        row("Who?", "bob"),
        row("What is the fee?", "$500"),
        around=Surroundings(siblings=(sibling,)),
    )

    assert list(found.rows) == [2]
    assert found.notes == {2: "source tax_faq answers the same question differently"}


def test_an_empty_table_keeps_the_rule(tmp_path):
    assert answers(tmp_path, around=Surroundings(siblings=(neighbour(tmp_path, "none"),))).outcome.passed
