"""A model does not train on what it is judged by."""

from __future__ import annotations

from spools import ALONE, contract_of, neighbour, rule_of, spool

from pipelines.core.composition import decontaminate, examples_of, golden_items_of
from pipelines.core.findings import Surroundings
from pipelines.integrations.text_checks import no_golden

RULE = rule_of("no_golden")
LONG = "the filing deadline moves to the next working day when it falls on a weekend or a holiday"
GOLDEN = (
    {"prompt": "What is the standard deduction?", "completion": "$500"},
    {"prompt": f"Is it true that {LONG}?", "completion": "Yes"},
    {"prompt": "Who signs?", "completion": "Ann", "context": "Contract 1"},
)
ROWS = (
    {"prompt": "what is the STANDARD deduction", "completion": "Less than that."},
    {"prompt": "How much is it?", "completion": "$500"},
    {"prompt": "Tell me more.", "completion": f"As a rule, {LONG}, says the law."},
    {"prompt": "Who signs?", "completion": "Ann", "context": "Contract 2"},
    {"prompt": "Who signs?", "completion": "Bob", "context": "Contract 1"},
    {"prompt": None, "completion": None},
)


def test_repeated_and_shared_texts_are_flagged_and_the_golden_item_stays_secret(tmp_path):
    around = Surroundings(golden=(neighbour(tmp_path, "tax_golden", *GOLDEN),))

    found = no_golden.check(spool(tmp_path, *ROWS), RULE, contract_of(), around)

    assert dict(found.notes) == {
        0: "same text as a golden item",
        2: "13 words in a row shared with a golden item",
        4: "same text as a golden item",
    }
    assert list(found.rows) == [0, 2, 4]


def test_it_flags_what_composition_would_leave_out(tmp_path):
    around = Surroundings(golden=(neighbour(tmp_path, "tax_golden", *GOLDEN),))
    roles = contract_of().roles
    whole = [{"context": None, "_row": f"{number:064x}"} | row for number, row in enumerate(ROWS[:-1])]
    golden = golden_items_of([{"context": None, "_row": str(n)} | row for n, row in enumerate(GOLDEN)], roles)

    _, removed = decontaminate(examples_of("s", whole, roles), golden)

    found = no_golden.check(spool(tmp_path, *ROWS), RULE, contract_of(), around)
    assert [int(removal.row, 16) for removal in removed] == list(found.rows)


def test_without_a_golden_set_nothing_is_given_away(tmp_path):
    assert no_golden.check(spool(tmp_path, *ROWS), RULE, contract_of(), ALONE).outcome.passed
