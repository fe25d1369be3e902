"""Tables on disk as the readers leave them, and contracts for tests of what is found in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tables import table

from pipelines.core.contract import Column, Contract, Roles, Rule
from pipelines.core.findings import Neighbour, Surroundings, Table

QUESTIONS = (
    Column(name="prompt", type="string"),
    Column(name="completion", type="string"),
    Column(name="context", type="string"),
    Column(name="topic", type="string"),
    Column(name="origin", type="string"),
)
ALONE = Surroundings()


def spool(folder: Path, *rows: Mapping[str, Any], columns: Sequence[Column] = QUESTIONS) -> Table:
    """A table of these rows, the first on line 2 of a.csv; what a row does not name is missing."""
    return table(folder, columns, [[row.get(column.name) for column in columns] for row in rows])


def neighbour(folder: Path, source: str, *rows: Mapping[str, Any]) -> Neighbour:
    """Another source with these rows."""
    return Neighbour(source, spool(folder, *rows).path, "prompt", "completion", "context")


def rule_of(check: str, column: str | None = None, **changes: Any) -> Rule:
    """A critical rule named after its check."""
    values: dict[str, Any] = {"id": check, "check": check, "severity": "critical", "column": column}
    return Rule(**values | changes)


def contract_of(**changes: Any) -> Contract:
    """A contract of questions with a context, a topic and an origin, and no rule."""
    values: dict[str, Any] = {
        "source": "questions",
        "id": "urn:test:questions",
        "version": "1.0.0",
        "steward": "steward@example.com",
        "purpose": "training",
        "description": "test questions",
        "columns": QUESTIONS,
        "rules": (),
        "roles": Roles(prompt="prompt", completion="completion", context="context", origin="origin"),
        "quiet_seconds": 10.0,
    }
    return Contract(**values | changes)
