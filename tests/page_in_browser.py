"""Pages in a real browser: how wide they are, what they ask for, and whether anything in them runs."""

from __future__ import annotations

import json
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

# Each page lies in a frame as wide as a screen; what was measured becomes the title of the outer page.
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


def measured(browser: str, pages: dict[str, bytes], widths: tuple[int, ...], folder: Path) -> dict[str, Any]:
    """What a browser sees of each page at each width, and whether any of them ran a script."""
    frames = "".join(
        f'<iframe id="{name}-{width}" style="width:{width}px;height:800px;border:0" '
        f'srcdoc="{escape(page.decode())}"></iframe>'
        for name, page in pages.items()
        for width in widths
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
