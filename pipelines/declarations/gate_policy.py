"""A gate policy in a file of its own: the `gate` section of a model, to be tried before it is declared."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from pipelines.core.gate_policy import GatePolicy
from pipelines.declarations.document import read_document
from pipelines.declarations.fields import read_fields
from pipelines.declarations.model import LIMITS
from pipelines.declarations.problems import Problems


def read_policy(path: Path) -> GatePolicy:
    """Raises DeclarationError for the first problem."""
    problems = Problems()
    document = read_document(path, path.name, problems)
    limits = {field[1:]: limit for field, limit in LIMITS.items() if field[0] == "gate"}
    policy = read_fields(document, GatePolicy, limits) if document else None
    problems.raise_first()
    return cast("GatePolicy", policy)
