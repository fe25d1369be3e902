"""Keeps what is personal out of what is said about rows: names of files, and of groups that were counted."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.core.findings import Findings
from pipelines.core.profile import Categories, Changes, Profile
from pipelines.core.rows import Reading

Redact = Callable[[str], str]
"""Masks whatever is personal or secret in a text that is about to be shown."""


def redacted_reading(reading: Reading, redact: Redact) -> Reading:
    """What is remarked about files, by their names."""
    return reading._replace(
        notes=tuple(map(redact, reading.notes)),
        doubts=tuple(map(redact, reading.doubts)),
        refusals=tuple(refusal._replace(file=redact(refusal.file)) for refusal in reading.refusals),
    )


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
