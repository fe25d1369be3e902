"""No terms: no text holds one of the words that the contract rules out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import refuse
from pipelines.core.findings import Finding, Surroundings, Table
from pipelines.integrations.text_checks.judged_texts import judge_texts

_WORD = re.compile(r"\w+")


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:  # noqa: ARG001
    """Flags rows that hold one of `rule.values` as whole words in `rule.column`, or in any column of texts.

    Case, spacing and Unicode's ways of writing one letter make no difference. The note repeats the term,
    unless a column that it may stand in is personal.
    """
    if not rule.values:
        refuse(rule, "no terms", "at least one term")
    first_term = _finder(str(value) for value in rule.values)
    personal = any(c.personal for c in contract.columns if rule.column in (None, c.name))

    def judge(text: str) -> str | None:
        term = first_term(text)
        return term and ("one of the words" if personal else f"“{term}”")

    return judge_texts(table, rule, contract, judge)


def _finder(terms: Iterable[str]) -> Callable[[str], str | None]:
    """Finds the first term of a text. Terms are looked up by their first word: a long list costs no time."""
    by_word: dict[str, list[tuple[int, str]]] = {}
    for term in sorted(map(_plain, terms)):
        word = _WORD.search(term)
        key, offset = (word[0], word.start()) if word else ("", 0)
        by_word.setdefault(key, []).append((offset, term))
    signs = [term for _, term in by_word.pop("", []) if term]

    def find(text: str) -> str | None:
        plain = _plain(text)
        for word in _WORD.finditer(plain):
            for offset, term in by_word.get(word[0], ()):
                start = word.start() - offset
                if start >= 0 and plain.startswith(term, start) and _whole(plain, start, term):
                    return term
        return next((sign for sign in signs if sign in plain), None)

    return find


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _whole(text: str, start: int, term: str) -> bool:
    """Whether a term that ends in a letter ends there in the text too; its beginning is a whole word."""
    end = start + len(term)
    return not (_WORD.match(term[-1]) and _WORD.match(text[end : end + 1]))
