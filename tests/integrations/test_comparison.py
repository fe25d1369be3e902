"""What changed since the last accepted upload."""

from __future__ import annotations

import pytest
from spools import ALONE, QUESTIONS, contract_of, spool

from pipelines.core.contract import Column, HoldRules, Roles
from pipelines.core.findings import Surroundings
from pipelines.integrations.comparison import compare

ITEM = Column(name="item", type="string")


def changes(tmp_path, old, new, *, old_columns=QUESTIONS, **contract):
    before = spool(tmp_path, *old, columns=old_columns)
    declared = contract_of(**contract)
    after = spool(tmp_path, *new, columns=declared.columns)
    return compare(after, declared, Surroundings(previous=before))


def counts(found):
    return found.same, found.added, found.removed, found.updated


def asked(*pairs):
    return [{"prompt": prompt, "completion": completion} for prompt, completion in pairs]


def written(rows, word, topic="fees"):
    return [
        {"prompt": f"{word} {n}", "completion": f"{word} " * (1 + n % 30), "topic": topic}
        for n in range(rows)
    ]


def test_a_first_upload_is_compared_with_nothing(tmp_path):
    assert compare(spool(tmp_path), contract_of(), ALONE) is None


def test_rows_are_followed_by_their_question_in_any_order(tmp_path):
    old = asked(("a", "1"), ("b", "2"), ("c", "3"), ("c", "3"), (None, "5"))
    new = asked(("d", "4"), ("c", "3"), ("b", "20"), ("a", "1"), (None, "6"))

    assert counts(changes(tmp_path, old, new)) == (2, 2, 2, 1)


def test_rows_are_followed_by_their_item_where_they_have_one(tmp_path):
    columns = (ITEM, *QUESTIONS)
    roles = Roles(prompt="prompt", completion="completion", item="item")
    old = [{"item": "1", "prompt": "a"}, {"item": "2", "prompt": "b"}]
    new = [{"item": "1", "prompt": "A"}, {"item": "3", "prompt": "b"}]

    found = changes(tmp_path, old, new, old_columns=columns, columns=columns, roles=roles)

    assert counts(found) == (0, 1, 1, 1)


def test_a_new_column_in_the_contract_changes_no_row(tmp_path):
    rows = asked(("a", "1"), ("b", "2"))

    found = changes(tmp_path, rows, [row | {"item": "x"} for row in rows], columns=(*QUESTIONS, ITEM))

    assert counts(found) == (2, 0, 0, 0)


def test_tables_without_a_common_column_have_no_common_row(tmp_path):
    found = changes(tmp_path, asked(("a", "1")), asked(("b", "2")), old_columns=(ITEM,))

    assert counts(found) == (0, 1, 1, 0)


def test_values_that_no_row_has_any_more_are_named_with_their_column(tmp_path):
    old = [{"topic": topic} for topic in ("fees", "forms", "forms", "rates", None)]
    hold = HoldRules(category_columns=("topic", "origin"))

    assert changes(tmp_path, old, [{"topic": "fees"}], hold=hold).lost_categories == (
        "forms (topic)",
        "rates (topic)",
    )
    columns = tuple(c.model_copy(update={"personal": True}) for c in QUESTIONS)
    found = changes(tmp_path, old[:1], [{}], hold=hold, columns=columns)
    assert found.lost_categories == ("(masked) (topic)",)


def test_drift_is_not_measured_on_few_rows(tmp_path):
    found = changes(tmp_path, written(199, "tax"), written(500, "cat"), hold=HoldRules(auc=0.8))

    assert (found.psi, found.auc) == (None, None)


def test_the_same_kind_of_texts_does_not_drift_and_longer_ones_do(tmp_path):
    old = written(600, "tax")

    assert changes(tmp_path, old, written(400, "tax")).psi < 0.1
    longer = [row | {"completion": row["completion"] * 2} for row in old]
    assert changes(tmp_path, old, longer).psi > 0.25


def test_a_length_that_all_texts_have_drifts_when_it_changes(tmp_path):
    old, new = ([{"completion": "x" * length}] * 300 for length in (5, 7))

    assert changes(tmp_path, old, new).psi > 1


def test_categories_that_change_their_shares_drift(tmp_path):
    old = written(300, "tax") + written(300, "tax", "forms")
    new = written(500, "tax") + written(100, "tax", "forms")

    found = changes(tmp_path, old, new, hold=HoldRules(category_columns=("topic",)))

    assert found.psi == pytest.approx(0.536, abs=0.01)


def test_new_texts_that_differ_can_be_told_from_the_old_ones(tmp_path):
    hold = HoldRules(auc=0.8)

    assert changes(tmp_path, written(300, "tax"), written(300, "cat"), hold=hold).auc > 0.95
    assert changes(tmp_path, written(300, "tax"), written(300, "tax"), hold=hold).auc < 0.6
    assert changes(tmp_path, written(300, "tax"), written(300, "cat")).auc is None
