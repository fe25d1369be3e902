"""Language: a text is written in one of the languages that the contract allows."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import refuse, row_outcome
from pipelines.core.findings import Finding, Surroundings, Table, row_numbers
from pipelines.integrations.text_checks.columns import MOST_NOTES, texts

NAMES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "tr": "Turkish",
    "zh": "Chinese",
}
"""Told apart besides the allowed ones: more candidates would find Latin in every list of names."""
SURE = 0.9
_FEWEST_LETTERS = 20
_FEWEST_SYLLABLES = 6
_SYLLABLES = "\u2e80"
_READ = 400


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:  # noqa: ARG001
    """Flags rows whose text (`rule.column`, or question and answer) is surely in a language that is not in
    `rule.values`. The first 400 characters decide, and those of the answer when the question is long; texts
    of fewer than 20 letters are not judged.
    """
    roles = contract.roles
    columns = (rule.column,) if rule.column else (roles.prompt, roles.completion)
    allowed = {str(value) for value in rule.values}
    identifier = _identifier(rule, allowed)
    rows = row_numbers()
    notes: dict[int, str] = {}
    for row, cells in texts(table.path, columns):
        written = [cell for cell in cells if cell]
        surely = (_surely(identifier, text) for text in _openings(written))
        foreign = next((language for language in surely if language and language not in allowed), None)
        if foreign:
            rows.append(row)
            if len(notes) < MOST_NOTES:
                notes[row] = f"it reads as {NAMES[foreign]}"
    return Finding(row_outcome(rule, table.rows, len(rows)), rows, notes)


def _openings(written: Sequence[str]) -> Iterator[str]:
    yield "\n".join(written)[:_READ]
    if len(written) > 1 and len(written[0]) > _READ // 2:
        yield written[-1][:_READ]


def _surely(identifier: LanguageIdentifier, text: str) -> str | None:
    """The language of a text that leaves hardly a doubt."""
    language, confidence = identifier.classify(text) if _judgeable(text) else (None, 0)
    return language if confidence >= SURE else None


def _judgeable(text: str) -> bool:
    """Few letters say nothing, unless they are syllables or words as in Chinese and Japanese."""
    letters = [letter for letter in text if letter.isalpha()]
    syllables = sum(letter > _SYLLABLES for letter in letters)
    return len(letters) >= _FEWEST_LETTERS or syllables >= _FEWEST_SYLLABLES


def _identifier(rule: Rule, allowed: set[str]) -> LanguageIdentifier:
    logging.getLogger("py3langid").setLevel(logging.ERROR)
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    unknown = allowed - set(identifier.labels)
    if unknown or not allowed:
        refuse(rule, ", ".join(sorted(unknown)) or "no language", "languages that can be recognised")
    identifier.set_languages(sorted(allowed | set(NAMES)))
    return identifier
