"""The letter in a real browser: it fits a phone and a desk, asks nobody for anything, and runs nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from letter_samples import LETTERS, a_place, a_report

from pipelines.core.letter import letter_of
from pipelines.integrations.letter_page import letter_page

pytestmark = pytest.mark.integration

WIDTHS = (360, 1280)
LONG = "x" * 300
EVIL = (
    "<script>top.ran = 1</script><img src=http://elsewhere.example/x onerror='top.ran = 1'>"
    "\u202ereversed<style>@import 'http://elsewhere.example/y'</style>"
)
# Each letter lies in a frame as wide as a screen; what was measured becomes the title of the outer page.
WRAPPER = """<!doctype html><meta charset="utf-8"><body>%s<script>
addEventListener("load", () => {
  const seen = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, root = page.documentElement;
    return {
      name: frame.id, width: root.clientWidth, needed: root.scrollWidth,
      requests: frame.contentWindow.performance.getEntriesByType("resource").length,
      foreign: page.querySelectorAll("script, img, iframe, link, object").length,
      styled: frame.contentWindow.getComputedStyle(page.querySelector("h1")).marginTop !== "21.44px",
      ink: [...page.querySelectorAll("main *")].filter(
        e => e.getBoundingClientRect().right > root.clientWidth + 1).map(e => e.className || e.tagName),
      bidi: [...page.querySelectorAll(".value")].map(
        e => frame.contentWindow.getComputedStyle(e).unicodeBidi),
    };
  });
  document.title = JSON.stringify({seen, ran: window.ran ?? 0});
});
</script>"""


@pytest.fixture(scope="module")
def browser() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("NOT TESTED: no chromium on this machine (apt-get install chromium)")
    return found


def hostile() -> bytes:
    """A letter in which every text is long, without a blank, or hostile."""
    errors = tuple(
        a_place(n, text, file=text, column=text, rule=text, problem=text, fix=text, suggestion=text)
        for n, text in enumerate((EVIL, LONG), 1)
    )
    return letter_page(letter_of(a_report(errors=errors, reasons=(EVIL, LONG), notes=(LONG,), error_count=2)))


def measured(browser: str, pages: dict[str, bytes], folder: Path) -> dict[str, Any]:
    frames = "".join(
        f'<iframe id="{name}-{width}" style="width:{width}px;height:800px;border:0" '
        f'srcdoc="{escape(page.decode())}"></iframe>'
        for name, page in pages.items()
        for width in WIDTHS
    )
    wrapper = folder / "wrapper.html"
    wrapper.write_text(WRAPPER % frames, encoding="utf-8")
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=5000",
        "--dump-dom",
        wrapper.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    title = unescape(done.stdout.partition("<title>")[2].partition("</title>")[0])
    found: dict[str, Any] = json.loads(title)
    return found


def test_every_letter_fits_its_screen_and_stays_inert(browser: str, tmp_path: Path) -> None:
    pages = {name: letter_page(make()) for name, make in LETTERS.items()} | {"hostile": hostile()}
    found = measured(browser, pages, tmp_path)
    assert found["ran"] == 0
    assert len(found["seen"]) == len(pages) * len(WIDTHS)
    for seen in found["seen"]:
        assert seen["needed"] <= seen["width"], seen
        assert seen["width"] in WIDTHS
        assert (seen["requests"], seen["foreign"], seen["ink"]) == (0, 0, []), seen
        assert seen["styled"]
        assert set(seen["bidi"]) <= {"isolate"}
