"""A judge's declaration: one file below `mlflow/judges`, named like the rubric."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.core.rubric import VARIABLE, Endpoint, Rubric
from pipelines.declarations.document import Document, Field, Said, read_document
from pipelines.declarations.fields import Limit, at_least, read_fields, up_to, within, written
from pipelines.declarations.problems import Problems

# The interval of kappa is one for many verdicts; on fewer than these it says little.
FEWEST_VERDICTS = 20
LIMITS: dict[Field, Limit] = {
    ("version",): written(),
    ("system",): written(),
    ("question",): written(),
    ("model",): written(),
    ("kappa_floor",): within(0, 1, least_included=False),
    ("min_verdicts",): at_least(FEWEST_VERDICTS),
    ("min_coverage",): up_to(0.5, 1),
    ("margin",): within(0, 1),
}


def read_rubric(path: Path, file: str, name: str, problems: Problems) -> Rubric | None:
    """The rubric `name`, or None after its problems were kept."""
    document = read_document(path, file, problems)
    if document is None:
        return None
    _check_endpoint(document)
    rubric = read_fields(document, Rubric, LIMITS, named=name)
    return rubric if document.sound else None


def _check_endpoint(document: Document) -> None:
    """The value is not shown: where an address or key belongs to the environment, one may stand here."""
    endpoint = document.data.get("endpoint")
    for field, value in endpoint.items() if isinstance(endpoint, dict) else ():
        if field in Endpoint.model_fields and not (isinstance(value, str) and re.match(VARIABLE, value)):
            rule = "is the name of an environment variable that begins with PERENNIAL_JUDGE_"
            remedy = "Put the value into such a variable, and the name of the variable here."
            document.problem(("endpoint", field), rule, Said("something else"), remedy)
