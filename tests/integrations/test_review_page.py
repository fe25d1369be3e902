"""The page of a review: complete, inert, and the same bytes for the same review."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_samples import REVIEWS, a_review

from pipelines.core.review_report import ReviewReport
from pipelines.integrations.review_chart import Point, chart
from pipelines.integrations.review_page import review_page
from pipelines.integrations.review_plot import WIDTH, Measured, Reference, forest, ticks_of

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
score = st.floats(0, 1)


@pytest.fixture(scope="module")
def reviews() -> dict[str, ReviewReport]:
    return {name: make() for name, make in REVIEWS.items()}


@pytest.fixture(scope="module")
def pages(reviews: dict[str, ReviewReport]) -> dict[str, str]:
    return {name: review_page(review).decode() for name, review in reviews.items()}


def test_the_same_review_is_the_same_page(reviews: dict[str, ReviewReport], pages: dict[str, str]) -> None:
    assert review_page(reviews["passed"]).decode() == pages["passed"]


def test_every_reason_stands_on_the_page_with_its_verdict(
    reviews: dict[str, ReviewReport], pages: dict[str, str]
) -> None:
    for reason in reviews["failed"].decision.reasons:
        assert f'class="{reason.verdict}"' in pages["failed"]
        assert reason.text.replace("'", "&#39;") in pages["failed"]


def test_every_digest_leads_to_its_full_form(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        targets, wanted = re.findall(r'id="(d-[0-9a-f]{64})"', page), re.findall(r'href="#(d-[^"]+)"', page)
        assert wanted
        assert set(wanted) <= set(targets), name
        assert len(set(targets)) == len(targets), name


def test_nothing_on_the_page_comes_from_elsewhere_or_runs(pages: dict[str, str]) -> None:
    for page in pages.values():
        assert not re.search(r"<(script|img|iframe|link|object|base|form)\b", page)
        assert not re.search(r'\b(src|style|on\w+)="', page)
        assert not re.search(r'href="(?!#)', page)


def test_every_drawing_is_well_formed_and_within_its_width(pages: dict[str, str]) -> None:
    for page in pages.values():
        drawings = SVG.findall(page)
        assert drawings
        for drawing in drawings:
            for element in ElementTree.fromstring(drawing).iter():
                for name in ("x", "x1", "x2", "cx"):
                    assert -0.1 <= float(element.get(name, "0")) <= WIDTH + 0.1


def test_what_is_not_known_is_not_drawn(pages: dict[str, str]) -> None:
    for heading in ("What moved the score", "What judges say"):
        assert heading in pages["passed"]
        assert heading not in pages["failed"]
    assert "Differences, item by item" not in pages["incomplete"]
    assert "Slices" not in pages["incomplete"]
    assert "Answers side by side" not in review_page(a_review(n=240, outputs={})).decode()


@given(st.lists(st.tuples(score, score, score).map(sorted), min_size=1, max_size=8), st.floats(-0.2, 0))
def test_marks_stand_in_order_within_the_plot(numbers: list[list[float]], margin: float) -> None:
    rows = [Measured("a", value, low, high, "said") for low, value, high in numbers]
    plot = forest("t", "n", rows, [Reference(margin, "margin")])
    for mark in plot.marks:
        assert 0 <= mark.left <= mark.x <= mark.right <= WIDTH
    assert 0 < len(plot.ticks) <= 7


@given(st.lists(st.tuples(st.floats(0, 1e6), score, score, score), min_size=1, max_size=6))
def test_points_stand_within_the_chart_and_no_word_on_another(
    numbers: list[tuple[float, float, float, float]],
) -> None:
    points = []
    for at, *found in numbers:
        low, value, high = sorted(found)
        points.append(Point(at, Measured("a", value, low, high, "said")))
    drawn = chart("t", "n", "across", points)
    for dot in drawn.dots:
        assert 0 <= dot.x <= WIDTH
        assert dot.top <= dot.y <= dot.bottom
    places = sorted(dot.word_y for dot in drawn.dots)
    assert all(after - before >= 12.9 for before, after in pairwise(places))


@given(st.floats(-1, 1), st.floats(0.001, 2))
def test_ticks_are_round_rising_numbers_within_their_scale(low: float, width: float) -> None:
    ticks = ticks_of(low, low + width)
    values = [value for value, _ in ticks]
    assert values == sorted(values)
    assert all(low - 1e-9 <= value <= low + width + 1e-9 for value in values)
    assert len({word for _, word in ticks}) == len(ticks)
    assert all(abs(float(word) - value) < 1e-9 for value, word in ticks)
