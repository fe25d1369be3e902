"""The letter as one self-contained page: no script, nothing from elsewhere, every value escaped."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipelines.core.letter import Letter
from pipelines.core.suggestion import action_of
from pipelines.integrations.letter_plot import WIDTH, plot

_HERE = Path(__file__).parent
_BEGINNINGS = frozenset({"a", "all", "an", "every", "no", "the"})


def letter_page(letter: Letter) -> bytes:
    """UTF-8 HTML; the same letter gives the same bytes."""
    style, style_hash = _style()
    template = _environment().get_template("letter.html.j2")
    plots = tuple(plot(chart) for chart in letter.charts)
    page = template.render(letter=letter, plots=plots, width=WIDTH, style=style, style_hash=style_hash)
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
    environment.filters |= {"action": action_of, "grouped": _grouped, "sentence": _sentence}
    return environment


@cache
def _style() -> tuple[Markup, str]:
    """The page's own style sheet, and its hash: the page allows this style and no other."""
    style = (_HERE / "letter.css").read_text(encoding="utf-8")
    return Markup(style), b64encode(sha256(style.encode()).digest()).decode()  # noqa: S704 - our own file


def _grouped(number: int) -> str:
    return f"{number:,}"


def _sentence(text: str) -> str:
    """The text with a capital first letter, unless it begins with a name, such as that of a column."""
    return text[:1].upper() + text[1:] if text.split(" ")[0] in _BEGINNINGS else text
