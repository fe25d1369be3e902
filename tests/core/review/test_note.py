"""The description of a version fits its page, says the most important things, and stays text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_evidence import EVIL
from review_samples import REVIEWS, a_review

from pipelines.core.decision import Reason
from pipelines.core.review.markdown import plain, probability, table
from pipelines.core.review.note import LEAST_IMPORTANT, LIMIT, question_of, review_page, version_note
from pipelines.core.review_report import ReviewReport

LINK = "#/experiments/12/runs/0123456789abcdef0123456789abcdef/artifacts/gate/"
CELL = re.compile(r"(?<!\\)\|")


@pytest.fixture(scope="module")
def reviews() -> dict[str, ReviewReport]:
    return {name: make() for name, make in REVIEWS.items()}


def left_out(note: str) -> list[str]:
    found = re.search(r"Left out here for length: (.+)\. See", note)
    return found[1].split(", ") if found else []


def with_reasons(review: ReviewReport, count: int, text: str) -> ReviewReport:
    reasons = tuple(Reason(rule="assertion", verdict="FAIL", text=text) for _ in range(count))
    decision = review.decision.model_copy(update={"verdict": "FAIL", "reasons": reasons})
    return review.model_copy(update={"decision": decision})


def test_every_note_fits_and_begins_with_its_verdict(reviews: dict[str, ReviewReport]) -> None:
    for review in reviews.values():
        note = version_note(review, LINK)
        assert len(note) <= LIMIT
        assert note.startswith(f"# {review.decision.verdict}\n\n**")
        assert plain(review.sentence) in note
        assert f"]({LINK}report.html)" in note


def test_what_blocks_is_never_left_out(reviews: dict[str, ReviewReport]) -> None:
    for review in reviews.values():
        note = version_note(review, LINK)
        for reason in review.decision.reasons:
            if reason.verdict != "PASS":
                assert plain(reason.text, 280) in note


def test_what_is_left_out_is_said_and_is_the_least_important(reviews: dict[str, ReviewReport]) -> None:
    for review in reviews.values():
        gone = left_out(version_note(review, LINK))
        assert gone == [name for name in LEAST_IMPORTANT if name in gone]
        kept = [name for name in LEAST_IMPORTANT if f"## {name.capitalize()}\n" in version_note(review, LINK)]
        assert not kept or not gone or LEAST_IMPORTANT.index(gone[-1]) < LEAST_IMPORTANT.index(kept[0])
    assert left_out(version_note(reviews["hostile"], LINK))


def test_the_whole_page_leaves_nothing_out(reviews: dict[str, ReviewReport]) -> None:
    review = reviews["failed"]
    page = review_page(review)
    for reason in review.decision.reasons:
        assert plain(reason.text, 280) in page
    for digest in (review.decision.digest, review.evidence, review.decision.champion, review.suite_digest):
        assert digest is not None
        assert digest in page
    assert left_out(page) == []


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 60), st.text(max_size=600))
def test_however_many_reasons_there_are_the_note_fits(count: int, text: str) -> None:
    note = version_note(with_reasons(REVIEW, count, text), LINK)
    assert len(note) <= LIMIT
    assert note.startswith("# FAIL")


REVIEW = a_review(n=240)


def test_hostile_text_stays_text_in_its_cell(reviews: dict[str, ReviewReport]) -> None:
    for text in (version_note(reviews["hostile"], LINK), review_page(reviews["hostile"])):
        assert "\u202e" not in text
        assert re.search(r"(?<!\\)<", text.replace("<0.001", "")) is None
        assert "](javascript" not in text.replace("\\](javascript", "")
        rows = [line for line in text.splitlines() if line.startswith("|")]
        blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
        assert rows
        for block in blocks:
            assert len({len(CELL.findall(line)) for line in block.splitlines()}) == 1, block


@given(st.text())
def test_plain_text_is_one_line_of_bounded_length(text: str) -> None:
    found = plain(text, 50)
    assert not re.search(r"[\n\r\u202a-\u202e\u2066-\u2069]", found)
    assert len(re.sub(r"\\([\\`*\[\]<|~#])", r"\1", found)) <= 50


def test_a_question_is_the_verdict_the_reasons_and_a_link(reviews: dict[str, ReviewReport]) -> None:
    asked = question_of(reviews["passed"].decision, "http://127.0.0.1:5000/#/experiments/1/runs/x")
    assert asked.startswith("**PASS**")
    assert asked.count("\n- ") == len(reviews["passed"].decision.reasons)
    assert "(http://127.0.0.1:5000/#/experiments/1/runs/x)" in asked
    assert "<script" not in question_of(with_reasons(reviews["passed"], 1, EVIL).decision, "x").replace(
        "\\<script", ""
    )


def test_small_probabilities_are_not_written_out() -> None:
    assert [probability(p) for p in (None, 1e-9, 0.04321)] == ["", "<0.001", "0.043"]


def test_a_table_has_a_rule_under_its_head() -> None:
    assert table(("a", "b"), [("1", "2")]).splitlines()[1] == "|---|---|"
