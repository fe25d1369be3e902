"""The page stands alone, says the verdict first, and takes nothing in a letter for markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from upload_samples import contract

from pipelines.core.letter import Letter, letter_of
from pipelines.core.report import RowError
from pipelines.core.rows import Refusal
from pipelines.core.validation import refuse, report_of
from pipelines.integrations.letter_page import letter_page

EVIL = "<script>alert(1)</script>\"'&{{ 7*7 }}<img src=x onerror=alert(1)>"


def letter(problem: str = "the file is not UTF-8 text", **changes: Any) -> Letter:
    refusal = Refusal("b.csv", 4, "encoding", problem, "Save it as UTF-8.")
    report = report_of(refuse([refusal] * 12), contract(), upload="ab" * 32)
    return letter_of(report).model_copy(update=changes)


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


def test_the_verdict_comes_first_and_every_part_of_the_letter_is_there() -> None:
    of = letter(reasons=("because",), rows_read=1234)
    page = Page(letter_page(of))
    parts = [
        of.headline,
        "because",
        "1,234",
        "What is wrong",
        "the file is not UTF-8 text",
        "b.csv, line 4",
        "Save it as UTF-8.",
        "and 2 more",
        "What happens next",
        *of.next_steps,
        "abababababab",
    ]
    places = [page.text.index(part) for part in parts]
    assert places == sorted(places)


def test_nothing_in_a_letter_becomes_markup() -> None:
    place = RowError(file=EVIL, line=1, column=EVIL, value=EVIL, rule=EVIL, problem=EVIL, fix=EVIL)
    problem = letter().problems[0].model_copy(update={"places": (place,), "text": EVIL, "rule": EVIL})
    of = letter(
        source=EVIL, headline=EVIL, reasons=(EVIL,), problems=(problem,), next_steps=(EVIL,), upload=EVIL
    )
    page = Page(letter_page(of))
    tags = {tag for tag, _ in page.tags}
    assert tags.isdisjoint({"script", "img"})
    assert page.text.count(EVIL) >= 9
    assert {tag for tag, _ in Page(letter_page(letter())).tags} >= tags - {"ul"}


def test_the_page_needs_nothing_from_elsewhere() -> None:
    data = letter_page(letter())
    page = Page(data)
    attributes = {name for _, found in page.tags for name in found}
    assert attributes.isdisjoint({"src", "href", "style", "srcset", "action"})
    assert not any(name.startswith("on") for name in attributes)
    assert not re.search(rb"https?://|url\(|@import", data)
    policy = next(found for _, found in page.tags if found.get("http-equiv") == "Content-Security-Policy")
    assert (policy["content"] or "").startswith("default-src 'none'")


def test_the_page_fits_a_phone_and_a_sheet_of_paper() -> None:
    data = letter_page(letter())
    assert b'name="viewport" content="width=device-width' in data
    assert b"@media print" in data


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert letter_page(letter()) == letter_page(letter())
