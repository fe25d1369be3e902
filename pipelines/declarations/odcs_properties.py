"""The `customProperties` of a contract: what the standard has no word for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipelines.core.contract import HoldRules, PrivacyClass, Purpose, Roles, Rule
from pipelines.declarations.document import Document, Field
from pipelines.declarations.fields import instead, number
from pipelines.declarations.odcs_column import ReadColumn
from pipelines.declarations.odcs_hold import check_hold, read_hold
from pipelines.declarations.odcs_roles import check_origin, check_roles, read_roles

A_WEEK = 7 * 24 * 60 * 60
PURPOSES: Mapping[str, Purpose] = {"training": "training", "evaluation": "evaluation"}
PRIVACY: Mapping[str, PrivacyClass] = {
    "public": "public",
    "internal": "internal",
    "confidential": "confidential",
    "restricted": "restricted",
}
PROPERTIES = (
    "purpose",
    "quietPeriodSeconds",
    "rowErrorBudgetPercent",
    "roles",
    "hold",
    "privacyClass",
    "edition",
    "uploaders",
)


class Properties(NamedTuple):
    """The properties with their defaults filled in; `at` is where each written one stands."""

    purpose: Purpose
    quiet_seconds: float
    row_error_budget_percent: float
    roles: Roles
    hold: HoldRules
    privacy: PrivacyClass
    edition: str | None
    uploaders: tuple[str, ...]
    at: Mapping[str, Field]


class _Written(NamedTuple):
    """The properties as written, by name, and where each stands."""

    document: Document
    values: Mapping[str, Any]
    at: Mapping[str, Field]

    def demand(self, name: str, holds: bool, rule: str, remedy: str) -> None:
        """Keep a problem of a property that breaks its rule."""
        if not holds:
            self.document.problem(self.at[name], rule, self.values[name], remedy)


def read_properties(document: Document) -> Properties | None:
    """The properties, or None after their problems were kept."""
    before = len(document.problems)
    places = _places(document)
    values = {name: document.data["customProperties"][place]["value"] for name, place in places.items()}
    written = _Written(
        document, values, {name: ("customProperties", place, "value") for name, place in places.items()}
    )
    purpose, privacy = values.get("purpose", "training"), values.get("privacyClass", "internal")
    written.demand("purpose", _one_of(purpose, PURPOSES), "is training or evaluation", "Write one of these.")
    written.demand(
        "privacyClass", _one_of(privacy, PRIVACY), f"is one of {', '.join(PRIVACY)}", "Write one of these."
    )
    quiet, budget = _numbers(written)
    edition, uploaders = _edition(written), _uploaders(written)
    hold = read_hold(document, values["hold"], written.at["hold"]) if "hold" in values else HoldRules()
    roles = read_roles(document, values.get("roles"), written.at.get("roles"))
    if len(document.problems) > before or roles is None:
        return None
    return Properties(
        PURPOSES[purpose], quiet, budget, roles, hold, PRIVACY[privacy], edition, uploaders, written.at
    )


def check_properties(
    document: Document,
    properties: Properties,
    columns: Mapping[str, ReadColumn],
    rules: tuple[Rule, ...],
) -> None:
    """What the properties say about columns and rules holds for these."""
    at = properties.at["roles"]
    check_roles(document, properties.roles, at, properties.purpose, columns)
    check_origin(document, properties.roles, at, rules)
    if "hold" in properties.at:
        check_hold(document, properties.hold, properties.at["hold"], columns)


def _places(document: Document) -> dict[str, int]:
    """{property: its place in the list}, of the known ones."""
    places: dict[str, int] = {}
    for place, entry in enumerate(document.data.get("customProperties", ())):
        name, field = entry["property"], ("customProperties", place, "property")
        if name not in PROPERTIES:
            document.problem(field, "is a known property", name, instead(name, PROPERTIES))
        elif name in places:
            document.problem(field, "stands once", name, "Keep one of the two.")
        else:
            places[name] = place
    return places


def _one_of(value: object, known: Mapping[str, str]) -> bool:
    return isinstance(value, str) and value in known


def _numbers(written: _Written) -> tuple[float, float]:
    """The quiet period in seconds and the error budget in percent; 0 where they are wrong."""
    quiet = written.values.get("quietPeriodSeconds", 600)
    budget = written.values.get("rowErrorBudgetPercent", 0)
    quiet_holds = number(quiet) and 0 <= quiet <= A_WEEK
    budget_holds = number(budget) and 0 <= budget < 100
    rule = f"is a number of seconds from 0 to {A_WEEK}, a week"
    written.demand("quietPeriodSeconds", quiet_holds, rule, "Write a number such as 600.")
    rule = "is a share in percent, from 0 to below 100"
    written.demand("rowErrorBudgetPercent", budget_holds, rule, "Write a number such as 0.5.")
    return float(quiet if quiet_holds else 0), float(budget if budget_holds else 0)


def _edition(written: _Written) -> str | None:
    edition = written.values.get("edition")
    if "edition" not in written.values:
        return None
    holds = isinstance(edition, str) and bool(edition.strip())
    remedy = "Write it in quotes, such as '2026', or remove it."
    written.demand("edition", holds, "is text that names the issue of the data", remedy)
    return edition if isinstance(edition, str) else None


def _uploaders(written: _Written) -> tuple[str, ...]:
    if "uploaders" not in written.values:
        return ()
    listed = written.values["uploaders"]
    entries = listed if isinstance(listed, list) else []
    holds = bool(entries) and all(isinstance(entry, str) and entry.strip() for entry in entries)
    remedy = "List them as the bucket names them, each in quotes, or remove it."
    written.demand(
        "uploaders",
        holds and len(set(entries)) == len(entries),
        "lists who may write files, each once",
        remedy,
    )
    return tuple(str(entry) for entry in entries)
