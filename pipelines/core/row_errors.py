"""Wrong places for the steward's eyes: values masked and bounded, every rule fairly represented."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipelines.core.contract import Column, Contract, Rule, Severity
from pipelines.core.findings import NOTHING, Finding, Findings, Peek, row_numbers
from pipelines.core.redaction import Redact
from pipelines.core.report import RowError
from pipelines.core.rows import FaultGroup, Refusal, RowFault
from pipelines.core.suggestion import suggest, suggest_readable

WHOLE_UPLOAD = "(the whole upload)"
MASKED = "(masked)"
LONGEST_VALUE = 80
LONGEST_READ = 1_000

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Control, format, surrogate and separator characters could break a line or turn the reading direction.
_UNSEEN = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


class Eyes(NamedTuple):
    """How wrong places are looked at: the values where they stand, and what may be seen of them."""

    peek: Peek
    redact: Redact


class Wrong(NamedTuple):
    """All places that break one rule: rows of the table, faults of the readers, or the whole upload.

    `places` is their true number; `columns` are the contract's. Personal values are masked, and so is what
    stands in no known column as soon as one column is personal.
    """

    rule: str
    severity: Severity
    text: str
    places: int
    columns: Mapping[str, Column]
    fix: str = ""
    column: str | None = None
    rows: array[int] = row_numbers()
    notes: Mapping[int, str] = NOTHING
    faults: tuple[RowFault, ...] = ()
    contract_rule: Rule | None = None

    def hides(self, column: str | None) -> bool:
        known = self.columns.get(column or "")
        return known.personal if known else any(other.personal for other in self.columns.values())


def shown(value: object, redact: Redact = str) -> str | None:
    """A value on one line of at most 80 characters (and an ellipsis), with nothing invisible in it.

    It is redacted before it is cut: half a card number is not recognised any more.
    """
    if value is None:
        return None
    start = str(value)[:LONGEST_READ] if isinstance(value, str | int | float) else repr(value)[:LONGEST_READ]
    text = _UNSEEN.sub(_escaped, redact(start)[: LONGEST_VALUE + 1])
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def wrong_rows(contract: Contract, findings: Findings) -> tuple[Wrong, ...]:
    """What the contract's rules found, in their order; one place stands for a rule about the whole upload."""
    columns = _by_name(contract)
    return tuple(
        _broken(rule, finding, columns)
        for rule, finding in zip(contract.rules, findings, strict=True)
        if finding.rows or not finding.outcome.passed
    )


def unread_rows(contract: Contract, faults: Sequence[FaultGroup]) -> tuple[Wrong, ...]:
    """Places that could not be read, one group a kind of fault."""
    columns = _by_name(contract)
    return tuple(
        Wrong(
            rule=group.code,
            severity="critical",
            text=_UNREAD.get(group.code, group.first[0].problem),
            places=group.places,
            columns=columns,
            faults=group.first,
        )
        for group in faults
    )


def refused_files(refusals: Sequence[Refusal]) -> tuple[RowError, ...]:
    """One place a file that could not be read as a whole."""
    return tuple(
        RowError(
            file=_name(r.file),
            line=r.line,
            column=None,
            value=None,
            rule=r.code,
            problem=r.problem,
            fix=r.fix,
        )
        for r in refusals
    )


def listed(groups: Sequence[Wrong], limit: int, eyes: Eyes) -> tuple[RowError, ...]:
    """At most `limit` places, shared fairly among the rules, by rule and then as found."""
    shares = fair_shares([group.places for group in groups], limit)
    return tuple(
        error for group, share in zip(groups, shares, strict=True) for error in _first_of(group, share, eyes)
    )


def sample(errors: Sequence[RowError], limit: int) -> tuple[RowError, ...]:
    """At most `limit` of the errors, shared fairly among their rules, in the same order."""
    counts: dict[str, int] = {}
    for error in errors:
        counts[error.rule] = counts.get(error.rule, 0) + 1
    left = dict(zip(counts, fair_shares(list(counts.values()), limit), strict=True))
    chosen = []
    for error in errors:
        if left[error.rule] > 0:
            left[error.rule] -= 1
            chosen.append(error)
    return tuple(chosen)


