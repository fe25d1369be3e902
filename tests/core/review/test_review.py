"""A review says what the gate says, of complete evidence and of incomplete evidence."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge_samples import a_criterion
from review_evidence import a_case
from review_samples import REVIEWS, a_review

from pipelines.core.evaluation import ItemScore
from pipelines.core.expert_agreement import JudgeStanding
from pipelines.core.gate.decide import decide
from pipelines.core.gate.judgement import Judgement
from pipelines.core.gate.tally import tally
from pipelines.core.judged_item import JudgedItem
from pipelines.core.judgement import JudgeReport
from pipelines.core.review.build import review_of
from pipelines.core.review.estimates import difference_of, mean_of
from pipelines.core.review.numbers import metrics_of
from pipelines.core.review_report import ReviewReport
from pipelines.core.statistics.proportions import wilson_interval

ASKED = {"non-inferiority", "superiority", "prompting"}
ALPHA = 0.05


@pytest.fixture(scope="module")
def reviews() -> dict[str, ReviewReport]:
    return {name: REVIEWS[name]() for name in ("passed", "failed", "inconclusive", "first", "incomplete")}


def scores(values: list[float], clusters: list[str] | None = None) -> list[ItemScore]:
    fields: dict[str, Any] = {"task": "t", "metric": "m", "slice": "s"}
    hashes = dict.fromkeys(("doc_hash", "prompt_hash", "target_hash"), "h")
    return [
        ItemScore(item=f"q{k}", score=value, cluster=clusters[k] if clusters else "", **fields, **hashes)
        for k, value in enumerate(values)
    ]


def test_every_comparison_has_the_verdict_of_the_rule_that_asks_about_it(
    reviews: dict[str, ReviewReport],
) -> None:
    for review in reviews.values():
        said = Counter((r.rule, r.verdict) for r in review.decision.reasons if r.rule in ASKED)
        shown = Counter((c.rule, c.verdict) for c in review.contrasts for _ in c.rivals if c.rule is not None)
        assert shown == said


def test_an_interval_lies_above_the_margin_exactly_where_the_gate_rules_a_loss_out(
    reviews: dict[str, ReviewReport],
) -> None:
    seen = set()
    for review in reviews.values():
        for c in review.contrasts:
            if c.rule == "non-inferiority" and c.margin is not None:
                seen.add(c.verdict)
                assert (c.difference.lower > -c.margin) == (c.verdict == "PASS")
    assert seen == {"PASS", "FAIL", "INCONCLUSIVE"}


def test_a_champion_that_is_the_anchor_too_is_one_rival_unless_the_margins_differ() -> None:
    case = a_case(n=240)
    assert {c.rivals for c in a_review(n=240).contrasts} == {("champion", "anchor"), ("prompting",)}
    policy = case.evidence.spec.gate.model_copy(update={"anchor_margin": 0.1})
    spec = case.evidence.spec.model_copy(update={"gate": policy})
    evidence = case.evidence.model_copy(update={"spec": spec})
    review = review_of(evidence, decide(evidence), case.exhibits)
    assert {c.rivals for c in review.contrasts} == {("champion",), ("anchor",), ("prompting",)}


def test_incomplete_evidence_is_shown_without_comparisons(reviews: dict[str, ReviewReport]) -> None:
    review = reviews["incomplete"]
    assert review.decision.verdict == "FAIL"
    assert (review.contrasts, review.slices, review.sliced_against) == ((), (), None)
    mine = review.arm("candidate")
    assert mine is not None
    assert "tax_exact.exact_match" not in mine.scores
    assert "tax_choice.acc" in mine.scores


def test_a_first_model_is_compared_with_the_best_prompting_arm(reviews: dict[str, ReviewReport]) -> None:
    review = reviews["first"]
    assert review.sliced_against == "prompting"
    assert review.sampling is not None
    assert review.sampling.rival == "prompting"
    assert "become the first desk" in review.sentence


def test_the_slice_that_was_ruined_comes_first(reviews: dict[str, ReviewReport]) -> None:
    worst = reviews["failed"].slices[0]
    assert (worst.slice, worst.metric) == ("mileage", "tax_exact.exact_match")
    assert worst.p is not None
    assert worst.p < ALPHA


def test_a_verdict_is_one_sentence_with_its_first_reason(reviews: dict[str, ReviewReport]) -> None:
    assert reviews["passed"].because == "Every rule holds."
    failed = reviews["failed"]
    assert failed.sentence == "LoRA fine-tuning of tax-s may not replace the desk in production."
    assert failed.because.startswith("tax_exact.exact_match against the champion")
    assert failed.because.endswith("3 more reasons stand below.")
    assert reviews["inconclusive"].sentence.startswith("It cannot be decided yet whether LoRA")


def test_the_same_evidence_gives_the_same_review() -> None:
    assert a_review(n=240) == a_review(n=240)


def test_lost_items_come_first_and_every_outcome_is_sampled(reviews: dict[str, ReviewReport]) -> None:
    sampling = reviews["passed"].sampling
    assert sampling is not None
    outcomes = [sample.outcome for sample in sampling.samples]
    assert len(outcomes) == 40
    order = ["lost", "won", "both_wrong", "both_right"]
    assert outcomes == sorted(outcomes, key=order.index)
    assert set(outcomes) == set(order)
    assert sum(sampling.counts.values()) == 900
    for sample in sampling.samples:
        verdicts = {role: answer.score for answer in sample.answers for role in answer.roles}
        assert set(verdicts) == {"candidate", "champion", "anchor", "prompting"}
        assert (verdicts["candidate"] < verdicts["champion"]) == (sample.outcome == "lost")


def test_a_candidate_that_wrote_nothing_has_no_sample() -> None:
    assert a_review(n=240, outputs={}).sampling is None


def test_what_a_judge_said_is_shown_with_whether_it_counts() -> None:
    case, rubric = a_case(n=240), a_criterion()
    standing = JudgeStanding(verdict="reports_only", reason="No agreement with experts is on record.")
    judged = tuple(
        JudgedItem(item=item.id, said=("yes" if k % 4 else "no",))
        for k, item in enumerate(case.exhibits.items)
    )
    report = JudgeReport(
        rubric=rubric.digest,
        name=rubric.name,
        kind=rubric.kind,
        prompt=rubric.digest,
        judge_models=("judge-7b",),
        double=False,
        arms=(rubric.digest,),
        items=judged,
    )
    for reports, mean, items in (({"candidate": report}, 0.75, 240), ({}, None, 0)):
        judgement = Judgement(rubric=rubric, reports=reports, standing=standing)
        evidence = case.evidence.model_copy(update={"judgements": (judgement,)})
        (shown,) = review_of(evidence, decide(case.evidence), case.exhibits).judgements
        assert (shown.rubric, shown.mean, shown.items, shown.counts) == (rubric.name, mean, items, False)
        assert shown.reason == standing.reason


def test_numbers_keep_their_names_from_run_to_run(reviews: dict[str, ReviewReport]) -> None:
    names = [set(metrics_of(reviews[name])) for name in ("passed", "failed")]
    for found in names:
        assert {
            "score.candidate.tax_exact.exact_match",
            "score.anchor.tax_choice.acc",
            "difference.champion.tax_exact.exact_match",
            "difference.prompting.tax_exact.exact_match",
            "p95_ms",
            "cost_per_1000",
            "training_seconds",
        } <= found
    assert any(name.startswith("1.coverage.") for name in names[0])


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_the_interval_of_right_and_wrong_answers_is_wilsons(right: list[bool]) -> None:
    found = mean_of(scores([float(r) for r in right]), ALPHA)
    assert (found.lower, found.upper) == pytest.approx(wilson_interval(sum(right), len(right), ALPHA))
    assert found.lower <= found.value <= found.upper


@given(st.lists(st.floats(0, 1), min_size=2, max_size=60))
def test_the_interval_of_graded_answers_holds_their_mean_and_stays_a_score(values: list[float]) -> None:
    found = mean_of(scores(values), ALPHA)
    assert 0 <= found.lower <= found.value + 1e-9
    assert found.value - 1e-9 <= found.upper <= 1


def test_items_that_share_a_cluster_tell_less() -> None:
    values = [1.0, 1.0, 0.0, 0.0] * 20
    alone = mean_of(scores(values), ALPHA)
    shared = mean_of(scores(values, [f"c{k // 2}" for k in range(80)]), ALPHA)
    assert shared.upper - shared.lower > alone.upper - alone.lower


def test_graded_differences_have_an_interval_with_their_mean_inside() -> None:
    found = difference_of(tally([0.1, -0.2, 0.3, 0.05, 0.0, 0.15] * 10, [""] * 60), ALPHA)
    assert found.lower < found.value < found.upper
