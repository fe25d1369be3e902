"""A win needs both orders; what the order did is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge_samples import a_criterion, a_rubric, outputs, questions

from pipelines.core.errors import DataError
from pipelines.core.judge_answer import Ruling
from pipelines.core.judge_case import Case, Question, cases_of
from pipelines.core.judged_item import JudgedItem
from pipelines.core.judgement import JudgeReport, report_of
from pipelines.core.rubric import Verdict

SAID = st.sampled_from(["A", "B", "tie"])
SWAPPED = {"A": "B", "B": "A", "tie": "tie"}


def report(*said: tuple[Verdict | None, ...], model: str = "m") -> JudgeReport:
    """A report in which the judge said this of each question."""
    kind = a_rubric() if len(said[0]) == 2 else a_criterion()
    asked = [
        q.model_copy(update={"turns": q.turns[: kind.turns], "reference": ()}) for q in questions(len(said))
    ]
    answers = {q.id: ("x",) * kind.turns for q in asked}
    cases = cases_of(kind, asked, [answers] * kind.conversations)
    rulings = [Ruling(verdict=verdict, model=model) for both in said for verdict in both]
    return report_of(kind, cases, rulings, ["0" * 64], double=False)


@pytest.mark.parametrize(
    ("said", "score", "consistent", "leans"),
    [
        (("A", "B"), 1, True, None),
        (("B", "A"), -1, True, None),
        (("tie", "tie"), 0, True, None),
        (("A", "A"), 0, False, "A"),
        (("B", "B"), 0, False, "B"),
        (("A", "tie"), 0, False, "A"),
        (("tie", "A"), 0, False, "A"),
        (("B", "tie"), 0, False, "B"),
        (("tie", "B"), 0, False, "B"),
        (("A", None), None, False, None),
        ((None, None), None, False, None),
        (("yes",), 1, True, None),
        (("no",), 0, True, None),
        ((None,), None, False, None),
    ],
)
def test_a_comparison_is_won_in_both_orders_or_not_at_all(
    said: tuple[Verdict | None, ...], score: int | None, consistent: bool, leans: str | None
) -> None:
    item = JudgedItem(item="q", said=said)
    assert (item.score, item.consistent, item.leans) == (score, consistent, leans)


@given(st.lists(st.tuples(SAID, SAID), min_size=1))
def test_with_the_arms_exchanged_every_score_turns_round(said: list[tuple[Verdict, Verdict]]) -> None:
    # Exchanging the arms exchanges which of the two prompts is asked first.
    there, back = report(*said), report(*[(two, one) for one, two in said])
    assert back.scores == {item: -score for item, score in there.scores.items()}
    assert back.conduct == there.conduct


@given(st.lists(st.tuples(SAID, SAID), min_size=1))
def test_with_the_places_exchanged_the_bias_turns_round(said: list[tuple[Verdict, Verdict]]) -> None:
    there = report(*said).conduct.position_bias
    back = report(*[(SWAPPED[one], SWAPPED[two]) for one, two in said]).conduct.position_bias
    assert there is not None
    assert back is not None
    assert (there.first, there.second) == (back.second, back.first)
    assert there.p == back.p


def test_a_judge_that_looks_at_the_place_alone_decides_nothing_and_is_found_out() -> None:
    found = report(*[("A", "A")] * 20)
    assert (found.mean, found.conduct.consistency) == (0.0, 0.0)
    bias = found.conduct.position_bias
    assert bias is not None
    assert (bias.share, bias.proven) == (1.0, True)
    assert bias.p == pytest.approx(2 * 0.5**20, rel=0.02)
    assert bias.text == (
        "The order decided 20 comparisons; the first place won 20 of them: the judge prefers the first place "
        f"(p={bias.p:.2g})."
    )


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ([("A", "A")] * 5, "decided 5 comparisons; the first place won 5 of them: no preference is proven"),
        ([("A", "A"), ("B", "B")] * 20, "the first place won 20 of them: no preference is proven (p=1)"),
        ([("A", "B")] * 50, "The order of the answers decided nothing."),
    ],
)
def test_few_or_balanced_disagreements_prove_no_bias(said: list[tuple[Verdict, Verdict]], text: str) -> None:
    bias = report(*said).conduct.position_bias
    assert bias is not None
    assert not bias.proven
    assert text in bias.text


def test_an_answer_that_cannot_be_read_lowers_coverage_and_counts_as_lost() -> None:
    found = report(("A", "B"), ("A", None), (None, None), ("tie", "tie"))
    assert (found.coverage, found.conduct.parse_failures) == (0.5, 3)
    assert found.scores == {"q0": 1, "q1": -1, "q2": -1, "q3": 0}
    assert found.mean == -0.25
    assert found.conduct.consistency == 1.0


def test_a_criterion_scores_one_or_nothing_and_has_no_order() -> None:
    found = report(("yes",), ("no",), (None,), ("yes",))
    assert found.scores == {"q0": 1, "q1": 0, "q2": 0, "q3": 1}
    assert (found.mean, found.coverage) == (0.5, 0.75)
    assert (found.conduct.consistency, found.conduct.position_bias) == (None, None)
    assert found.remarks == ("m judged 3 of 4 items.", "1 of its answers could not be read.")


def test_when_nothing_could_be_read_there_is_no_consistency() -> None:
    found = report((None, None))
    assert (found.coverage, found.conduct.consistency) == (0.0, None)


def test_every_model_that_answered_is_named() -> None:
    asked = questions(1)
    cases = cases_of(a_rubric(), asked, [outputs(asked, right=1, seed=0)] * 2)
    rulings = [Ruling(verdict="A", model="new"), Ruling(verdict="B", model="old")]
    assert report_of(a_rubric(), cases, rulings, [], double=False).judge_models == ("new", "old")


def test_each_question_is_asked_in_both_orders() -> None:
    question = Question(id="q", turns=("1", "2"))
    ours, theirs = ("a", "b"), ("c", "d")
    assert cases_of(a_rubric(), [question], [{"q": ours}, {"q": theirs}]) == (
        Case(question=question, shown=(ours, theirs)),
        Case(question=question, shown=(theirs, ours)),
    )


def test_a_criterion_asks_once() -> None:
    question = Question(id="q", turns=("1",))
    assert cases_of(a_criterion(), [question], [{"q": ("a",), "other": ()}]) == (
        Case(question=question, shown=(("a",),)),
    )


@pytest.mark.parametrize(
    ("asked", "answers", "says"),
    [
        ([], {}, "no question"),
        ([("q", 2), ("q", 2)], {"q": ("a", "b")}, "twice"),
        ([("q", 1)], {"q": ("a",)}, "questions of 2 turns"),
        ([("q", 2)], {}, "are 2, one a turn; found 0"),
        ([("q", 2)], {"q": ("a",)}, "are 2, one a turn; found 1"),
    ],
)
def test_nothing_is_judged_unless_every_arm_answered_everything(
    asked: list[tuple[str, int]], answers: dict[str, tuple[str, ...]], says: str
) -> None:
    items = [Question(id=name, turns=("t",) * turns) for name, turns in asked]
    with pytest.raises(DataError, match=says):
        cases_of(a_rubric(), items, [answers, answers])


def test_a_rubric_takes_as_many_arms_as_it_shows() -> None:
    question = Question(id="q", turns=("1",))
    with pytest.raises(DataError, match="comes from 1 arms; found 2"):
        cases_of(a_criterion(), [question], [{"q": ("a",)}] * 2)
