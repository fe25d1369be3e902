"""Keeps what is personal out of what is said about rows: some checks name the groups that they counted."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.core.findings import Findings
from pipelines.core.profile import Categories, Changes, Profile

Redact = Callable[[str], str]
"""Masks whatever is personal or secret in a text that is about to be shown."""


def redacted_findings(findings: Findings, redact: Redact) -> Findings:
    return tuple(
        finding._replace(outcome=finding.outcome.model_copy(update={"text": redact(finding.outcome.text)}))
        for finding in findings
    )


def redacted_profile(profile: Profile, redact: Redact) -> Profile:
    categories = tuple(_categories(found, redact) for found in profile.categories)
    return profile.model_copy(update={"categories": categories})


def redacted_changes(changes: Changes | None, redact: Redact) -> Changes | None:
    if changes is None:
        return None
    return changes.model_copy(update={"lost_categories": tuple(map(redact, changes.lost_categories))})


def _categories(found: Categories, redact: Redact) -> Categories:
    largest = tuple(c.model_copy(update={"name": redact(c.name)}) for c in found.largest)
    return found.model_copy(update={"largest": largest})
