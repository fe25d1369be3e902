"""The review in a real browser: it fits a phone and a desk, asks nobody for anything, and runs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_in_browser import browser, measured
from review_samples import REVIEWS

from pipelines.integrations.review_page import review_page

__all__ = ["browser"]
pytestmark = pytest.mark.integration

WIDTHS = (390, 1280)


def test_every_review_fits_its_screen_and_stays_inert(browser: str, tmp_path: Path) -> None:
    pages = {name: review_page(make()) for name, make in REVIEWS.items()}
    found = measured(browser, pages, WIDTHS, tmp_path)
    assert found["ran"] == 0
    assert len(found["seen"]) == len(pages) * len(WIDTHS)
    for seen in found["seen"]:
        assert seen["needed"] <= seen["width"], seen
        assert seen["width"] in WIDTHS
        assert (seen["requests"], seen["foreign"], seen["ink"]) == (0, 0, []), seen
        assert seen["styled"]
        assert set(seen["bidi"]) <= {"isolate"}
