"""Rows are measured as the model reads them, or by an estimate that says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from spools import ALONE, contract_of, rule_of, spool
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from pipelines.core.findings import Surroundings
from pipelines.integrations.text_checks.tokens_between import check

ROWS = (
    {"prompt": "one two", "completion": "three"},
    {"prompt": "one two", "completion": "three", "context": "four five"},
    {"prompt": "one"},
    {},
    {"prompt": "word " * 2_000, "completion": "end"},
)


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """A tokenizer for which every word is a token, set to cut and to fill up what it reads."""
    tokenizer = Tokenizer(WordLevel({"?": 0}, unk_token="?"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=4)
    folder = tmp_path / "base"
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    return Surroundings(tokenizer=folder, context_tokens=4)


def test_context_question_and_answer_must_fit_together(tmp_path: Path, around: Surroundings) -> None:
    found = check(spool(tmp_path, *ROWS), rule_of("tokens_between"), contract_of(), around)
    assert list(found.rows) == [1, 4]
    assert found.notes == {1: "5 tokens, 4 fit", 4: "2,001 tokens, 4 fit"}
    assert "estimated" not in found.outcome.text


def test_the_bounds_of_the_rule_come_first(tmp_path: Path, around: Surroundings) -> None:
    rule = rule_of("tokens_between", minimum=2, maximum=5)
    found = check(spool(tmp_path, *ROWS), rule, contract_of(), around)
    assert found.notes == {2: "1 token, 2 are needed", 4: "2,001 tokens, 5 fit"}


def test_one_column_may_be_measured(tmp_path: Path, around: Surroundings) -> None:
    found = check(
        spool(tmp_path, *ROWS), rule_of("tokens_between", "context", maximum=1), contract_of(), around
    )
    assert list(found.rows) == [1]


@pytest.mark.parametrize("tokenizer", [None, Path("/nowhere")])
def test_without_a_tokenizer_three_bytes_are_a_token_and_the_outcome_says_so(
    tmp_path: Path, tokenizer: Path | None
) -> None:
    rows = {"prompt": "abcdef"}, {"prompt": "abcdefg"}, {"prompt": "üöäü"}
    rule = rule_of("tokens_between", "prompt", maximum=2)
    found = check(spool(tmp_path, *rows), rule, contract_of(), Surroundings(tokenizer=tokenizer))
    assert found.notes == {1: "3 tokens, 2 fit", 2: "3 tokens, 2 fit"}
    assert "estimated" in found.outcome.text


def test_without_any_bound_every_row_fits(tmp_path: Path) -> None:
    assert check(spool(tmp_path, *ROWS), rule_of("tokens_between"), contract_of(), ALONE).outcome.passed
