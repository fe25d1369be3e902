"""Wrong places for the steward's eyes: values masked and bounded, every rule fairly represented."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipelines.core.contract import Contract, Severity
from pipelines.core.enforceable import says
from pipelines.core.report import RowError, RuleOutcome
from pipelines.core.rows import Refusal, Row, RowFault

Findings = tuple[tuple[RuleOutcome, tuple[int, ...]], ...]

WHOLE_UPLOAD = "(the whole upload)"
MASKED = "(masked)"
LONGEST_VALUE = 80

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Control, format, surrogate and separator characters could break a line or turn the reading direction.
_UNSEEN = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


class Wrong(NamedTuple):
    """All places that break one rule, built only when they are listed."""

    rule: str
    severity: Severity
    text: str
    column: str | None
    places: int
    build: Callable[[], Iterator[RowError]]


def shown(value: object) -> str | None:
    """A value on one line of at most 80 characters (and an ellipsis), with nothing invisible in it."""
    if value is None:
        return None
    start = str(value)[: LONGEST_VALUE + 1] if isinstance(value, str | int | float) else repr(value)
    text = _UNSEEN.sub(_escaped, start[: LONGEST_VALUE + 1])
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def wrong_rows(contract: Contract, rows: Sequence[Row], findings: Findings) -> list[Wrong]:
    """What the contract's rules found, in their order; one place stands for a rule about the whole upload."""
    places = {column.name: index for index, column in enumerate(contract.columns)}
    personal = _personal(contract)
    groups = []
    for rule, (outcome, violating) in zip(contract.rules, findings, strict=True):
        text, fix, severity = says(rule), rule.fix or "Correct the value.", rule.severity
        common = {"rule": rule.id, "problem": text, "fix": fix, "severity": severity}
        if rule.column is None:
            if not outcome.passed:
                place = RowError(file=WHOLE_UPLOAD, line=None, column=None, value=None, **common)
                groups.append(Wrong(rule.id, severity, text, None, 1, _once(place)))
        elif violating:
            build = _rows_of(rows, violating, rule.column, places[rule.column], personal, common)
            groups.append(Wrong(rule.id, severity, text, rule.column, len(violating), build))
    return groups


def unread_rows(contract: Contract, faults: Sequence[RowFault]) -> list[Wrong]:
    """Places that could not be read, one group a kind of fault."""
    personal = _personal(contract)
    by_code: dict[str, list[RowFault]] = {}
    for fault in faults:
        by_code.setdefault(fault.code, []).append(fault)
    return [
        Wrong(
            code, "critical", _UNREAD.get(code, found[0].problem), None, len(found), _faults(found, personal)
        )
        for code, found in by_code.items()
    ]


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


def listed(groups: Sequence[Wrong], limit: int) -> tuple[RowError, ...]:
    """At most `limit` places, shared fairly among the rules, by rule and then as found."""
    shares = fair_shares([group.places for group in groups], limit)
    return tuple(
        error
        for group, share in zip(groups, shares, strict=True)
        for error, _ in zip(group.build(), range(share), strict=False)
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
    "json": "every line must be one JSON object",
    "unknown_key": "an object must hold only keys that are columns of the contract",
}


def _personal(contract: Contract) -> frozenset[str]:
    return frozenset(column.name for column in contract.columns if column.personal)


def _once(error: RowError) -> Callable[[], Iterator[RowError]]:
    return lambda: iter((error,))


def _rows_of(
    rows: Sequence[Row],
    violating: Iterable[int],
    column: str,
    place: int,
    personal: frozenset[str],
    common: Mapping[str, str],
) -> Callable[[], Iterator[RowError]]:
    def build() -> Iterator[RowError]:
        for index in violating:
            row = rows[index]
            value = _masked(row.cells[place], column, personal)
            document = {"file": _name(row.file), "line": row.line, "column": column, "value": value}
            yield RowError.model_validate({**document, **common})

    return build


def _faults(faults: Sequence[RowFault], personal: frozenset[str]) -> Callable[[], Iterator[RowError]]:
    def build() -> Iterator[RowError]:
        for fault in faults:
            yield RowError(
                file=_name(fault.file),
                line=fault.line,
                column=fault.column,
                value=_masked(fault.value, fault.column, personal),
                rule=fault.code,
                problem=fault.problem,
                fix=fault.fix,
            )

    return build


def _masked(value: object, column: str | None, personal: frozenset[str]) -> str | None:
    """A value whose column is unknown is masked as soon as any column is personal."""
    if value is None:
        return None
    hidden = column in personal or (column is None and bool(personal))
    return MASKED if hidden else shown(value)


def _name(file: str) -> str:
    return _UNSEEN.sub(_escaped, file)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return _SHORT.get(found[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
