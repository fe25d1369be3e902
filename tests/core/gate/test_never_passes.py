"""Spoilt evidence never passes, and the order of items changes nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

import pytest
from examples import a_plan, a_report, a_spec, sha
from gate_samples import CANDIDATE, CHAMPION, SNAPSHOT, an_arm, full_items, guarded_suite
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from pipelines.core.assertion import AssertionResult
from pipelines.core.evaluation import ItemScore
from pipelines.core.gate.decide import decide
from pipelines.core.gate.evidence import Evidence
from pipelines.core.gate_policy import GatePolicy

ARMS = ("candidate", "champion", "anchor", "prompting")
BARE = ("candidate", "champion", "anchor")
"""The arms that ask the bare question of the same base, so that their prompts must be equal."""
OTHER = "another"

Draw = Callable[[st.SearchStrategy[Any]], Any]
Spoil = Callable[[Evidence, Draw], Evidence]

POLICY = GatePolicy(margin=0.1, min_items=60, min_slice=20)
SUITE = guarded_suite()
SPEC = a_spec(suite=SUITE, gate=POLICY)


class World(NamedTuple):
    """What decides the evidence, in small: `n` golden items, and which items each arm misses."""

    n: int
    missed: tuple[frozenset[int], ...]
    missed_guards: tuple[frozenset[int], ...]
    prompting: str
    clustered: bool


WORLDS = st.builds(
    World,
    n=st.integers(60, 80),
    missed=st.tuples(*[st.frozensets(st.integers(0, 59), max_size=3)] * 3),
    missed_guards=st.tuples(*[st.frozensets(st.integers(0, 39), max_size=2)] * 3),
    prompting=st.sampled_from(["zero_shot", "few_shot", "bm25"]),
    clustered=st.booleans(),
)


def passing(world: World) -> Evidence:
    """Complete evidence that passes: against a champion, an anchor and a prompting arm."""
    guards = [without(missed, 40) for missed in world.missed_guards]
    mine, champion, anchor = (without(missed, world.n) for missed in world.missed)
    evidence = evidence_of(
        {"candidate": mine, "champion": champion, "anchor": anchor, "prompting": [0.0] * world.n},
        dict(zip(ARMS, (*guards, guards[0]), strict=True)),
    )
    evidence = changed(evidence, "prompting", arm=an_arm(world.prompting))
    for arm in ARMS if world.clustered else ():
        clusters = [f"fact {int(i.item[1:]) // 2}" for i in items_of(evidence, arm)]
        items = zip(items_of(evidence, arm), clusters, strict=True)
        evidence = with_items(evidence, arm, [i.model_copy(update={"cluster": c}) for i, c in items])
    assume(decide(evidence).verdict == "PASS")
    return evidence


def evidence_of(golden: Mapping[str, list[float]], guards: Mapping[str, list[float]]) -> Evidence:
    """Evidence with these scores on the golden items and on the guard's."""
    n = len(golden["candidate"])
    arms = {
        "candidate": an_arm("lora", subject=CANDIDATE),
        "champion": an_arm("lora", subject=CHAMPION),
        "anchor": an_arm("lora", subject=sha("anchor")),
        "prompting": an_arm("zero_shot"),
    }
    reports = {
        name: a_report(
            arm.subject, [], items=full_items(golden[name], guards[name]), suite=SUITE.digest
        ).model_copy(update={"arm": arm})
        for name, arm in arms.items()
    }
    return Evidence(
        spec=SPEC,
        plan=a_plan(SPEC, champion=CHAMPION),
        golden_snapshot=SNAPSHOT,
        assertions=tuple(AssertionResult(assertion=a, checked=n, broken=0) for a in SUITE.assertions),
        expected_items=n,
        **reports,
    )


def without(missed: frozenset[int], n: int) -> list[float]:
    """Scores of `n` items of which a few are missed."""
    return [0.0 if k in missed else 1.0 for k in range(n)]


def with_items(evidence: Evidence, arm: str, items: list[ItemScore]) -> Evidence:
    return changed(evidence, arm, items=tuple(items))


def changed(evidence: Evidence, part: str, /, **changes: Any) -> Evidence:
    return evidence.model_copy(update={part: getattr(evidence, part).model_copy(update=changes)})