def fair_shares(counts: Sequence[int], limit: int) -> list[int]:
    """How many of each group fit into `limit`: no group gets less so that a larger one gets more."""
    shares = [0] * len(counts)
    left = limit
    order = sorted(range(len(counts)), key=lambda index: counts[index])
    for position, index in enumerate(order):
        shares[index] = min(counts[index], left // (len(order) - position))
        left -= shares[index]
    return shares


_UNREAD = {
    "type": "every value must be of its column's type",
    "characters": "texts must hold readable characters only",
    "field_count": "every row must have as many fields as the header",
    "json": "every row must be one JSON object",
    "unknown_key": "an object must hold only keys that are columns of the contract",
    "chat": "every conversation must be one question with its answer",
}


def _by_name(contract: Contract) -> dict[str, Column]:
    return {column.name: column for column in contract.columns}


def _broken(rule: Rule, finding: Finding, columns: Mapping[str, Column]) -> Wrong:
    return Wrong(
        rule=rule.id,
        # Rows that a share allows to be wrong are told, and nothing has to be done about them.
        severity="info" if finding.outcome.passed else rule.severity,
        text=finding.outcome.text,
        places=max(1, len(finding.rows)),
        columns=columns,
        fix=rule.fix or "Correct the value.",
        column=rule.column,
        rows=finding.rows,
        notes=finding.notes,
        contract_rule=rule,
    )


def _first_of(group: Wrong, limit: int, eyes: Eyes) -> Iterator[RowError]:
    if group.faults:
        return (_unread(group, fault, eyes) for fault in group.faults[:limit])
    if group.rows:
        return _violations(group, group.rows[:limit], eyes)
    return iter((_error(group, WHOLE_UPLOAD, None, None, None),)[:limit])


def _unread(group: Wrong, fault: RowFault, eyes: Eyes) -> RowError:
    masked = group.hides(fault.column)
    column = group.columns.get(fault.column or "")
    suggestion = suggest_readable(group.rule, column.type, fault.value) if column and not masked else None
    return RowError(
        file=_name(eyes.redact(fault.file)),
        line=fault.line,
        column=fault.column,
        value=MASKED if masked and fault.value is not None else shown(fault.value, eyes.redact),
        rule=group.rule,
        problem=fault.problem,
        fix=fault.fix,
        suggestion=suggestion if suggestion is None or eyes.redact(suggestion) == suggestion else None,
    )


def _violations(group: Wrong, rows: Sequence[int], eyes: Eyes) -> Iterator[RowError]:
    """A rule about whole rows shows no value: there is none that is wrong by itself."""
    masked = group.column is not None and group.hides(group.column)
    for row, place in zip(rows, eyes.peek(rows, group.column), strict=True):
        hide = masked and place.value is not None
        value = MASKED if hide else shown(place.value, eyes.redact)
        suggestion = None if masked else _suggestion(group, place.value, eyes.redact)
        error = _error(group, eyes.redact(place.file), place.line, value, group.notes.get(row))
        yield error.model_copy(update={"suggestion": suggestion})


def _suggestion(group: Wrong, value: object, redact: Redact) -> str | None:
    """What to write instead, unless that would show what the value itself may not show."""
    if group.contract_rule is None or not isinstance(value, str) or redact(value) != value:
        return None
    return suggest(group.contract_rule, value)


def _error(group: Wrong, file: str, line: int | None, value: str | None, note: str | None) -> RowError:
    return RowError(
        file=_name(file),
        line=line,
        column=group.column,
        value=value,
        rule=group.rule,
        problem=f"{group.text.removesuffix('.')}: {note}" if note else group.text,
        fix=group.fix,
        severity=group.severity,
    )


def _name(file: str) -> str:
    return _UNSEEN.sub(_escaped, file)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return _SHORT.get(found[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
