"""Judging in memory: settled once, measured against experts, recorded in the ledger."""

from __future__ import annotations

import pytest
from judge_samples import a_criterion, a_rubric, expert_verdicts, outputs, questions
from small_ledger import memory_ledger

from pipelines.archive import Archive
from pipelines.core.errors import DataError
from pipelines.core.expert_agreement import Agreement, newest_agreement, standing_of
from pipelines.core.judge_case import Question
from pipelines.integrations.memory import MemoryStore
from pipelines.integrations.memory_judge import MemoryJudge
from pipelines.ledger import Ledger
from pipelines.stages.judge import calibrate, grade, judge

ITEMS = questions(30)
GOOD, BAD = outputs(ITEMS, right=1.0, seed=1), outputs(ITEMS, right=0.3, seed=2)


@pytest.fixture
def archive() -> Archive:
    return Archive(MemoryStore())


@pytest.fixture
def ledger() -> Ledger:
    return memory_ledger(prefix="ledger/judges/helpful/")


def test_the_better_arm_wins_and_the_worse_one_loses(archive: Archive) -> None:
    there = judge(a_rubric(), ITEMS, GOOD, BAD, judge=MemoryJudge(), archive=archive)
    back = judge(a_rubric(), ITEMS, BAD, GOOD, judge=MemoryJudge(), archive=archive)
    assert there.mean == -back.mean > 0.5
    assert (there.coverage, there.conduct.consistency) == (1.0, 1.0)
    assert there.arms == back.arms[::-1]


def test_what_was_judged_is_not_judged_again(archive: Archive) -> None:
    asked = MemoryJudge()
    first = judge(a_rubric(), ITEMS, GOOD, BAD, judge=asked, archive=archive)
    assert judge(a_rubric(), ITEMS, GOOD, BAD, judge=asked, archive=archive) == first
    assert asked.asked == 2 * len(ITEMS)


@pytest.mark.parametrize("change", ["rubric", "questions", "candidate", "rival"])
def test_anything_else_is_judged_anew(archive: Archive, change: str) -> None:
    asked = MemoryJudge()
    judge(a_rubric(), ITEMS, GOOD, BAD, judge=asked, archive=archive)
    judge(
        a_rubric(question="Else?") if change == "rubric" else a_rubric(),
        ITEMS[:-1] if change == "questions" else ITEMS,
        BAD if change == "candidate" else GOOD,
        GOOD if change == "rival" else BAD,
        judge=asked,
        archive=archive,
    )
    assert asked.asked > 2 * len(ITEMS)


def test_answers_to_other_questions_change_nothing(archive: Archive) -> None:
    asked = MemoryJudge()
    judge(a_rubric(), ITEMS, GOOD, BAD, judge=asked, archive=archive)
    judge(a_rubric(), ITEMS, {**GOOD, "other": ("x",)}, BAD, judge=asked, archive=archive)
    assert asked.asked == 2 * len(ITEMS)


def test_a_test_double_marks_its_report_and_settles_nothing_for_a_real_judge(archive: Archive) -> None:
    class Real(MemoryJudge):
        double = False

    fake = judge(a_rubric(), ITEMS, GOOD, BAD, judge=MemoryJudge(), archive=archive)
    real = judge(a_rubric(), ITEMS, GOOD, BAD, judge=Real(), archive=archive)
    assert (fake.double, real.double) == (True, False)
    assert "It is a test double." in fake.remarks
    assert not standing_of(fake, None, a_rubric()).counts


def test_a_criterion_grades_the_answers_of_one_arm(archive: Archive) -> None:
    items = [Question(id=f"q{n}", turns=("?",), reference=("right",)) for n in range(4)]
    answers = {item.id: ("right" if n % 2 else "wrong",) for n, item in enumerate(items)}
    report = grade(a_criterion(), items, answers, judge=MemoryJudge(), archive=archive)
    assert report.scores == {"q0": 0, "q1": 1, "q2": 0, "q3": 1}
    assert report.mean == 0.5


def test_a_rubric_is_not_used_for_what_it_is_not(archive: Archive) -> None:
    with pytest.raises(DataError, match="comes from 2 arms"):
        grade(a_rubric(), ITEMS, GOOD, judge=MemoryJudge(), archive=archive)
    with pytest.raises(DataError, match="comes from 1 arms"):
        judge(a_criterion(), ITEMS, GOOD, BAD, judge=MemoryJudge(), archive=archive)


def test_an_agreement_is_recorded_once_until_it_changes(ledger: Ledger) -> None:
    verdicts = expert_verdicts(60)
    found = calibrate(a_rubric(), verdicts, judge=MemoryJudge(), ledger=ledger)
    assert calibrate(a_rubric(), verdicts, judge=MemoryJudge(), ledger=ledger) == found
    assert len(ledger.entries()) == 1
    other = calibrate(a_rubric(), verdicts[:50], judge=MemoryJudge(), ledger=ledger)
    assert calibrate(a_rubric(), verdicts, judge=MemoryJudge(), ledger=ledger) == found
    assert [Agreement.model_validate(e.body) for e in ledger.entries()] == [found, other, found]
    assert newest_agreement(ledger.entries(), found.judge_models, found.prompt) == found


def test_each_judge_keeps_its_own_record(ledger: Ledger) -> None:
    verdicts = expert_verdicts(60)
    one = calibrate(a_rubric(), verdicts, judge=MemoryJudge(model="one"), ledger=ledger)
    two = calibrate(
        a_rubric(), verdicts, judge=MemoryJudge(lambda rubric, case: "A", model="two"), ledger=ledger
    )
    assert newest_agreement(ledger.entries(), ("one",), one.prompt) == one
    assert newest_agreement(ledger.entries(), ("two",), two.prompt) == two
    assert one.kappa.value > two.kappa.value
