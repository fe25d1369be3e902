"""What a text says, apart from how it is written down: two spellings of one statement compare as equal."""

from __future__ import annotations

import re
import unicodedata

_DIGIT_GROUP = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_APOSTROPHE = re.compile("['’]")  # noqa: RUF001
# Sentence punctuation, brackets and quotes; hyphens between letters. Within numbers they mean something.
_PUNCTUATION = re.compile(
    r"[;!?…\"“”„«»‘()\[\]{}]|[.,:](?!\d)|(?<=[^\W\d])[-‐‑–—](?=[^\W\d])"  # noqa: RUF001
)
_NUMBER = re.compile(r"(?:(?<!\w)[-−][^\w\s]?)?\d+(?:[.,:/]\d+)*%?")  # noqa: RUF001


def wording(text: str) -> str:
    """The text without what rarely changes its meaning: case, spacing and sentence punctuation.

    Signs, units and symbols stay: "-5", "$1.50" and "C++" differ from "5", "1.50" and "C". Thousands are
    written without commas, full-width and other compatible characters in their plain form (NFKC).
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _DIGIT_GROUP.sub("", _APOSTROPHE.sub("", plain))
    return " ".join(_PUNCTUATION.sub(" ", plain).split())


def numbers(words: str) -> tuple[str, ...]:
    """Every number in a wording, sorted, each as often as it stands there."""
    return tuple(sorted(_NUMBER.findall(words)))
