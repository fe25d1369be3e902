"""Every past decision of a ledger is made again from the archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from gate_samples import evidence
from workbench import EDITION_1, EDITION_2, Workbench

from pipelines.core.gate_policy import GatePolicy
from pipelines.stages.gate import EVIDENCE
from pipelines.stages.replay import replay_all


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    """Two decisions, both passed."""
    bench = Workbench(tmp_path)
    for answers in (EDITION_1, EDITION_2):
        bench.drop_rules(answers)
        bench.drop_golden(answers)
        decision = bench.retrain()
        assert decision is not None
        assert decision.verdict == "PASS", decision.why
    return bench


def test_with_an_unchanged_policy_no_decision_differs(bench: Workbench) -> None:
    found = replay_all(bench.ledger.entries(), lambda own: own, archive=bench.archive)
    assert [one.was.verdict for one in found] == ["PASS", "PASS"]
    assert not any(one.differs for one in found)
    assert all(one.again is not None for one in found)


def test_a_changed_policy_changes_the_decisions_that_it_is_about(bench: Workbench) -> None:
    def stricter(own: GatePolicy) -> GatePolicy:
        return own.model_copy(update={"min_items": 5000})

    found = replay_all(bench.ledger.entries(), stricter, archive=bench.archive)
    assert [one.differs for one in found] == [True, True]
    assert all(one.again is not None and one.again.verdict == "INCONCLUSIVE" for one in found)


def test_nothing_is_written(bench: Workbench) -> None:
    before = [(found.key, found.size) for found in bench.store.list("")]
    replay_all(bench.ledger.entries(), lambda own: own, archive=bench.archive)
    assert [(found.key, found.size) for found in bench.store.list("")] == before


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (None, "is not in the archive"),
        (b"{}", "cannot be read"),
        (evidence().to_json(), "is about something else"),
    ],
)
def test_a_decision_whose_evidence_is_lost_or_foreign_says_so(
    bench: Workbench, stored: bytes | None, said: str
) -> None:
    entries = bench.ledger.entries()
    first = replay_all(entries, lambda own: own, archive=bench.archive)[0].was
    key = f"results/{EVIDENCE}/{first.digest}.json"
    bench.store.delete(key)
    if stored is not None:
        bench.store.put(key, stored)
    found = replay_all(entries, lambda own: own, archive=bench.archive)
    assert [one.again is None for one in found] == [True, False]
    assert said in found[0].why
