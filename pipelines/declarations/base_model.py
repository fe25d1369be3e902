"""A base model's declaration: one file below `mlflow/base_models`, named like the base."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from pipelines.core.base_model import ApprovedBase
from pipelines.declarations.document import Document, Field, Said, read_document
from pipelines.declarations.fields import Limit, above_zero, at_least, listed, read_fields, written
from pipelines.declarations.problems import Problems

LIMITS: dict[Field, Limit] = {
    ("revision",): written(),
    ("licence",): written(),
    ("parameters",): at_least(1),
    ("memory_gib",): above_zero(),
    ("privacy_classes",): listed(),
    ("path",): Limit(
        "is a path without `..`", lambda path: bool(path) and ".." not in PurePosixPath(path).parts
    ),
    ("price", "currency"): Limit("is a code such as USD", lambda code: bool(re.fullmatch("[A-Z]{3}", code))),
    ("price", "prompt_per_million"): at_least(0),
    ("price", "answer_per_million"): at_least(0),
    ("price", "training_per_hour"): at_least(0),
    ("build", "hidden_size"): at_least(1),
    ("build", "layers"): at_least(1),
    ("build", "heads"): at_least(1),
    ("build", "intermediate_size"): at_least(1),
    ("build", "peak_learning_rate"): above_zero(),
    ("build", "steps"): at_least(1),
    ("build", "seed"): at_least(0),
}


def read_base(path: Path, file: str, name: str, problems: Problems) -> ApprovedBase | None:
    """The approved base `name`, or None after its problems were kept."""
    document = read_document(path, file, problems)
    if document is None:
        return None
    base = read_fields(document, ApprovedBase, LIMITS, named=name)
    if base is None:
        return None
    _check_origin(base, document)
    return base if document.sound else None


def _check_origin(base: ApprovedBase, document: Document) -> None:
    if (base.path is None) == (base.build is None):
        found = Said("neither" if base.path is None else "both")
        remedy = "Keep `path` for weights that exist, `build` for a base that is made here."
        document.problem(("path",), "or `build` is written, exactly one of them", found, remedy)
    if base.build is not None and base.build.hidden_size % base.build.heads:
        field = ("build", "hidden_size")
        rule = f"is a multiple of `heads`, which is {base.build.heads}"
        document.problem(field, rule, base.build.hidden_size, "Change one of the two.")
