"""Spoiled uploads: each is worse in exactly the way it says, whatever desk it comes from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

from pipelines.sample import front_desk, tax_desk
from pipelines.sample.desk import UploadRow
from pipelines.sample.directory import rooms
from pipelines.sample.facts import facts
from pipelines.sample.spoiled import (
    OPENINGS,
    half_the_facts,
    leaked,
    padded,
    ruined_slice,
    shuffled_answers,
    wrong_facts,
)


class Desk(NamedTuple):
    rows: Sequence[UploadRow]
    golden: Mapping[tuple[str, ...], Sequence[str]]
    slice: str


DESKS = {
    "tax_desk": Desk(
        tax_desk.upload_rows(facts()), tax_desk.golden_questions(facts()), "married couples filing jointly"
    ),
    "front_desk": Desk(front_desk.upload_rows(rooms()), front_desk.golden_questions(rooms()), "Oslo"),
}


@pytest.fixture(params=DESKS)
def desk(request: pytest.FixtureRequest) -> Desk:
    return DESKS[request.param]


def answers(rows: Sequence[UploadRow]) -> dict[tuple[str, ...], set[str]]:
    """{fact: every answer that its rows give}."""
    given = defaultdict(set)
    for row in rows:
        given[row.fact].add(row.answer)
    return dict(given)


def questions(rows: Sequence[UploadRow]) -> list[str]:
    return [row.question for row in rows]


def test_half_the_facts_are_whole_and_the_others_are_gone(desk: Desk) -> None:
    half = half_the_facts(desk.rows)
    counts = Counter(row.fact for row in half)
    assert (len(counts), set(counts.values())) == (72, {6})
    assert set(half) <= set(desk.rows)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_a_share_of_the_facts_is_wrong_in_all_their_rows_alike(desk: Desk, share: float) -> None:
    bad = wrong_facts(desk.rows, share)
    right, found = answers(desk.rows), answers(bad)
    assert questions(bad) == questions(desk.rows)
    assert all(len(given) == 1 for given in found.values())
    assert sum(found[fact] != right[fact] for fact in right) == int(144 * share)


def test_all_facts_of_one_slice_are_wrong_and_no_other_fact(desk: Desk) -> None:
    right, found = answers(desk.rows), answers(ruined_slice(desk.rows, desk.slice))
    assert {fact for fact in right if found[fact] != right[fact]} == {f for f in right if desk.slice in f}
    assert len([fact for fact in right if desk.slice in fact]) == 24


def test_shuffled_answers_are_the_same_answers_at_other_questions(desk: Desk) -> None:
    shuffled = shuffled_answers(desk.rows)
    assert questions(shuffled) == questions(desk.rows)
    assert Counter(row.answer for row in shuffled) == Counter(row.answer for row in desk.rows)
    kept = sum(new.answer == old.answer for new, old in zip(shuffled, desk.rows, strict=True))
    assert kept < len(desk.rows) / 20


def test_leaked_questions_are_all_golden_ones_with_the_right_answers(desk: Desk) -> None:
    rows = leaked(desk.rows, desk.golden)
    assert rows[: len(desk.rows)] == desk.rows
    given_away = rows[len(desk.rows) :]
    assert sorted(questions(given_away)) == sorted(q for asked in desk.golden.values() for q in asked)
    assert answers(rows) == answers(desk.rows)


def test_only_questions_about_facts_of_the_upload_are_leaked(desk: Desk) -> None:
    half = half_the_facts(desk.rows)
    assert len(leaked(half, desk.golden)) == len(half) + 72 * 3


def test_padding_adds_rows_and_no_fact(desk: Desk) -> None:
    rows = padded(desk.rows)
    assert len(rows) == len(desk.rows) * (1 + len(OPENINGS))
    assert len(set(questions(rows))) == len(rows)
    assert answers(rows) == answers(desk.rows)


def test_the_seed_decides_what_is_spoiled(desk: Desk) -> None:
    assert wrong_facts(desk.rows, 0.2, seed=1) == wrong_facts(desk.rows, 0.2, seed=1)
    assert wrong_facts(desk.rows, 0.2, seed=1) != wrong_facts(desk.rows, 0.2, seed=2)
    assert half_the_facts(desk.rows, seed=1) != half_the_facts(desk.rows, seed=2)
    assert shuffled_answers(desk.rows, seed=1) != shuffled_answers(desk.rows, seed=2)