def items_of(evidence: Evidence, arm: str) -> list[ItemScore]:
    return list(getattr(evidence, arm).items)


def a_place(evidence: Evidence, arm: str, draw: Draw) -> int:
    return draw(st.integers(0, len(items_of(evidence, arm)) - 1))


def drop_items(evidence: Evidence, draw: Draw) -> Evidence:
    arm = draw(st.sampled_from(ARMS))
    gone = draw(st.sets(st.integers(0, len(items_of(evidence, arm)) - 1), min_size=1, max_size=30))
    return with_items(evidence, arm, [i for k, i in enumerate(items_of(evidence, arm)) if k not in gone])


def drop_an_item_from_every_arm(evidence: Evidence, draw: Draw) -> Evidence:
    key = draw(st.sampled_from(evidence.candidate.items)).key
    for arm in ARMS:
        evidence = with_items(evidence, arm, [i for i in items_of(evidence, arm) if i.key != key])
    return evidence


def drop_a_metric(evidence: Evidence, draw: Draw) -> Evidence:
    arms = draw(st.sampled_from([(arm,) for arm in ARMS] + [ARMS]))
    task = draw(st.sampled_from([metric.task for metric in SUITE.metrics]))
    for arm in arms:
        evidence = with_items(evidence, arm, [i for i in items_of(evidence, arm) if i.task != task])
    return evidence


def score_an_item_twice(evidence: Evidence, draw: Draw) -> Evidence:
    arm = draw(st.sampled_from(ARMS))
    items = items_of(evidence, arm)
    twice = items[a_place(evidence, arm, draw)]
    if draw(st.booleans()):
        items[a_place(evidence, arm, draw)] = twice
        assume(len({i.key for i in items}) < len(items))
    else:
        items.append(twice)
    return with_items(evidence, arm, items)


def change_a_field(arm: str, field: str) -> Spoil:
    def spoil(evidence: Evidence, draw: Draw) -> Evidence:
        items, place = items_of(evidence, arm), a_place(evidence, arm, draw)
        items[place] = items[place].model_copy(update={field: OTHER})
        return with_items(evidence, arm, items)

    spoil.__name__ = f"another_{field}_of_the_{arm}"
    return spoil


def swap_two_ids(evidence: Evidence, draw: Draw) -> Evidence:
    """Two items of an arm were scored under each other's id."""
    arm = draw(st.sampled_from(ARMS))
    items = items_of(evidence, arm)
    one, other = a_place(evidence, arm, draw), a_place(evidence, arm, draw)
    assume(items[one].task == items[other].task and one != other)
    first, second = items[one].item, items[other].item
    items[one] = items[one].model_copy(update={"item": second})
    items[other] = items[other].model_copy(update={"item": first})
    return with_items(evidence, arm, items)


def score_beyond_the_scale(evidence: Evidence, draw: Draw) -> Evidence:
    arm = draw(st.sampled_from(ARMS))
    items, place = items_of(evidence, arm), a_place(evidence, arm, draw)
    score = draw(st.floats(1.01, 100) | st.floats(-100, -0.01))
    items[place] = items[place].model_copy(update={"score": score})
    return with_items(evidence, arm, items)


def change_the_report(evidence: Evidence, draw: Draw) -> Evidence:
    changes = [{"golden": sha(OTHER)}, {"suite": sha(OTHER)}, {"split": "dev"}, {"limited": True}]
    return changed(evidence, draw(st.sampled_from(ARMS)), **draw(st.sampled_from(changes)))


def lose_an_arm(evidence: Evidence, draw: Draw) -> Evidence:
    return evidence.model_copy(update={draw(st.sampled_from(ARMS[1:])): None})


def put_another_in_the_place_of_the_champion(evidence: Evidence, draw: Draw) -> Evidence:
    return changed(evidence, "champion", arm=an_arm("lora", subject=sha(OTHER)))


def lose_an_assertion(evidence: Evidence, draw: Draw) -> Evidence:
    return evidence.model_copy(update={"assertions": ()})


def check_fewer_answers(evidence: Evidence, draw: Draw) -> Evidence:
    (result,) = evidence.assertions
    checked = draw(st.integers(0, result.checked - 1))
    return evidence.model_copy(update={"assertions": (result.model_copy(update={"checked": checked}),)})


