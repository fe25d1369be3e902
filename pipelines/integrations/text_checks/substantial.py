"""Substantial: a text says something of its own, instead of holding a place."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable

from pipelines.core.contract import Contract, Rule
from pipelines.core.decontamination import normalise
from pipelines.core.enforceable import row_outcome
from pipelines.core.findings import Finding, Surroundings, Table
from pipelines.integrations.text_checks.columns import MOST_NOTES, texts

PLACEHOLDERS = frozenset(
    normalise(text)
    for text in (
        *("n/a", "na", "null", "nil", "nan", "undefined", "todo", "tbd", "tba", "wip", "fixme"),
        *("to be determined", "to be done", "to be defined", "placeholder", "insert text here"),
        *("your answer here", "example answer", "test", "test test", "testing", "lorem ipsum"),
        *("asdf", "asdfasdf", "qwerty", "qwertz", "foo", "foobar", "xx", "xxx", "xxxx"),
        *("see above", "see below", "as above", "same as above", "ditto"),
        *("i don't know", "don't know", "i do not know", "dunno", "no idea", "no comment"),
    )
)
"""Texts that stand where an answer should, as `normalise` writes them. "None", "unknown" and "not applicable"
are left out, for each can be the right answer.
"""
_NOTHING = re.compile(r"[\s\-–—_.…?!*/]*")  # noqa: RUF001
_EXCUSE = re.compile(
    r"lorem ipsum dolor|((i m |i am )?(very |so )?sorry (but )?|i apologi[sz]e (but )?)?"
    r"as an? (ai|artificial intelligence)( language)? (model|assistant)\b"
)
_OPENING = 200


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:  # noqa: ARG001
    """Flags answers (or the texts of `rule.column`) that are missing, blank, shorter than `rule.minimum`
    characters, a placeholder, or a repetition of the question. `rule.values` are further placeholders.
    """
    roles = contract.roles
    column = rule.column or roles.completion
    wrong = _judge(rule)
    rows = array("q")
    notes: dict[int, str] = {}
    for row, (text, question) in texts(table.path, (column, roles.prompt)):
        found = wrong(text, None if column == roles.prompt else question)
        if found:
            rows.append(row)
            if len(notes) < MOST_NOTES:
                notes[row] = found
    return Finding(row_outcome(rule, table.rows, len(rows)), rows, notes)


def _judge(rule: Rule) -> Callable[[str | None, str | None], str | None]:
    """(text, question) -> what is wrong with the text, in words that show nothing of it."""
    placeholders = PLACEHOLDERS | {normalise(str(value)) for value in rule.values}

    def wrong(text: str | None, question: str | None) -> str | None:
        if text is None or not text.strip():
            return "it is empty"
        if rule.minimum is not None and len(text.strip()) < rule.minimum:
            return f"it has {len(text.strip()):,} characters"
        opening = normalise(text[:_OPENING])
        if _NOTHING.fullmatch(text) or opening in placeholders or _EXCUSE.match(opening):
            return "it only holds a place"
        if question is not None and normalise(text) == normalise(question):
            return "it repeats the question"
        return None

    return wrong
