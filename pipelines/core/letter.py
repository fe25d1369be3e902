"""The letter to the steward: what a report says, in a person's words and in the order that they need it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from pipelines.core.contract import Severity
from pipelines.core.report import DataVerdict, RowError, RuleOutcome, ValidationReport
from pipelines.core.validation import MOST_LISTED
from pipelines.core.value import Value, canonical_json

SCHEMA = "perennial/report/1"
COLUMNS = ("file", "line", "column", "value", "rule", "problem", "fix")
MOST_SHOWN = 10

# A spreadsheet runs a cell that starts like this, also behind blanks and in full-width form.
_RUNS = ("=", "+", "-", "@", "|", "%")
_SEVERITY_ORDER: dict[Severity, int] = {"critical": 0, "warning": 1, "info": 2}


class Problem(Value):
    """One broken rule. `places` are the first of `count` wrong places."""

    rule: str
    text: str
    severity: Severity
    count: int
    places: tuple[RowError, ...]


class Letter(Value):
    """What the steward reads, from top to bottom; every text is plain and unescaped."""

    source: str
    upload: str
    contract_version: str
    verdict: DataVerdict
    headline: str
    reasons: tuple[str, ...]
    rows_read: int
    rows_accepted: int
    error_count: int
    problems: tuple[Problem, ...]
    next_steps: tuple[str, ...]


def letter_of(report: ValidationReport) -> Letter:
    """The letter that a report becomes; the same report gives the same letter."""
    return Letter(
        source=report.source,
        upload=report.upload,
        contract_version=report.contract_version,
        verdict=report.verdict,
        headline=_headline(report),
        reasons=report.reasons,
        rows_read=report.rows_read,
        rows_accepted=report.rows_accepted,
        error_count=report.error_count,
        problems=_problems(report),
        next_steps=_next_steps(report),
    )


def report_json(report: ValidationReport) -> bytes:
    """The report for machines: the report's own fields beside the name of their schema."""
    return canonical_json({"schema": SCHEMA, **report.model_dump(mode="json")})


def errors_csv(errors: Iterable[RowError]) -> bytes:
    """The wrong places as a table, with a byte order mark, without which Excel does not read UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for error in errors:
        cells = (error.file, error.line, error.column, error.value, error.rule, error.problem, error.fix)
        writer.writerow(["" if cell is None else _inert(str(cell)) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    """The cell, made plain text where a spreadsheet would run it."""
    start = unicodedata.normalize("NFKC", cell[:100]).lstrip()[:1]
    return "'" + cell if start in _RUNS or cell[:1] in ("\t", "\r", "\n") else cell


def _headline(report: ValidationReport) -> str:
    if report.verdict == "rejected":
        return f"Rejected: nothing of this upload is in use; {report.source} stays as it was."
    if report.rows_accepted == report.rows_read:
        rows = "the only row" if report.rows_read == 1 else f"all {report.rows_read:,} rows"
        are = "is" if report.rows_read == 1 else "are"
        return f"Accepted: {rows} of {report.source} {are} in use from now on."
    out = report.rows_read - report.rows_accepted
    were = "was" if out == 1 else "were"
    return (
        f"Accepted: {report.rows_accepted:,} of {report.rows_read:,} rows of {report.source} are in use from "
        f"now on, {out:,} {were} left out."
    )


def _problems(report: ValidationReport) -> tuple[Problem, ...]:
    """Problems by rule: critical before warnings, and the largest first."""
    places: dict[str, list[RowError]] = {}
    for error in report.errors:
        places.setdefault(error.rule, []).append(error)
    outcomes = {outcome.rule: outcome for outcome in report.rules}
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
    )


def _next_steps(report: ValidationReport) -> tuple[str, ...]:
    listed = (
        "All wrong places are listed" if report.error_count <= MOST_LISTED else "The wrong places are listed"
    )
    where = f"{listed} in errors.csv, beside this page."
    if report.verdict == "rejected":
        return (
            "The models keep using the rows that were accepted before.",
            where,
            "Correct the files and drop them again; the new upload replaces this one.",
        )
    renewed = "The accepted rows replace the earlier ones; every model that uses them is renewed by itself."
    if report.error_count == 0:
        return (renewed, "Nothing has to be done.")
    return (
        renewed,
        where,
        "To bring in the rows as well that are wrong, correct the files and drop them again.",
    )
