"""The letter in a real browser: it fits a phone and a desk, asks nobody for anything, and runs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from letter_samples import LETTERS, a_place, a_report
from page_in_browser import browser, measured

from pipelines.core.letter import letter_of
from pipelines.integrations.letter_page import letter_page

__all__ = ["browser"]
pytestmark = pytest.mark.integration

WIDTHS = (360, 1280)
LONG = "x" * 300
EVIL = (
    "<script>top.ran = 1</script><img src=http://elsewhere.example/x onerror='top.ran = 1'>"
    "\u202ereversed<style>@import 'http://elsewhere.example/y'</style>"
)


def hostile() -> bytes:
    """A letter in which every text is long, without a blank, or hostile."""
    errors = tuple(
        a_place(n, text, file=text, column=text, rule=text, problem=text, fix=text, suggestion=text)
        for n, text in enumerate((EVIL, LONG), 1)
    )
    return letter_page(letter_of(a_report(errors=errors, reasons=(EVIL, LONG), notes=(LONG,), error_count=2)))


def test_every_letter_fits_its_screen_and_stays_inert(browser: str, tmp_path: Path) -> None:
    pages = {name: letter_page(make()) for name, make in LETTERS.items()} | {"hostile": hostile()}
    found = measured(browser, pages, WIDTHS, tmp_path)
    assert found["ran"] == 0
    assert len(found["seen"]) == len(pages) * len(WIDTHS)
    for seen in found["seen"]:
        assert seen["needed"] <= seen["width"], seen
        assert seen["width"] in WIDTHS
        assert (seen["requests"], seen["foreign"], seen["ink"]) == (0, 0, []), seen
        assert seen["styled"]
        assert set(seen["bidi"]) <= {"isolate"}
