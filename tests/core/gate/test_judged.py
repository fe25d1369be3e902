"""What judges say: where it counts, where it is only shown, and that a test double never passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from examples import a_spec, an_item, chain, sha
from gate_samples import N, evidence, rules, scores, with_report
from judge_samples import a_criterion, a_rubric

from pipelines.core.decision import GateDecision, Reason
from pipelines.core.expert_agreement import AGREEMENT, Agreement, JudgeStanding
from pipelines.core.gate.decide import decide
from pipelines.core.gate.evidence import Evidence
from pipelines.core.gate.judgement import Judgement, judgement_of, relied_on
from pipelines.core.judge_prompt import prompt_digest
from pipelines.core.judged_item import JudgedItem
from pipelines.core.judgement import JudgeReport
from pipelines.core.ledger import Entry
from pipelines.core.rubric import Rubric
from pipelines.core.statistics.agreement import kappa

COUNTS = JudgeStanding(verdict="counts", reason="Its kappa is high.")
REPORTS = JudgeStanding(verdict="reports_only", reason="Its kappa is low.")
COMPARED = a_rubric(two_turns=False)
GRADED = a_criterion()
SAID: dict[str, dict[int, tuple[Any, ...]]] = {
    "pairwise": {1: ("A", "B"), 0: ("tie", "tie"), -1: ("B", "A")},
    "criterion": {1: ("yes",), 0: ("no",)},
}


def said(rubric: Rubric, worth: Sequence[int], **changes: Any) -> JudgeReport:
    """A report that gives item k the score `worth[k]`."""
    verdicts = SAID[rubric.kind]
    values: dict[str, Any] = {
        "rubric": rubric.digest,
        "name": rubric.name,
        "kind": rubric.kind,
        "prompt": prompt_digest(rubric),
        "judge_models": ("judge-1",),
        "double": False,
        "arms": (sha("mine"),),
        "items": tuple(JudgedItem(item=f"q{k}", said=verdicts[score]) for k, score in enumerate(worth)),
    }
    return JudgeReport(**values | changes)


def compared(
    wins: int, losses: int, rubric: Rubric = COMPARED, standing: JudgeStanding = COUNTS, **changes: Any
) -> Judgement:
    worth = [1] * wins + [-1] * losses + [0] * (N - wins - losses)
    return Judgement(rubric=rubric, reports={"champion": said(rubric, worth, **changes)}, standing=standing)


def graded(standing: JudgeStanding = COUNTS, **right: int) -> Judgement:
    """So many answers of each arm meet the criterion."""
    reports = {part: said(GRADED, scores(count)) for part, count in right.items()}
    return Judgement.model_validate({"rubric": GRADED, "reports": reports, "standing": standing})


def given(*judgements: Judgement, judges: Sequence[Rubric] = (COMPARED,), **changes: Any) -> Evidence:
    """Evidence that passes but for what judges say."""
    spec = a_spec(judges=tuple(judges))
    return evidence(scores(290), scores(290), spec=spec, judgements=judgements, **changes)


def reasons(decision: GateDecision) -> list[Reason]:
    return [reason for reason in decision.reasons if reason.rule == "judge"]


@pytest.mark.parametrize(
    ("wins", "losses", "verdict", "words"),
    [
        (3, 3, "PASS", "a loss of 5% or more is ruled out"),
        (2, 40, "FAIL", "it is proven worse"),
        (40, 45, "INCONCLUSIVE", "a loss of 5% cannot be ruled out"),
    ],
)
def test_a_comparison_that_counts_decides_by_its_margin(
    wins: int, losses: int, verdict: str, words: str
) -> None:
    decision = decide(given(compared(wins, losses)))
    (reason,) = reasons(decision)
    assert decision.verdict == reason.verdict == verdict
    assert words in reason.text
    assert (reason.numbers["wins"], reason.numbers["losses"], reason.numbers["n"]) == (wins, losses, N)


def test_without_a_margin_the_candidate_must_be_better() -> None:
    rubric = a_rubric(two_turns=False, margin=0.0)
    verdicts = [decide(given(compared(wins, 3, rubric), judges=[rubric])).verdict for wins in (3, 30)]
    assert verdicts == ["INCONCLUSIVE", "PASS"]


def test_items_of_one_cluster_count_for_less() -> None:
    judgement = compared(0, 12)
    alone = decide(given(judgement))
    items = tuple(an_item(k, k < 290, cluster=f"c{k // 12}") for k in range(N))
    together = decide(with_report(given(judgement), "candidate", items=items))
    assert reasons(alone)[0].verdict == "FAIL"
    assert reasons(together)[0].verdict == "INCONCLUSIVE"
    assert "design effect" in reasons(together)[0].text


@pytest.mark.parametrize("harmed", ["champion", "anchor"])
def test_a_criterion_compares_with_the_champion_and_with_the_anchor(harmed: str) -> None:
    right = {"candidate": 250, "champion": 250, "anchor": 250, harmed: 290}
    decision = decide(given(graded(**right), judges=[GRADED]))
    assert rules(decision, "FAIL") == {"judge"}
    assert [f"against the {harmed}" in r.text for r in reasons(decision) if r.verdict == "FAIL"] == [True]


def test_a_criterion_of_a_first_version_is_shown() -> None:
    spec = a_spec(judges=(GRADED,))
    decision = decide(evidence(scores(290), spec=spec, judgements=(graded(candidate=150),)))
    assert decision.verdict == "PASS"
    assert "50.0% of the candidate's answers meet it" in reasons(decision)[0].text


def test_a_judge_that_only_reports_never_blocks_and_says_why() -> None:
    order = tuple(JudgedItem(item=f"q{k}", said=("A", "A")) for k in range(N))
    decision = decide(given(compared(0, 0, standing=REPORTS, items=order)))
    assert decision.verdict == "PASS"
    (reason,) = reasons(decision)
    assert reason.text.startswith(
        "Rubric helpful reports only. Its kappa is low. It said: against the champion:"
    )
    assert "the judge prefers the first place" in reason.text


@pytest.mark.parametrize("standing", [COUNTS, REPORTS])
@pytest.mark.parametrize("wins", [0, 200])
def test_a_test_double_never_passes(standing: JudgeStanding, wins: int) -> None:
    decision = decide(given(compared(wins, 0, standing=standing, double=True)))
    assert rules(decision, "FAIL") == {"judge"}
    assert "test double" in decision.why[0]


FLAWED: dict[str, list[Judgement]] = {
    "no judgement": [],
    "two judgements": [compared(3, 3), compared(3, 3)],
    "one by another rubric besides": [compared(3, 3), compared(3, 3, a_rubric(name="other"))],
    "a judgement that counts without its report": [Judgement(rubric=COMPARED, reports={}, standing=COUNTS)],
    "a report under other words": [
        Judgement(rubric=COMPARED, reports={"champion": said(a_rubric(), [0] * N)}, standing=COUNTS)
    ],
    "an item less": [compared(3, 3, items=said(COMPARED, [0] * (N - 1)).items)],
    "an item twice": [compared(3, 3, items=said(COMPARED, [0] * N).items + said(COMPARED, [0]).items)],
    "no items": [compared(3, 3, items=())],
}


@pytest.mark.parametrize("flaw", FLAWED)
def test_whatever_is_missing_of_a_judgement_fails(flaw: str) -> None:
    decision = decide(given(*FLAWED[flaw]))
    assert rules(decision, "FAIL") == {"coverage"}
    assert reasons(decision) == []


def test_a_conversation_of_two_turns_is_asked_of_the_items_that_have_one() -> None:
    rubric = a_rubric()
    some = said(rubric, [0] * 100).items
    assert decide(given(compared(0, 0, rubric, items=some), judges=[rubric])).verdict == "PASS"
    foreign = (*some, JudgedItem(item="elsewhere", said=("tie", "tie")))
    assert decide(given(compared(0, 0, rubric, items=foreign), judges=[rubric])).verdict == "FAIL"


def agreed(rubric: Rubric, model: str = "judge-1", *, right: bool = True) -> list[Entry]:
    """The ledger of a rubric whose judge agrees with experts, or says the opposite."""
    experts = ["yes", "no"] * 40 if rubric.kind == "criterion" else ["A", "B"] * 40
    heard = experts if right else experts[::-1]
    report = said(rubric, [0] * 80)
    agreement = Agreement(
        rubric=rubric.digest,
        name=rubric.name,
        prompt=report.prompt,
        judge_models=(model,),
        double=False,
        verdicts=sha("verdicts"),
        kappa=kappa(experts, heard),
        agreed=float(right),
        conduct=report.conduct,
    )
    return chain((AGREEMENT, agreement))


def test_a_rubric_is_relied_on_once_a_judge_agrees_with_experts_on_its_words() -> None:
    assert relied_on(COMPARED, agreed(COMPARED))
    assert not relied_on(COMPARED, [])
    assert not relied_on(COMPARED, agreed(COMPARED, right=False))
    assert not relied_on(a_rubric(two_turns=False, question="Else?"), agreed(COMPARED))


def test_what_is_missing_is_a_report_only_where_nothing_relies_on_it() -> None:
    shown = judgement_of(COMPARED, {}, ["champion", "anchor"], [])
    assert shown is not None
    assert (shown.standing.verdict, shown.standing.reason[:17]) == ("reports_only", "It was not asked:")
    assert judgement_of(COMPARED, {}, ["champion", "anchor"], agreed(COMPARED)) is None
    assert decide(given(shown)).verdict == "PASS"


def test_a_comparison_of_a_first_version_has_no_rival() -> None:
    judgement = judgement_of(COMPARED, {}, [], agreed(COMPARED))
    assert judgement is not None
    assert not judgement.standing.counts
    assert judgement.standing.reason == "There is no model in production to compare with."


def test_a_judgement_counts_only_where_one_judge_graded_every_arm() -> None:
    mine, theirs = said(GRADED, [1] * N), said(GRADED, [1] * N)
    entries = agreed(GRADED)
    one = judgement_of(GRADED, {"candidate": mine, "champion": theirs}, ["champion"], entries)
    other = theirs.model_copy(update={"judge_models": ("judge-2",)})
    two = judgement_of(GRADED, {"candidate": mine, "champion": other}, ["champion"], entries)
    assert one is not None and one.standing.counts
    assert two is not None and two.standing.reason == "The arms were graded by different judges."
