"""Personal data is flagged where it stands, by its kind alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from spools import ALONE, QUESTIONS, contract_of, rule_of, spool

from pipelines.core.contract import Column
from pipelines.core.errors import DeclarationError
from pipelines.integrations.text_checks.no_personal_data import check

ROWS = (
    {"prompt": "Who answers?", "completion": "jane@example.com does, +1 415 555 0132"},
    {"prompt": "Is $10,400 right for Form 1040-ES in 2024, 2025 and 2026?", "completion": "Yes"},
    {"prompt": "Is 123-45-6789 valid?", "completion": None},
    {"prompt": "Is 123-45-6780 like 4111 1111 1111 1111?", "completion": "bob@example.com"},
)


def test_rows_with_personal_data_in_any_column_of_texts_are_flagged(tmp_path: Path) -> None:
    found = check(spool(tmp_path, *ROWS), rule_of("no_personal_data"), contract_of(), ALONE)
    assert list(found.rows) == [0, 2, 3]
    assert found.notes == {
        0: "an e-mail address, a phone number in completion",
        2: "a social security number in prompt",
        3: "a credit card number, a social security number in prompt; an e-mail address in completion",
    }
    assert found.outcome.violations == 3
    assert found.outcome.checked == 4
    assert not found.outcome.passed


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Call me on 123-45-6789", "a social security number"),
        ("SSN: 123-45-6789", "a social security number"),
        ("Phone 192.168.100.212", "an internet address"),
        ("+14155550132@example.com", "an e-mail address"),
    ],
)
def test_what_could_be_of_two_kinds_is_of_the_more_specific(tmp_path: Path, text: str, note: str) -> None:
    rule = rule_of("no_personal_data", "prompt")
    assert check(spool(tmp_path, {"prompt": text}), rule, contract_of(), ALONE).notes == {0: note}
    phones = rule_of("no_personal_data", "prompt", values=("phone",))
    assert check(spool(tmp_path, {"prompt": text}), phones, contract_of(), ALONE).notes == {}


def test_a_rule_may_name_a_column_and_kinds(tmp_path: Path) -> None:
    rule = rule_of("no_personal_data", "prompt", values=("credit_card", "email"))
    found = check(spool(tmp_path, *ROWS), rule, contract_of(), ALONE)
    assert found.notes == {3: "a credit card number"}


def test_a_column_of_numbers_is_looked_at_when_the_rule_names_it(tmp_path: Path) -> None:
    columns = (*QUESTIONS, Column(name="number", type="integer"))
    table = spool(tmp_path, {"number": 4111111111111111}, {"number": 7}, {}, columns=columns)
    contract = contract_of(columns=columns)
    assert list(check(table, rule_of("no_personal_data", "number"), contract, ALONE).rows) == [0]
    assert list(check(table, rule_of("no_personal_data"), contract, ALONE).rows) == []


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="shoe_size"):
        check(spool(tmp_path), rule_of("no_personal_data", values=("shoe_size",)), contract_of(), ALONE)


def test_a_table_without_rows_keeps_the_rule(tmp_path: Path) -> None:
    assert check(spool(tmp_path), rule_of("no_personal_data"), contract_of(), ALONE).outcome.passed
