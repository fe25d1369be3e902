"""Planted defects are found on their lines, nothing else is, and following the suggestions mends the file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from planted import CONTRACT, Planted, plant, surroundings
from planted_check import Score, examined, rounds_to_acceptance, scores

from pipelines.core.findings import Surroundings
from pipelines.desk import open_desk
from pipelines.integrations.gx_auditor import GxAuditor
from pipelines.stages.examine import Desk, Examination

ROWS = 3_000
DEFECTS = 150


class Judged(NamedTuple):
    planted: Planted
    around: Surroundings
    desk: Desk
    examination: Examination


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("planted")
    planted, around, desk = plant(ROWS, DEFECTS), surroundings(folder), open_desk(GxAuditor())
    return Judged(planted, around, desk, examined(planted.text, around, desk, folder))


def test_every_defect_is_found_on_its_line_and_nothing_else_is(judged: Judged) -> None:
    found = scores(judged.planted, judged.examination)
    unread = {"type", "field_count", "characters"}
    assert set(found) == unread | {rule.id for rule in CONTRACT.rules}
    assert {rule: score for rule, score in found.items() if score != _perfect(score)} == {}


def test_following_the_suggestions_leads_to_acceptance(judged: Judged, tmp_path: Path) -> None:
    assert judged.examination.decision.verdict == "rejected"
    planted, around, desk, first = judged
    rounds, last = rounds_to_acceptance(planted.text, first, around, desk, tmp_path)
    assert (rounds, last.decision.verdict, last.errors) == (2, "accepted", ())
    assert last.decision.rows_accepted > ROWS - len(planted.places)


def _perfect(score: Score) -> Score:
    return Score(score.planted, score.planted, 1.0, 1.0)
