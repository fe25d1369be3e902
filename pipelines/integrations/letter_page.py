"""The letter as one self-contained page: no script, nothing from elsewhere, every value escaped."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from pipelines.core.letter import Letter


def letter_page(letter: Letter) -> bytes:
    """UTF-8 HTML; the same letter gives the same bytes."""
    return _template().render(letter=letter).encode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["grouped"] = _grouped
    return environment.get_template("letter.html.j2")


def _grouped(number: int) -> str:
    return f"{number:,}"
