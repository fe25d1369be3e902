"""What to write instead of a wrong value, where that can be said without guessing what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from pipelines.core.contract import ColumnType, Rule
from pipelines.core.rows import UNFIT

if TYPE_CHECKING:
    from pipelines.core.report import RowError

LONGEST = 1_000
"""The longest text, in characters, for which a shorter one is suggested."""

# Digits in threes: 1,200 or 1 200 or 1'200. What 1.200 means is not known, so nothing is suggested for it.
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([,'\u2019 \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_AMBIGUOUS = re.compile(r"[+-]?[0-9]{1,3}\.[0-9]{3}")
_WHOLE = re.compile(r"([+-]?[0-9]+)(?:\.0*)?")
# A per cent sign is no unit: 12 % may mean 12 or 0.12.
_UNIT = re.compile(r"(?:[A-Za-z]{1,4}|[$\u20ac\u00a3\u00a5])\.?")


def action_of(error: RowError) -> Literal["replace", "remove"] | None:
    """What makes the next check pass: the suggestion in place of the value, the row left out, or neither."""
    if error.suggestion is not None:
        return "replace"
    return None if error.line is None else "remove"


def suggest(rule: Rule, value: object) -> str | None:
    """A value that keeps the rule and says the same as the wrong one, or None: only the row can go then."""
    if not isinstance(value, str):
        return None
    suggester = _SUGGESTERS.get(rule.check)
    found = None if suggester is None else suggester(rule, value)
    return None if found == value else found


def suggest_readable(code: str, kind: ColumnType, value: object) -> str | None:
    """The same for a value that could not be read: a number without separators and unit, a clean text."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    if code == "characters":
        return UNFIT.sub("", value) or None
    if code != "type" or kind == "string":
        return None
    number = _number(value)
    if number is None or kind == "number":
        return number
    whole = _WHOLE.fullmatch(number)
    return whole[1] if whole else None


def _number(value: str) -> str | None:
    text = value.strip()
    for unit in (_UNIT.match(text), re.search(rf"{_UNIT.pattern}$", text)):
        if unit:
            text = (text[: unit.start()] + text[unit.end() :]).strip()
    if _AMBIGUOUS.fullmatch(text):
        return None
    if _GROUPED.fullmatch(text):
        return re.sub(r"[^0-9.+-]", "", text)
    return text if _PLAIN.fullmatch(text) else None


def _allowed(rule: Rule, value: str) -> str | None:
    """The allowed value that was meant: the same but for case and blanks, or else a near spelling."""
    choices = {_folded(choice): choice for choice in rule.values if isinstance(choice, str)}
    near = get_close_matches(_folded(value[:LONGEST]), choices, n=1, cutoff=0.75)
    return choices[near[0]] if near else None


def _shortened(rule: Rule, value: str) -> str | None:
    """The text up to its last whole word within the limit; a text that is too short stays a question."""
    if rule.maximum is None or not len(value) > rule.maximum <= LONGEST:
        return None
    cut = value[: int(rule.maximum)]
    words = cut if value[len(cut)].isspace() else cut.rpartition(" ")[0]
    least = max(1.0, rule.minimum or 0)
    return next((text for text in (words.rstrip(), cut.rstrip()) if len(text) >= least), None)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


_SUGGESTERS: dict[str, Callable[[Rule, str], str | None]] = {
    "in_set": _allowed,
    "length_between": _shortened,
}
