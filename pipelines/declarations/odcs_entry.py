"""One entry under `quality`, at its place in the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipelines.core.contract import Check, Rule, Severity
from pipelines.declarations.document import Field
from pipelines.declarations.odcs_subject import Subject

SEVERITIES: Mapping[str | None, Severity] = {
    None: "critical",
    "error": "critical",
    "warning": "warning",
    "info": "info",
}
COMMON = (
    "id",
    "name",
    "description",
    "dimension",
    "businessImpact",
    "severity",
    "type",
    "tags",
    "authoritativeDefinitions",
)


class Entry(NamedTuple):
    """`subject` is what the entry is about, `data` what it says."""

    subject: Subject
    field: Field
    data: Mapping[str, Any]

    def problem(self, field: Field, rule: str, found: object, remedy: str) -> None:
        self.subject.document.problem((*self.field, *field), rule, found, remedy)

    def rule(self, check: Check, fallback: str, suffix: str = "", **more: Any) -> Rule:
        id_ = self.data.get("id") or f"{self.subject.column or 'rows'}.{fallback}"
        severity = SEVERITIES[self.data.get("severity")]
        return self.subject.rule(
            id_ + suffix, check, said=self.data.get("description"), severity=severity, **more
        )
