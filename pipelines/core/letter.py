"""The letter to the steward: what a report says, in a person's words and in the order that they need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.core.cause import Cause, causes_of
from pipelines.core.chart import Chart, charts_of
from pipelines.core.contract import Severity
from pipelines.core.errors_csv import MOST_LISTED
from pipelines.core.outcome import TrainingOutcome
from pipelines.core.profile import Changes
from pipelines.core.repair import Repair, how_to_repair
from pipelines.core.report import DataVerdict, RowError, RuleOutcome, ValidationReport
from pipelines.core.value import Value

MOST_SHOWN = 10

_SEVERITY_ORDER: dict[Severity, int] = {"critical": 0, "warning": 1, "info": 2}


class Problem(Value):
    """One broken rule. `places` are the first of `count` wrong places; `advice` is what holds for all of
    them, empty where it differs.
    """

    rule: str
    text: str
    severity: Severity
    count: int
    places: tuple[RowError, ...]
    advice: str = ""


class Attachment(Value):
    """A file beside the page."""

    name: str
    text: str


class Letter(Value):
    """What the steward reads, from top to bottom; every text is plain and unescaped.

    `action` is what to do, in a sentence or two, and stands right below the headline.
    """

    source: str
    upload: str
    contract_version: str
    verdict: DataVerdict
    headline: str
    action: str
    reasons: tuple[str, ...]
    rows_read: int
    rows_accepted: int
    error_count: int
    causes: tuple[Cause, ...] = ()
    problems: tuple[Problem, ...] = ()
    changes: Changes | None = None
    charts: tuple[Chart, ...] = ()
    remarks: tuple[str, ...] = ()
    outcomes: tuple[TrainingOutcome, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    next_steps: tuple[str, ...] = ()


def letter_of(
    report: ValidationReport, outcomes: Sequence[TrainingOutcome] = (), repair: Repair | None = None
) -> Letter:
    """The letter that a report becomes; the same facts give the same letter."""
    places: dict[str, list[RowError]] = {}
    for error in report.errors:
        places.setdefault(error.rule, []).append(error)
    problems = _problems(places, report.rules)
    return Letter(
        source=report.source,
        upload=report.upload,
        contract_version=report.contract_version,
        verdict=report.verdict,
        headline=_headline(report),
        action=_action(report),
        reasons=report.reasons,
        rows_read=report.rows_read,
        rows_accepted=report.rows_accepted,
        error_count=report.error_count,
        causes=causes_of(places, {problem.rule: problem.count for problem in problems}),
        problems=problems,
        changes=report.changes,
        charts=charts_of(report.profile, report.previous),
        remarks=report.notes,
        outcomes=tuple(outcomes),
        attachments=_attachments(report, repair),
        next_steps=_next_steps(report),
    )


def _headline(report: ValidationReport) -> str:
    if report.verdict != "accepted":
        return {
            "rejected": f"Rejected: nothing of this upload is in use; {report.source} stays as it was.",
            "held": f"Held: this upload of {report.source} waits for your word.",
            "quarantined": f"Quarantined: this upload of {report.source} was not read.",
        }[report.verdict]
    accepted = "Accepted, as you confirmed" if report.confirmed else "Accepted"
    if report.rows_accepted == report.rows_read:
        rows = "the only row" if report.rows_read == 1 else f"all {report.rows_read:,} rows"
        are = "is" if report.rows_read == 1 else "are"
        return f"{accepted}: {rows} of {report.source} {are} in use from now on."
    out = report.rows_read - report.rows_accepted
    were = "was" if out == 1 else "were"
    return (
        f"{accepted}: {report.rows_accepted:,} of {report.rows_read:,} rows of {report.source} are in use "
        f"from now on, {out:,} {were} left out."
    )


def _action(report: ValidationReport) -> str:
    out = report.rows_read - report.rows_accepted
    if report.verdict == "held" and report.rows_read == 0:
        where = f"inbox/{report.source}/"
        return f"Drop the files with their rows into {where}: an upload without a row is never used."
    if report.verdict == "held" and report.rows_read == 0:
        return "Drop the files again with their rows; the rows in use stay in use until then."
    if report.verdict == "held":
        return (
            f"If it is right as it is, drop an empty file named _CONFIRM into inbox/{report.source}/. "
            "If it is not, drop the corrected files instead."
        )
    if report.verdict == "rejected":
        return "Correct the files and drop them again; the new upload replaces this one."
    if report.verdict == "quarantined":
        return (
            "Let the steward of this source drop the files, or ask the owner of its contract to name the "
            "person who dropped them; then drop them again."
        )
    if out:
        rows = "the row that was" if out == 1 else f"the {out:,} rows that were"
        return f"Nothing has to be done. To bring in {rows} left out, correct the files and drop them again."
    return "Nothing has to be done."


def _problems(places: Mapping[str, Sequence[RowError]], rules: Sequence[RuleOutcome]) -> tuple[Problem, ...]:
    """Problems by rule: critical before warnings, and the largest first."""
    outcomes = {outcome.rule: outcome for outcome in rules}
    problems = [_problem(rule, found, outcomes.get(rule)) for rule, found in places.items()]
    return tuple(sorted(problems, key=lambda p: (_SEVERITY_ORDER[p.severity], -p.count, p.rule)))


def _problem(rule: str, places: Sequence[RowError], outcome: RuleOutcome | None) -> Problem:
    first = places[0]
    return Problem(
        rule=rule,
        text=first.problem if outcome is None else outcome.text,
        severity=first.severity,
        count=max(len(places), 0 if outcome is None else outcome.violations),
        places=tuple(places[:MOST_SHOWN]),
        advice=_advice(places),
    )


def _advice(places: Sequence[RowError]) -> str:
    fixes = {place.fix for place in places}
    return fixes.pop() if len(fixes) == 1 and len({place.problem for place in places}) == 1 else ""


def _attachments(report: ValidationReport, repair: Repair | None) -> tuple[Attachment, ...]:
    found = []
    if report.error_count:
        listed = "All wrong places" if report.error_count <= MOST_LISTED else f"{MOST_LISTED:,} wrong places"
        found.append(Attachment(name="errors.csv", text=f"{listed}, as a table for a spreadsheet."))
    if repair is not None:
        found.append(Attachment(name=repair.name, text=how_to_repair(repair, report.source)))
    return (*found, Attachment(name="report.json", text="The same report for programs."))


def _next_steps(report: ValidationReport) -> tuple[str, ...]:
    if report.verdict == "accepted":
        return (
            "The accepted rows replace the earlier ones; every model that uses them is renewed by itself.",
        )
    kept = "The models keep using the rows that were accepted before."
    if report.verdict == "held":
        return (kept, "Nothing is trained on this upload before you have confirmed it.")
    if report.verdict == "quarantined":
        return (kept, "The files are kept apart, unread, until they are replaced.")
    return (kept, "Nothing was trained on this upload.")
