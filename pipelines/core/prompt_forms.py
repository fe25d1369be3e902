"""The exact texts by which a prompt shows rows of the data and an answer names them.

The sample's corpus and the product both write them from here: a base that learnt one form would not
know another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

CITE = "Answer from these sources and name the one you use, like [1]."
MOST = 999
"""The highest number of a source; a larger one in an answer is no mark."""
_MARK = re.compile(r" *\[([1-9][0-9]{0,2})\]")


def cited_context(sources: Sequence[tuple[str, str]]) -> str:
    """The sources, each a question and its answer, as text, numbered from 1 in the order given.

    It stands before the question, with an empty line between; "" where there is no source.
    """
    if not sources:
        return ""
    numbered = (f"[{number}] {question}\n{answer}" for number, (question, answer) in enumerate(sources, 1))
    return "\n\n".join((CITE, *numbered))


def cited_question(sources: Sequence[tuple[str, str]], question: str) -> str:
    """The user message that asks a question about numbered sources; the bare question without any."""
    context = cited_context(sources)
    return f"{context}\n\n{question}" if context else question


def cited_answer(answer: str, number: int) -> str:
    """The answer with the mark of its source, such as `room 214 [1]`."""
    return f"{answer} [{number}]"


def split_citations(answer: str) -> tuple[str, tuple[int, ...]]:
    """The answer without its marks and without blanks around it, and the sources they name, each once,
    in the order of their first mark.
    """
    numbers = tuple(dict.fromkeys(int(number) for number in _MARK.findall(answer)))
    return _MARK.sub("", answer).strip(), numbers
