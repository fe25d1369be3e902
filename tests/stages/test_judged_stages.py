"""Judges in a run: what the arms answer is judged once, and counts where experts agree with the judge."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from examples import a_base, a_contract, a_spec
from judge_samples import a_criterion, a_rubric, expert_verdicts, truth
from workbench import Workbench

from pipelines.core.contract import Column, Roles
from pipelines.core.decision import GateDecision, Reason
from pipelines.core.errors import Unavailable, UsageError
from pipelines.core.expert_verdict import ExpertVerdict
from pipelines.core.gate.evidence import Evidence
from pipelines.core.judge_answer import Ruling
from pipelines.core.judge_case import Case
from pipelines.core.rubric import Rubric, Verdict
from pipelines.integrations.memory_judge import MemoryJudge
from pipelines.ports import Judge
from pipelines.stages.baseline import best_package
from pipelines.stages.evaluate import evaluate
from pipelines.stages.gate import EVIDENCE
from pipelines.stages.judge import calibrate

FIRST = {f"topic{n}": f"${n}" for n in range(200)}
SECOND = {f"more{n}": f"${n}0" for n in range(200)}
"""What the first and the second turn ask for."""
HARMED = {topic: "$0.50" if n % 3 == 0 else answer for n, (topic, answer) in enumerate(SECOND.items())}
KNOWN = {
    **truth(400),
    **{f"Tell me {topic}": answer for topic, answer in FIRST.items()},
    **{f"And {topic}?": answer for topic, answer in SECOND.items()},
}
TALK = a_rubric()
AMOUNT = a_criterion()


class Real(MemoryJudge):
    """A judge that is no test double."""

    double = False


class Down(Real):
    def ask(self, rubric: Rubric, cases: object) -> tuple[Ruling, ...]:
        raise Unavailable("the judge", "must answer", f"silence on {rubric.name}", "Start it.")


def knows(rubric: Rubric, case: Case) -> Verdict:
    """The second turn weighs more than the first; one amount is one dollar sign."""
    if rubric.kind == "criterion":
        return "yes" if case.shown[0][0].count("$") == 1 else "no"
    one, two = (
        [KNOWN[turn] == answer for turn, answer in zip(case.question.turns, shown, strict=True)][::-1]
        for shown in case.shown
    )
    return "tie" if one == two else "A" if one > two else "B"


def guesses(rubric: Rubric, case: Case) -> Verdict:
    return random.Random(case.digest).choice(rubric.verdicts)


def not_configured(rubric: Rubric) -> Judge:
    raise UsageError("PERENNIAL_JUDGE_URL", "holds an address", f"nothing for {rubric.name}", "Set it.")


def a_bench(folder: Path, *judges: Rubric) -> Workbench:
    bench = Workbench(folder, a_spec(ladder=(a_base("large", parameters=400),), judges=judges))
    bench.drop_rules({**FIRST, **SECOND})
    drop_golden(bench)
    return bench


def drop_golden(bench: Workbench) -> None:
    """Every other item has a second turn."""
    names = ("id", "question", "answer", "kind", "then")
    contract = a_contract(
        "rules_golden",
        purpose="evaluation",
        columns=tuple(Column(name=name, type="string") for name in names),
        roles=Roles(prompt="question", completion="answer", item="id", slice="kind", follow_up="then"),
    )
    turns = zip(FIRST.items(), SECOND, strict=True)
    rows = [
        {
            "id": t,
            "question": f"Tell me {t}",
            "answer": a,
            "kind": "k",
            "then": f"And {more}?" if n % 4 else "",
        }
        for n, ((t, a), more) in enumerate(turns)
    ]
    bench.accept(contract, rows)


def judged_by(bench: Workbench, judge: Judge, *, calibrated: Mapping[Rubric, list[ExpertVerdict]]) -> None:
    bench.judge_of = lambda rubric: judge
    for rubric, verdicts in calibrated.items():
        calibrate(rubric, verdicts, judge=judge, ledger=bench.judge_ledger(rubric.name))


def run(bench: Workbench) -> GateDecision:
    decision = bench.retrain()
    assert decision is not None
    return decision


def harm(bench: Workbench) -> GateDecision:
    """A run on data that spoils second turns and no first one, after a good first version."""
    first = run(bench)
    assert first.verdict == "PASS", first.why
    bench.drop_rules({**FIRST, **HARMED})
    return run(bench)


def said(decision: GateDecision) -> list[Reason]:
    return [reason for reason in decision.reasons if reason.rule == "judge"]


def evidence_of(bench: Workbench, decision: GateDecision) -> Evidence:
    found = bench.archive.settled(EVIDENCE, decision.digest, Evidence)
    assert found is not None
    return found


def test_harm_that_only_a_counted_judge_sees_blocks(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, TALK)
    judged_by(bench, Real(knows), calibrated={TALK: expert_verdicts(120)})
    decision = harm(bench)
    assert {r.rule for r in decision.reasons if r.verdict != "PASS"} == {"judge"}
    assert decision.verdict == "FAIL"
    assert "it is proven worse" in decision.why[0]


def test_a_counted_judge_lets_what_is_as_good_pass(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, TALK)
    judged_by(bench, Real(knows), calibrated={TALK: expert_verdicts(120)})
    assert run(bench).verdict == "PASS"
    bench.drop_rules({**FIRST, **SECOND, "extra1": "$1"})
    decision = run(bench)
    assert decision.verdict == "PASS", decision.why
    assert "is ruled out" in said(decision)[0].text


@pytest.mark.parametrize(("rule", "measured"), [(guesses, True), (knows, False)])
def test_a_judge_that_guesses_or_was_not_measured_only_reports(
    tmp_path: Path, rule: Callable[[Rubric, Case], Verdict], measured: bool
) -> None:
    bench = a_bench(tmp_path, TALK)
    judged_by(bench, Real(rule), calibrated={TALK: expert_verdicts(120)} if measured else {})
    decision = harm(bench)
    assert decision.verdict == "PASS", decision.why
    assert said(decision)[0].text.startswith("Rubric helpful reports only.")
    assert "against the champion" in said(decision)[0].text


def test_a_test_double_never_passes(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, AMOUNT)
    decision = run(bench)
    assert decision.verdict == "FAIL"
    assert decision.why == ("Rubric one_amount was judged by a test double, whose word never counts.",)


def test_a_criterion_grades_every_arm_on_every_item(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, AMOUNT)
    judged_by(bench, Real(knows), calibrated={})
    assert run(bench).verdict == "PASS"
    bench.drop_rules({**FIRST, **HARMED})
    evidence = evidence_of(bench, run(bench))
    (judgement,) = evidence.judgements
    assert set(judgement.reports) == {"candidate", "champion", "anchor"}
    assert {len(report.items) for report in judgement.reports.values()} == {evidence.expected_items}


def test_only_items_with_a_second_turn_are_asked_one(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, TALK)
    judged_by(bench, Real(knows), calibrated={})
    (judgement,) = evidence_of(bench, harm(bench)).judgements
    items = {item.item for item in judgement.reports["champion"].items}
    assert 0 < len(items) < 200
    assert all(int(item.removeprefix("topic")) % 4 for item in items)


def test_what_was_answered_and_judged_is_not_asked_again(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, AMOUNT)
    judge = Real(knows)
    judged_by(bench, judge, calibrated={})
    plan = bench.compose()
    assert plan is not None
    first = bench.judge(plan)
    asked, talked = judge.asked, list(bench.converser.asked)
    assert bench.judge(plan) == first
    assert (judge.asked, bench.converser.asked) == (asked, talked)
    assert len(talked) == len(set(talked)) == 2


@pytest.mark.parametrize("judge_of", [not_configured, lambda rubric: Down(knows)])
def test_a_rubric_that_would_only_report_never_holds_up_a_run(
    tmp_path: Path, judge_of: Callable[[Rubric], Judge]
) -> None:
    bench = a_bench(tmp_path, AMOUNT)
    bench.judge_of = judge_of
    decision = run(bench)
    assert decision.verdict == "PASS", decision.why
    assert said(decision)[0].text.startswith("Rubric one_amount reports only. It was not asked:")
    assert any("was not asked" in line for line in bench.said)


def amounts() -> list[ExpertVerdict]:
    """Experts on answers with one amount and with two."""
    return [
        ExpertVerdict(id=f"e{n}", turns=("How much?",), answers=((f"${n}" + " or $1" * (n % 2),),), verdict=v)
        for n in range(80)
        if (v := "no" if n % 2 else "yes")
    ]


@pytest.mark.parametrize("judge_of", [not_configured, lambda rubric: Down(knows)])
def test_a_run_waits_for_a_judge_that_the_gate_relies_on(
    tmp_path: Path, judge_of: Callable[[Rubric], Judge]
) -> None:
    bench = a_bench(tmp_path, AMOUNT)
    judged_by(bench, Real(knows), calibrated={AMOUNT: amounts()})
    real, bench.judge_of = bench.judge_of, judge_of
    with pytest.raises(Unavailable):
        bench.retrain()
    bench.judge_of = real
    assert run(bench).verdict == "PASS"


def test_the_gate_does_not_decide_without_a_judge_that_it_relies_on(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, AMOUNT)
    bench.judge_of = not_configured
    plan = bench.compose()
    assert plan is not None
    candidate = bench.train(plan)
    package = best_package(plan, bench.archive)
    evaluate(candidate, package, bench.standing, scorer=bench.scorer(plan), panel=bench.panel(plan))
    judged_by(bench, Real(knows), calibrated={AMOUNT: amounts()})
    decision = bench.decide(plan, candidate)
    assert decision.verdict == "FAIL"
    assert decision.why == ("Rubric one_amount has 0 judgements, expected 1.",)


def test_a_package_that_is_judged_in_the_place_of_training_was_judged_too(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, AMOUNT)
    bench.evaluator.copying = bench.converser.copying = frozenset(["large"])
    judged_by(bench, Real(knows), calibrated={AMOUNT: amounts()})
    plan = bench.compose()
    assert plan is not None
    _, decision = bench.judge(plan)
    assert decision.reasons[0].text.startswith("Training is not needed.")
    assert [reason.verdict for reason in said(decision)] == ["PASS"]
    assert "of the candidate's answers meet it" in said(decision)[0].text
    assert decision.candidate in bench.converser.asked
