"""The operating curve in words: what a terminal shows, and the files that are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, StrictUndefined, select_autoescape

from pipelines.simulation.advice import LEAST_PASSED, MOST_FALSE, WEIGHT, advise
from pipelines.simulation.outcome import GOOD, TOLERANCE
from pipelines.simulation.plot import picture
from pipelines.simulation.study import Study, to_csv
from pipelines.simulation.tables import (
    advice,
    advised,
    aligned,
    contests,
    elsewhere,
    figures,
    markdown,
    points,
    smallest,
    told,
)
from pipelines.simulation.world import MIXED

PICTURE = "operating_curve.svg"
_TEMPLATE = Path(__file__).parent / "operating_curve.md.j2"


def lines(study: Study, declared: float | None = None) -> Iterator[str]:
    """For a terminal: a table and an advice for every size, and what is said of the `declared` margin."""
    for size in study.sizes(MIXED.name):
        cells = study.of(MIXED.name, size)
        yield (
            f"{size:,} locked items, {study.years:,} years, two equal candidates differ on "
            f"{study.discordance:.0%} of the items"
        )
        yield from aligned(figures(cells))
        for cell in cells:
            if declared is not None and cell.margin == declared:
                yield f"declared: {told(cell)}"
        yield f"advice: {advised(advise(cells))}"
        yield ""
    yield smallest(study)


def page(study: Study) -> str:
    """The page of the documentation."""
    environment = Environment(
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        study=study,
        picture=PICTURE,
        tolerance=points(TOLERANCE),
        good=points(GOOD),
        most=f"{MOST_FALSE:g}",
        least=f"{LEAST_PASSED:.0%}",
        weight=f"{WEIGHT:g}",
        discordance=f"{study.discordance:.0%}",
        advice=markdown(advice(study)),
        smallest=smallest(study),
        contests=markdown(contests(study)),
        sizes={size: markdown(figures(study.of(MIXED.name, size))) for size in study.sizes(MIXED.name)},
        elsewhere={name: markdown(elsewhere(study, name)) for name in study.worlds if name != MIXED.name},
    )


def _json(study: Study) -> str:
    return study.model_dump_json(indent=1) + "\n"


def _svg(study: Study) -> str:
    return picture(study, MIXED.name)


FILES: Mapping[str, Callable[[Study], str]] = {
    "OPERATING_CURVE.md": page,
    PICTURE: _svg,
    "operating_curve.json": _json,
    "operating_curve.csv": to_csv,
}
"""What `perennial gate simulate --out` writes."""