def look_for_something_else(evidence: Evidence, draw: Draw) -> Evidence:
    (result,) = evidence.assertions
    other = result.assertion.model_copy(update=draw(st.sampled_from([{"pattern": "x"}, {"mostly": 0.5}])))
    return evidence.model_copy(update={"assertions": (result.model_copy(update={"assertion": other}),)})


def break_an_assertion(evidence: Evidence, draw: Draw) -> Evidence:
    (result,) = evidence.assertions
    broken = draw(st.integers(1, result.checked))
    return evidence.model_copy(update={"assertions": (result.model_copy(update={"broken": broken}),)})


def expect_another_number(evidence: Evidence, draw: Draw) -> Evidence:
    """The golden set holds other items than were scored."""
    by = draw(st.integers(-20, 20).filter(bool))
    return evidence.model_copy(update={"expected_items": evidence.expected_items + by})


def roll_back(evidence: Evidence, draw: Draw) -> Evidence:
    return evidence.model_copy(update={"rolled_back": True})


def put_a_guard_first(evidence: Evidence, draw: Draw) -> Evidence:
    kind = draw(st.sampled_from(["guard", "style"]))
    first = SUITE.metrics[0].model_copy(update={kind: True})
    suite = SUITE.model_copy(update={"metrics": (first, *SUITE.metrics[1:])})
    evidence = evidence.model_copy(update={"spec": SPEC.model_copy(update={"suite": suite})})
    for arm in ARMS:
        evidence = changed(evidence, arm, suite=suite.digest)
    return evidence


SPOILS: tuple[Spoil, ...] = (
    drop_items,
    drop_an_item_from_every_arm,
    drop_a_metric,
    score_an_item_twice,
    *(change_a_field(arm, field) for arm in ARMS for field in ("item", "doc_hash", "target_hash")),
    *(change_a_field(arm, "prompt_hash") for arm in BARE),
    swap_two_ids,
    score_beyond_the_scale,
    change_the_report,
    lose_an_arm,
    put_another_in_the_place_of_the_champion,
    lose_an_assertion,
    check_fewer_answers,
    look_for_something_else,
    break_an_assertion,
    expect_another_number,
    roll_back,
    put_a_guard_first,
)


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
@settings(max_examples=6, deadline=None)
@given(WORLDS, st.data())
def test_spoilt_evidence_never_passes(spoil: Spoil, world: World, data: st.DataObject) -> None:
    assert decide(spoil(passing(world), data.draw)).verdict != "PASS"


@settings(max_examples=30, deadline=None)
@given(WORLDS, st.lists(st.sampled_from(SPOILS), min_size=2, max_size=3), st.data())
def test_one_flaw_does_not_hide_another(world: World, spoils: list[Spoil], data: st.DataObject) -> None:
    evidence = passing(world)
    for spoil in spoils:
        try:
            evidence = spoil(evidence, data.draw)
        except (AttributeError, ValueError, InvalidArgument):
            assume(False)  # what is gone cannot be spoilt again
    assert decide(evidence).verdict != "PASS"


@settings(max_examples=30, deadline=None)
@given(WORLDS, st.integers(0))
def test_the_order_of_items_changes_nothing(world: World, seed: int) -> None:
    evidence = passing(world)
    assert decide(turned(evidence, seed)) == decide(evidence)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 100)] * 2), min_size=60, max_size=60), st.integers(0))
def test_the_order_of_graded_items_changes_no_number(rows: list[tuple[int, int]], seed: int) -> None:
    mine, theirs = [a / 100 for a, _ in rows], [b / 100 for _, b in rows]
    golden = {"candidate": mine, "champion": theirs, "anchor": theirs, "prompting": [0.0] * 60}
    evidence = evidence_of(golden, dict.fromkeys(ARMS, [1.0] * 40))
    assert decide(turned(evidence, seed)) == decide(evidence)


def turned(evidence: Evidence, seed: int) -> Evidence:
    """The items of every arm in an order of its own."""
    random = Random(seed)
    for arm in ARMS:
        items = items_of(evidence, arm)
        random.shuffle(items)
        evidence = with_items(evidence, arm, items)
    return evidence
