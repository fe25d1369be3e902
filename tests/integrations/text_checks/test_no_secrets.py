"""Secrets are flagged where they stand, by their kind alone."""

from __future__ import annotations

from pathlib import Path

from spools import ALONE, contract_of, rule_of, spool

from pipelines.integrations.text_checks.no_secrets import check

KEY = "AKIAIOSFODNN7EXAMPLE"
ROWS = (
    {"prompt": "How do I log in?", "completion": f"With {KEY}."},
    {"prompt": "What must a password be?", "completion": "It must have at least 12 characters."},
    {"prompt": "-----BEGIN PRIVATE KEY-----\nMIIE", "completion": "password: hunter22x"},
    {"prompt": "Where is form 1040-ES?", "completion": "https://www.irs.gov/forms-pubs/about-form-1040-es"},
)


def test_rows_with_secrets_are_flagged(tmp_path: Path) -> None:
    found = check(spool(tmp_path, *ROWS), rule_of("no_secrets"), contract_of(), ALONE)
    assert found.notes == {
        0: "an Amazon key in completion",
        2: "a private key in prompt; a password or key in completion",
    }
    assert list(found.rows) == [0, 2]


def test_a_rule_may_name_a_column(tmp_path: Path) -> None:
    found = check(spool(tmp_path, *ROWS), rule_of("no_secrets", "prompt"), contract_of(), ALONE)
    assert found.notes == {2: "a private key"}
