"""A review as one self-contained page: no script, nothing from elsewhere, every value escaped."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipelines.core.arm import WORDS
from pipelines.core.review.blocks import against, named
from pipelines.core.review.markdown import probability
from pipelines.core.review_report import ReviewReport
from pipelines.integrations import review_figures as figures
from pipelines.integrations.review_chart import HEIGHT
from pipelines.integrations.review_plot import WIDTH

_HERE = Path(__file__).parent
_STRICTEST = ("FAIL", "INCONCLUSIVE", "PASS")


def review_page(report: ReviewReport) -> bytes:
    """UTF-8 HTML; the same report gives the same bytes."""
    style, style_hash = _style()
    page = (
        _environment()
        .get_template("review.html.j2")
        .render(
            report=report,
            reasons=sorted(report.decision.reasons, key=lambda r: _STRICTEST.index(r.verdict)),
            scores=tuple(figures.score_plots(report)),
            differences=tuple(figures.difference_plots(report)),
            slices=tuple(figures.slice_plots(report)),
            costs=tuple(figures.cost_charts(report)),
            curve=figures.curve_chart(report),
            parts=figures.part_plot(report),
            weights=figures.weight_plot(report),
            style=style,
            style_hash=style_hash,
        )
    )
    return page.encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "named": named,
        "against": against,
        "words": WORDS,
        "width": WIDTH,
        "height": HEIGHT,
    }
    environment.filters |= {"probability": probability}
    return environment


@cache
def _style() -> tuple[Markup, str]:
    """The letter's style sheet with the review's own, and its hash: the page allows no other style."""
    style = "".join((_HERE / name).read_text(encoding="utf-8") for name in ("letter.css", "review.css"))
    return Markup(style), b64encode(sha256(style.encode()).digest()).decode()  # noqa: S704 - our own files
