"""The case that evidence makes: paired by item, with what changed and what it costs."""

from __future__ import annotations

import pytest
from examples import a_base, a_report, a_spec, a_suite, an_item
from gate_samples import N, an_arm, evidence, guarded_evidence, scores, with_report
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.gate.evidence import case_of, duel_of
from pipelines.core.usage import Price, Usage

METRIC = a_suite().metrics[0]


def test_arms_are_paired_by_item_and_not_by_place() -> None:
    mine = a_report("a" * 64, [1, 0, 1, 0])
    theirs = a_report("b" * 64, [1, 0, 1, 0])
    turned = theirs.model_copy(update={"items": theirs.items[::-1]})
    assert duel_of(mine, turned, METRIC) == duel_of(mine, theirs, METRIC)
    assert (duel_of(mine, turned, METRIC).all.wins, duel_of(mine, turned, METRIC).all.losses) == (0, 0)


def test_an_item_that_the_rival_has_no_score_of_is_an_error() -> None:
    mine, theirs = a_report("a" * 64, [1, 0]), a_report("b" * 64, [1])
    with pytest.raises(KeyError):
        duel_of(mine, theirs, METRIC)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from("xyz")), min_size=1))
def test_the_slices_add_up_to_the_whole(rows: list[tuple[bool, bool, str]]) -> None:
    mine = tuple(an_item(k, a, slice=name) for k, (a, _, name) in enumerate(rows))
    theirs = tuple(an_item(k, b, slice=name) for k, (_, b, name) in enumerate(rows))
    duel = duel_of(a_report("a" * 64, [], items=mine), a_report("b" * 64, [], items=theirs), METRIC)
    assert sum(t.n for t in duel.slices.values()) == duel.all.n == len(rows)
    assert sum(t.wins for t in duel.slices.values()) == duel.all.wins
    assert sum(t.losses for t in duel.slices.values()) == duel.all.losses


def test_items_of_one_cluster_give_a_design_effect() -> None:
    mine = tuple(an_item(k, k // 3 % 10 > 0, cluster=f"fact{k // 3}") for k in range(N))
    theirs = tuple(an_item(k, k // 3 % 10 > 1, cluster=f"fact{k // 3}") for k in range(N))
    duel = duel_of(a_report("a" * 64, [], items=mine), a_report("b" * 64, [], items=theirs), METRIC)
    assert duel.all.effect > 2


@pytest.mark.parametrize(
    ("arm", "change"),
    [
        (an_arm("lora"), None),
        (an_arm("full"), "from LoRA fine-tuning of small to full fine-tuning of small"),
        (an_arm("lora", base="large"), "from LoRA fine-tuning of small to LoRA fine-tuning of large"),
        (an_arm("bm25"), "from LoRA fine-tuning of small to prompting with examples chosen by BM25 of small"),
    ],
)
def test_a_change_of_method_or_base_is_told(arm: object, change: str | None) -> None:
    given_ = with_report(evidence(scores(290), scores(290)), "candidate", arm=arm)
    assert case_of(given_).change == change


def test_new_weights_under_the_name_of_a_base_are_a_change() -> None:
    arm = an_arm("lora").model_copy(update={"base_sha256": "0" * 64})
    given_ = with_report(evidence(scores(290), scores(290)), "candidate", arm=arm)
    assert case_of(given_).change is not None


def test_a_first_version_changes_nothing() -> None:
    assert case_of(evidence()).change is None


def test_a_prompt_package_has_no_prompting_rival() -> None:
    given_ = with_report(evidence(), "candidate", arm=an_arm("jaccard"))
    assert case_of(given_).prompting is None
    assert case_of(evidence()).prompting is not None


def test_the_cost_is_that_of_the_base_it_stands_on() -> None:
    price = Price(prompt_per_million=2.0, answer_per_million=10.0)
    spec = a_spec(ladder=(a_base("small", price=price), a_base("large", parameters=2000)))
    usage = Usage(requests=1, prompt_tokens=50, answer_tokens=5, timed=1, p50_ms=1, p95_ms=1)
    given_ = with_report(evidence(spec=spec), "candidate", usage=usage)
    assert case_of(given_).cost_per_1000 == pytest.approx(0.15)
    on_large = with_report(given_, "candidate", arm=an_arm("lora", base="large"))
    assert case_of(on_large).cost_per_1000 is None
    assert case_of(evidence(spec=spec)).cost_per_1000 is None


def test_a_guard_is_paired_on_its_own_items() -> None:
    case = case_of(guarded_evidence(guard=scores(30, 40), champion_guard=scores(40, 40)))
    assert case.champion is not None
    guard = case.champion.duels[2].all
    assert (guard.n, guard.losses) == (40, 10)
    assert case.items == N
    assert case.scores["refuse.acc"] == 0.75
