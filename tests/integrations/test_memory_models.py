"""The shipped fake of scoring asks every task its own items."""

from __future__ import annotations

import json
from pathlib import Path

from gate_samples import GUARD_ITEMS, an_arm, guarded_suite

from pipelines.core.golden_set import GoldenItem
from pipelines.integrations.memory_models import MEMORY, MemoryEvaluator

GOLDEN = tuple(GoldenItem(id=f"q{k}", prompt=f"Tell me topic{k}", completion=f"${k}") for k in range(3))


def test_a_guard_is_asked_the_items_it_brings_along_and_other_tasks_the_golden_ones(tmp_path: Path) -> None:
    (tmp_path / MEMORY).parent.mkdir()
    (tmp_path / MEMORY).write_text(json.dumps({"topic1": "$1", "7": "I cannot say."}))
    scores = MemoryEvaluator().score(
        arm=an_arm("lora"),
        folder=tmp_path,
        bundle=tmp_path,
        suite=guarded_suite(),
        items=GOLDEN,
        max_answer_tokens=8,
    )
    by_task = {
        task: {i.item for i in scores.items if i.task == task} for task in ("exact", "choice", "refuse")
    }
    golden = {item.id for item in GOLDEN}
    assert by_task == {"exact": golden, "choice": golden, "refuse": {item.id for item in GUARD_ITEMS}}
    assert {(i.task, i.item) for i in scores.items if i.score} == {
        ("exact", "q1"),
        ("choice", "q1"),
        ("refuse", "r7"),
    }
    assert len(scores.outputs) == 2 * len(GOLDEN) + len(GUARD_ITEMS)
