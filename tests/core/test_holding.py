"""When an upload waits for its steward's word, and what the steward reads."""

from __future__ import annotations

import pytest
from spools import contract_of

from pipelines.core.contract import HoldRules
from pipelines.core.drift import psi
from pipelines.core.holding import reasons_to_hold
from pipelines.core.profile import Changes

SAME = Changes(same=100, added=0, removed=0, updated=0)


def reasons(rows=100, previous=100, changes=SAME, **hold):
    return reasons_to_hold(contract_of(hold=HoldRules(**hold)), rows, previous, changes)


def test_an_upload_that_shrank_waits_and_says_by_how_much():
    (reason,) = reasons(rows=40)

    assert reason == (
        "The upload has 40 rows and the last accepted one had 100: 60 % fewer, and 50 % are enough to ask. "
        "Check that the file is whole; if it is meant, confirm the upload."
    )


@pytest.mark.parametrize(
    ("rows", "percent", "held"),
    [(50, 50, True), (51, 50, False), (0, 100, True), (1, None, False), (100, 0, False), (99, 0, True)],
)
def test_the_limit_itself_is_enough_to_wait(rows, percent, held):
    assert bool(reasons(rows=rows, shrink_percent=percent)) is held


def test_a_first_upload_has_nothing_to_wait_for():
    assert not reasons(rows=1, previous=None, changes=None, psi=0.1, auc=0.6, novelty_percent=1)


def test_new_and_changed_rows_count_as_novel():
    changes = Changes(same=89, added=6, removed=0, updated=5)

    assert not reasons(changes=changes, novelty_percent=11)
    (reason,) = reasons(changes=changes, novelty_percent=10.5)
    assert reason.startswith("11 of 100 rows are new or changed: 11 %, and 10.5 % are expected at most.")


def test_lost_categories_are_named_up_to_ten():
    lost = tuple(f"c{number} (topic)" for number in range(12))

    (reason,) = reasons(changes=SAME.model_copy(update={"lost_categories": lost}))

    assert "had rows for c0 (topic), " in reason
    assert "c9 (topic) and 2 more, and this one has none." in reason


def test_drift_waits_above_its_limit_only_and_not_where_it_was_not_measured():
    drifted = SAME.model_copy(update={"psi": 0.31, "auc": 0.913})

    assert not reasons(changes=drifted, psi=0.31, auc=0.92)
    lengths, texts = reasons(changes=drifted, psi=0.2, auc=0.7)
    assert "0.31 where 0 is no difference, and 0.2 is allowed" in lengths
    assert "91.3 % of the time, where 50 % is guessing and 70 % is allowed" in texts
    assert not reasons(changes=SAME, psi=0.2, auc=0.7)


def test_the_stability_index_is_zero_for_equal_shares_and_grows_with_the_difference():
    assert psi((50, 50), (100, 100)) == 0
    assert psi((50, 50), (60, 40)) == pytest.approx(0.0405, abs=1e-4)
    assert psi((100, 0), (0, 100)) > 5
