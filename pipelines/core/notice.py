"""A notice: the short message that an answer is there. It holds counts and names, never a value of a row."""

from __future__ import annotations

from pipelines.core.letter import letter_of
from pipelines.core.report import DataVerdict, ValidationReport
from pipelines.core.value import Name, Sha256, Value


class Notice(Value):
    """`link` is where the letter lies; `to` is the steward's address."""

    source: Name
    upload: Sha256
    verdict: DataVerdict
    headline: str
    action: str
    link: str
    to: str


def notice_of(report: ValidationReport, *, to: str, link: str) -> Notice:
    """The notice of a report. Reasons are left out: they may quote what stands in the files."""
    letter = letter_of(report)
    return Notice(
        source=report.source,
        upload=report.upload,
        verdict=report.verdict,
        headline=letter.headline,
        action=letter.action,
        link=link,
        to=to,
    )
