"""A judge counts for what it was measured on, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from examples import chain, sha
from judge_samples import a_criterion, a_rubric, expert_verdicts, outputs, questions

from pipelines.core.expert_agreement import (
    AGREEMENT,
    Agreement,
    agreement_of,
    newest_agreement,
    standing_of,
    trusted,
)
from pipelines.core.expert_verdict import ExpertVerdict, arms_of
from pipelines.core.judge_answer import Ruling
from pipelines.core.judge_case import Case, cases_of
from pipelines.core.judge_prompt import prompt_digest
from pipelines.core.judgement import JudgeReport, report_of
from pipelines.core.rubric import Rubric, Verdict
from pipelines.core.statistics.agreement import Kappa
from pipelines.integrations.memory_judge import by_reference

Rule = Callable[[Rubric, Case], Verdict | None]


def judged(
    verdicts: list[ExpertVerdict], rule: Rule, rubric: Rubric | None = None, **changes: Any
) -> JudgeReport:
    """What a judge of this rule says of what the experts judged."""
    rubric = rubric or a_rubric()
    cases = cases_of(rubric, [verdict.question for verdict in verdicts], arms_of(verdicts))
    rulings = [Ruling(verdict=rule(rubric, case), model="judge-1") for case in cases]
    return report_of(rubric, cases, rulings, [], double=False).model_copy(update=changes)


def a_report(**changes: Any) -> JudgeReport:
    asked = questions(10)
    cases = cases_of(a_rubric(), asked, [outputs(asked, right=r, seed=3) for r in (1.0, 0.2)])
    rulings = [Ruling(verdict=by_last_turn(a_rubric(), case), model="judge-1") for case in cases]
    return report_of(a_rubric(), cases, rulings, [], double=False).model_copy(update=changes)


def by_last_turn(rubric: Rubric, case: Case) -> Verdict:
    """Right answers, the last turn before the first: as the experts of the sample decide."""
    one, two = ([a == b for a, b in zip(s, case.question.reference, strict=True)][::-1] for s in case.shown)
    return "tie" if one == two else "A" if one > two else "B"


def an_agreement(**changes: Any) -> Agreement:
    verdicts = expert_verdicts(120)
    return agreement_of(a_rubric(), judged(verdicts, by_last_turn), verdicts).model_copy(update=changes)


def test_a_judge_that_knows_what_the_experts_know_agrees_but_for_their_slips() -> None:
    found = an_agreement()
    slips = 1 - found.agreed
    assert 0 < slips < 0.15
    assert found.kappa.n == 120
    assert 0.4 < found.kappa.lower < found.kappa.value < found.kappa.upper < 1


def test_a_judge_that_always_says_the_same_has_no_kappa_worth_the_name() -> None:
    verdicts = expert_verdicts(120)
    found = agreement_of(a_rubric(), judged(verdicts, lambda rubric, case: "tie"), verdicts)
    assert abs(found.kappa.value) < 0.01


def test_an_answer_that_cannot_be_read_agrees_with_nobody() -> None:
    verdicts = expert_verdicts(120)
    numbered = {verdict.id: n for n, verdict in enumerate(verdicts)}
    silent = agreement_of(
        a_rubric(),
        judged(verdicts, lambda r, c: None if numbered[c.question.id] % 3 == 0 else by_last_turn(r, c)),
        verdicts,
    )
    assert silent.agreed < 0.7
    assert silent.kappa.value < an_agreement().kappa.value - 0.2
    assert silent.conduct.parse_failures == 80


def test_a_criterion_is_measured_in_the_words_of_the_experts() -> None:
    verdicts = [
        ExpertVerdict(
            id=f"q{n}",
            turns=("?",),
            answers=(("right" if n % 3 else "wrong",),),
            verdict=said,
            reference=("right",),
        )
        for n in range(60)
        if (said := "yes" if n % 3 else "no")
    ]
    found = agreement_of(a_criterion(), judged(verdicts, by_reference, a_criterion()), verdicts)
    assert (found.agreed, found.kappa.value, found.conduct.consistency) == (1.0, 1.0, None)


def test_a_measured_judge_counts() -> None:
    standing = standing_of(a_report(), an_agreement(), a_rubric())
    assert standing.counts
    assert standing.reason.startswith("Its kappa against 120 verdicts of experts is 0.")
    assert standing.reason.endswith("even the lower end reaches the floor of 0.40.")


@pytest.mark.parametrize(
    ("report", "agreement", "says"),
    [
        ({"double": True}, {}, "The judge is a test double"),
        ({"rubric": sha("other")}, {}, "another version of rubric helpful"),
        ({"judge_models": ("judge-1", "judge-2")}, {}, "More than one model answered: judge-1, judge-2"),
        (
            {"judge_models": ("judge-2",)},
            {},
            "The judge is judge-2, and the agreement with experts is that of judge-1",
        ),
        ({"prompt": sha("other")}, {}, "under other words"),
        ({}, None, "No agreement of judge-1 with experts is on record"),
        ({}, {"double": True}, "that of a test double"),
        ({}, {"prompt": sha("other")}, "under other words"),
        (
            {},
            {"kappa": Kappa(value=0.8, lower=0.6, upper=0.9, n=49)},
            "rests on 49 experts' verdicts, and 50 are needed",
        ),
        (
            {},
            {"kappa": Kappa(value=0.8, lower=0.39, upper=0.9, n=99)},
            "the lower end must reach the floor of 0.40",
        ),
    ],
)
def test_whatever_is_missing_or_differs_makes_a_judge_report_only(
    report: dict[str, Any], agreement: dict[str, Any] | None, says: str
) -> None:
    found = None if agreement is None else an_agreement(**agreement)
    standing = standing_of(a_report(**report), found, a_rubric())
    assert (standing.verdict, standing.counts) == ("reports_only", False)
    assert says in standing.reason


def test_a_judge_that_left_items_out_reports_only_unless_the_rubric_allows_it() -> None:
    items = a_report().items
    unread = (items[0].model_copy(update={"said": ("A", None)}), *items[1:])
    standing = standing_of(a_report(items=unread), an_agreement(), a_rubric())
    assert standing.reason == "It judged 90.0% of the items, and 100.0% are needed."
    lenient = a_rubric(min_coverage=0.9)
    report = a_report(items=unread, rubric=lenient.digest)
    assert standing_of(report, an_agreement(), lenient).counts
    assert report.scores[items[0].item] == -1


def test_the_lower_end_decides_and_not_the_value() -> None:
    verdicts = expert_verdicts(25, slips=0.25, seed=4)
    found = agreement_of(a_rubric(), judged(verdicts, by_last_turn), verdicts)
    between = (found.kappa.value + found.kappa.lower) / 2
    assert found.kappa.lower < between < found.kappa.value
    assert not trusted(found, a_rubric(kappa_floor=between, min_verdicts=20)).counts
    assert trusted(found, a_rubric(kappa_floor=found.kappa.lower, min_verdicts=20)).counts


def test_two_models_that_answered_the_experts_items_are_no_measured_judge() -> None:
    assert "More than one model" in trusted(an_agreement(judge_models=("a", "b")), a_rubric()).reason


def test_new_numbers_in_a_rubric_keep_what_was_measured() -> None:
    stricter = a_rubric(kappa_floor=0.5)
    assert standing_of(a_report(rubric=stricter.digest), an_agreement(), stricter).counts


def test_the_newest_agreement_of_the_same_judge_and_words_stands() -> None:
    one, two = an_agreement(agreed=0.1), an_agreement(agreed=0.2)
    other, reworded = an_agreement(judge_models=("judge-2",)), an_agreement(prompt=sha("other"))
    entries = chain(*[(AGREEMENT, found) for found in (one, two, other, reworded)])
    assert newest_agreement(entries, ("judge-1",), prompt_digest(a_rubric())) == two
    assert newest_agreement(entries, ("judge-2",), prompt_digest(a_rubric())) == other
    assert newest_agreement(entries, ("judge-3",), prompt_digest(a_rubric())) is None
    assert newest_agreement([], ("judge-1",), prompt_digest(a_rubric())) is None
