"""The page stands alone, says the verdict first, and takes nothing in a letter for markup."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from letter_samples import LETTERS, accepted, left_out, rejected

from pipelines.core.chart import Bar, Chart
from pipelines.core.letter import Attachment
from pipelines.core.outcome import TrainingOutcome
from pipelines.core.report import RowError
from pipelines.integrations.letter_page import letter_page

EVIL = "<script>alert(1)</script>\"'&{{ 7*7 }}<img src=x onerror=alert(1)>"
ALLOWED = {"errors.csv", "rows_to_repair.csv", "rows_to_repair.jsonl", "report.json"}


class Page(HTMLParser):
    """Every tag and attribute of a page, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


def test_the_verdict_comes_first_and_every_part_of_the_letter_is_there() -> None:
    of = rejected()
    page = Page(letter_page(of))
    parts = [
        of.headline,
        of.action,
        of.reasons[0],
        "1,240",
        "What explains most of it",
        of.causes[0].text,
        "What is wrong",
        "Every value must be of its column's type",
        of.problems[0].advice,
        "rules-2026.csv:300, amount",
        "2,100 USD",
        "2100",
        "and 30 more",
        "What happens next",
        *of.next_steps,
        "rows_to_repair.csv",
        "Compared with the last accepted upload",
        "The shape of the data",
        of.charts[0].said,
        "7c9e04b1d2aa",
    ]
    text = " ".join(page.text.split())
    places = [text.index(" ".join(part.split())) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (TrainingOutcome(model="desk", verdict="pending"), "desk: in training"),
        (TrainingOutcome(model="desk", verdict="PASS", version=4), "desk: version 4 is in production"),
        (TrainingOutcome(model="desk", verdict="PASS"), "desk: passed its tests"),
        (
            TrainingOutcome(model="desk", verdict="FAIL", sentence="Too few."),
            "did not pass its tests Too few.",
        ),
        (TrainingOutcome(model="desk", verdict="INCONCLUSIVE"), "desk: cannot be decided yet"),
    ],
)
def test_what_became_of_the_upload_is_told_when_it_is_known(outcome: TrainingOutcome, said: str) -> None:
    page = Page(letter_page(left_out().model_copy(update={"outcomes": (outcome,)})))
    assert said in " ".join(page.text.split())


def test_a_row_without_a_suggestion_beside_others_says_what_is_left_to_do() -> None:
    text = " ".join(Page(letter_page(left_out())).text.split())
    assert "miscellaneous the right value, or leave the row out" in text
    assert text.count("leave the row out") == 1


def test_nothing_in_a_letter_becomes_markup() -> None:
    place = RowError(
        file=EVIL, line=1, column=EVIL, value=EVIL, rule=EVIL, problem=EVIL, fix=EVIL, suggestion=EVIL
    )
    of = rejected()
    problem = of.problems[0].model_copy(update={"places": (place,), "text": EVIL, "rule": EVIL, "advice": ""})
    kinds = ("lengths", "categories")
    texts = {
        "source": EVIL,
        "headline": EVIL,
        "action": EVIL,
        "reasons": (EVIL,),
        "remarks": (EVIL,),
        "next_steps": (EVIL,),
        "upload": EVIL,
        "problems": (problem,),
        "causes": (of.causes[0].model_copy(update={"text": EVIL, "rules": (EVIL,)}),),
        "charts": tuple(
            Chart(kind=kind, column=EVIL, bars=(Bar(label=EVIL, share=1),), compared=False) for kind in kinds
        ),
        "attachments": (Attachment(name="report.json", text=EVIL),),
    }
    page = Page(letter_page(of.model_copy(update=texts)))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in Page(letter_page(of)).tags} | {"ul", "li"}
    assert page.text.count(EVIL) >= 15


@pytest.mark.parametrize("name", LETTERS)
def test_the_page_needs_nothing_from_elsewhere(name: str) -> None:
    data = letter_page(LETTERS[name]())
    page = Page(data)
    attributes = {name for _, found in page.tags for name in found}
    assert attributes.isdisjoint({"src", "style", "srcset", "action"})
    assert not any(name.startswith("on") for name in attributes)
    assert {link["href"] for link in page.named("a")} <= ALLOWED
    assert not page.named("script") + page.named("link")
    assert not re.search(rb"https?://|url\(|@import", data)


def test_the_page_allows_its_own_style_and_nothing_else() -> None:
    data = letter_page(accepted())
    policy = next(found for found in Page(data).named("meta") if "http-equiv" in found)["content"] or ""
    style = data.split(b"<style>")[1].split(b"</style>")[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert f"'sha256-{b64encode(sha256(style).digest()).decode()}'" in policy


def test_every_drawing_has_a_title_and_says_itself_in_words() -> None:
    page = Page(letter_page(accepted()))
    drawings = page.named("svg")
    assert len(drawings) == 3
    ids = {attributes["id"] for tag, attributes in page.tags if tag in ("title", "desc") and attributes}
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set((drawing["aria-labelledby"] or "").split()) <= ids


@pytest.mark.parametrize("name", LETTERS)
def test_the_same_letter_gives_the_same_bytes(name: str) -> None:
    assert letter_page(LETTERS[name]()) == letter_page(LETTERS[name]())
