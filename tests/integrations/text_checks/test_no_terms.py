"""Terms that a contract rules out are found as whole words, however they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from spools import ALONE, QUESTIONS, contract_of, rule_of, spool

from pipelines.core.errors import DeclarationError
from pipelines.integrations.text_checks.no_terms import check


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("damn", "That damn form!", True),
        ("damn", "DAMN.", True),
        ("damn", "damnation", False),
        ("damn", "goddamn", False),
        ("damn", "damn_it", False),
        ("damn", "\uff44\uff41\uff4d\uff4e", True),
        ("tax cheat", "A Tax\n  Cheat, they say", True),
        ("tax cheat", "A tax cheats", False),
        ("Straße", "STRASSE", True),
        ("cafe\u0301", "caf\u00e9", True),
        ("c++", "in C++ and", True),
        ("c++", "in c and", False),
        (".net", "the .NET way", True),
        (".net", "the net way", False),
        ("???", "what???", True),
    ],
)
def test_a_term_counts_as_whole_words_in_any_spelling(
    tmp_path: Path, term: str, text: str, found: bool
) -> None:
    finding = check(
        spool(tmp_path, {"prompt": text}), rule_of("no_terms", values=(term,)), contract_of(), ALONE
    )
    assert bool(finding.rows) is found


def test_the_note_names_the_term_and_the_column(tmp_path: Path) -> None:
    rows = {"prompt": "fine"}, {"prompt": "fine", "completion": "such a blithering idiot"}
    rule = rule_of("no_terms", values=("idiot", "blithering idiot"))
    assert check(spool(tmp_path, *rows), rule, contract_of(), ALONE).notes == {
        1: "“blithering idiot” in completion"
    }


def test_the_note_on_a_personal_column_does_not_repeat_the_term(tmp_path: Path) -> None:
    columns = tuple(c.model_copy(update={"personal": c.name == "prompt"}) for c in QUESTIONS)
    rule = rule_of("no_terms", "prompt", values=("idiot",))
    found = check(spool(tmp_path, {"prompt": "idiot"}), rule, contract_of(columns=columns), ALONE)
    assert found.notes == {0: "one of the words"}


def test_a_rule_without_terms_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="no terms"):
        check(spool(tmp_path), rule_of("no_terms"), contract_of(), ALONE)
