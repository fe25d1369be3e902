"""Judges behind real endpoints: what they are worth shows, whatever they say."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from judge_samples import a_rubric, expert_verdicts, outputs, questions, truth
from judge_server import Brain, guesses, judging, knows, mumbles
from small_ledger import memory_ledger

from pipelines.archive import Archive
from pipelines.core.expert_agreement import Agreement, JudgeStanding, standing_of
from pipelines.core.judgement import JudgeReport
from pipelines.integrations.memory import MemoryStore
from pipelines.integrations.openai_judge import OpenAiJudge
from pipelines.stages.judge import calibrate, judge

pytestmark = pytest.mark.integration

COUNT = 120
ITEMS = questions(60)
KNOWN = truth(2 * COUNT)


class Seen(NamedTuple):
    agreement: Agreement
    report: JudgeReport
    standing: JudgeStanding


def seen(brain: Brain, cache: Path, count: int = COUNT) -> Seen:
    """A judge measured on experts' verdicts, then let loose on a good and a bad arm."""
    rubric = a_rubric()
    arms = [outputs(ITEMS, right=right, seed=5) for right in (0.9, 0.5)]
    with judging(brain) as server:
        asked = OpenAiJudge(server.url, cache=cache)
        ledger = memory_ledger(prefix="ledger/judges/helpful/")
        agreement = calibrate(rubric, expert_verdicts(count), judge=asked, ledger=ledger)
        report = judge(rubric, ITEMS, *arms, judge=asked, archive=Archive(MemoryStore()))
    return Seen(agreement, report, standing_of(report, agreement, rubric))


def test_a_judge_that_knows_and_one_that_guesses_are_told_apart(tmp_path: Path) -> None:
    good, guessing = seen(knows(KNOWN), tmp_path), seen(guesses(7), tmp_path)
    assert good.agreement.kappa.lower > 0.4 > guessing.agreement.kappa.upper
    assert (good.standing.verdict, guessing.standing.verdict) == ("counts", "reports_only")
    assert "the lower end must reach the floor" in guessing.standing.reason
    assert good.report.conduct.consistency == 1.0
    assert (guessing.report.conduct.consistency or 0) < 0.6
    assert good.report.mean > 0.3 > abs(guessing.report.mean)


def test_a_planted_preference_for_the_first_place_is_reported(tmp_path: Path) -> None:
    biased, fair = seen(knows(KNOWN, torn="A"), tmp_path), seen(knows(KNOWN), tmp_path)
    bias = biased.report.conduct.position_bias
    assert bias is not None
    assert (bias.share, bias.proven) == (1.0, True)
    assert "the judge prefers the first place" in biased.report.remarks[-1]
    # What the order decided is a tie, so the bias moves no score.
    assert biased.report.scores == fair.report.scores
    assert fair.report.conduct.position_bias is not None
    assert fair.report.conduct.position_bias.share is None


def test_a_judge_that_cannot_be_read_everywhere_is_not_counted(tmp_path: Path) -> None:
    found = seen(mumbles(knows(KNOWN), every=10), tmp_path)
    assert 0.5 < found.report.coverage < 1
    assert found.report.conduct.parse_failures > 0
    assert found.standing.verdict == "reports_only"
    assert "of the items" in found.standing.reason


def test_a_good_judge_with_too_few_verdicts_of_experts_only_reports(tmp_path: Path) -> None:
    found = seen(knows(KNOWN), tmp_path, count=30)
    assert found.standing.reason == "The agreement rests on 30 experts' verdicts, and 50 are needed."
