"""Root causes: what explains many wrong places at once, found in the places themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipelines.core.report import RowError
from pipelines.core.row_errors import MASKED
from pipelines.core.value import Value

FEWEST = 3
"""Fewer places than this are a list, not a pattern."""

Places = Mapping[str, Sequence[RowError]]


class Cause(Value):
    """One explanation in a sentence, and the rules that it explains. `count` is how many places it covers."""

    text: str
    rules: tuple[str, ...]
    count: int


def causes_of(places: Places, counts: Mapping[str, int]) -> tuple[Cause, ...]:
    """What explains the listed places of each rule, the most first; `counts` are the true numbers."""
    found: dict[tuple[str, ...], Cause] = {}
    for search in (_same_rows, _same_shape, _one_block):
        for cause in search(places, counts):
            known = found.get(cause.rules)
            text = f"{known.text} {cause.text}" if known else cause.text
            found[cause.rules] = cause.model_copy(update={"text": text})
    return tuple(sorted(found.values(), key=lambda cause: -cause.count))


def _same_rows(places: Places, counts: Mapping[str, int]) -> Iterator[Cause]:
    """Rules that are broken by exactly the same rows, as far as they are listed."""
    by_rows: dict[tuple[int, tuple[tuple[str, int | None], ...]], list[str]] = {}
    listed = {
        rule: sorted({(e.file, e.line or 0) for e in found if e.line}) for rule, found in places.items()
    }
    for rule, rows in listed.items():
        if rows and len(rows) == len(places[rule]):
            shared = min(len(rows), _shortest(listed, counts, counts[rule]))
            by_rows.setdefault((counts[rule], tuple(rows[:shared])), []).append(rule)
    for (count, common), rules in by_rows.items():
        if len(rules) > 1 and len(common) >= FEWEST:
            whole = len(common) == count
            same = f"The same {count:,} rows" if whole else "As far as they are listed, the same rows"
            text = f"{same} break {len(rules)} rules: mending them once mends all of these."
            yield Cause(text=text, rules=tuple(rules), count=count * len(rules))


def _shortest(listed: Mapping[str, Sequence[object]], counts: Mapping[str, int], count: int) -> int:
    """How many rows every rule with so many places lists: a report holds a sample, fair but not equal."""
    return min(len(rows) for rule, rows in listed.items() if rows and counts[rule] == count)


def _same_shape(places: Places, counts: Mapping[str, int]) -> Iterator[Cause]:
    for rule, found in places.items():
        columns: dict[str, list[RowError]] = {}
        for error in found:
            if error.column is not None:
                columns.setdefault(error.column, []).append(error)
        for column, errors in columns.items():
            values = [error.value for error in errors if error.value not in (None, MASKED)]
            shape = _shape([value for value in values if value is not None])
            if shape and len(values) == len(errors) >= FEWEST:
                whole = len(found) == counts[rule]
                count = len(errors) if whole or len(columns) > 1 else counts[rule]
                which = f"All {count:,}" if whole else f"The first {len(errors):,}"
                yield Cause(text=f"{which} wrong values of {column} {shape}.", rules=(rule,), count=count)


def _one_block(places: Places, counts: Mapping[str, int]) -> Iterator[Cause]:
    """Wrong lines that follow each other look like one paste or one export that went wrong."""
    for rule, found in places.items():
        lines = [error.line for error in found if error.line is not None]
        if len(found) == len(lines) == counts[rule] >= 2 * FEWEST and len({e.file for e in found}) == 1:
            first, last = min(lines), max(lines)
            if last - first + 1 == len(set(lines)) == len(lines):
                text = f"All {len(lines):,} stand together: lines {first:,} to {last:,} of {found[0].file}."
                yield Cause(text=text, rules=(rule,), count=len(lines))


def _shape(values: Sequence[str]) -> str | None:
    """What all the values have in common, as the end of a sentence."""
    if len(values) < FEWEST:
        return None
    if len(set(values)) == 1:
        return f"are \u201c{values[0]}\u201d"
    for fits, words in _SHAPES:
        if all(fits(value) for value in values):
            return words
    for words, at in (("end with", -1), ("begin with", 0)):
        ends = {(value.split() or [""])[at] for value in values}
        if len(ends) == 1 and all(len(value.split()) > 1 for value in values):
            return f"{words} \u201c{ends.pop()}\u201d"
    return None


def _pattern(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


_SHAPES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (_pattern(r"[+-]?\d{1,3}([,' ]\d{3})+(\.\d+)?"), "have separators between their digits, as in 1,000"),
    (_pattern(r"[+-]?\d+,\d{1,2}"), "have a comma where the decimal point belongs"),
    (_pattern(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"), "look like dates"),
    (_pattern(r"#\S+[!?]|#N/A"), "are errors of a spreadsheet formula"),
    (lambda value: value != value.strip(), "begin or end with a blank"),
)
