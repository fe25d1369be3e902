"""One answer: the same question is answered the same way, in this upload and in the other sources."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import row_outcome
from pipelines.core.findings import Finding, Surroundings, Table, row_numbers
from pipelines.core.wording import wording
from pipelines.integrations.text_checks.columns import MOST_NOTES, lines_of, texts
from pipelines.integrations.text_checks.digests import Digests, as_digests, digest_of

Rows = NDArray[np.int64]
_ODD = np.uint64(0x9E3779B97F4A7C15)


class _Answers(NamedTuple):
    """Rows that have a question and an answer, by question, answer and row number."""

    rows: Rows
    questions: Digests
    answers: Digests


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:
    """Flags every row whose question has another answer elsewhere in the table, or has answers in another
    source and this is none of them. Questions with different contexts are different questions.

    Case, spacing and sentence punctuation make no difference. 24 bytes a row are kept in memory.
    """
    roles = contract.roles
    own = _answers(table.path, roles.prompt, roles.completion, roles.context)
    rows, others = _contradicted(own)
    notes = _notes(table, rows[:MOST_NOTES], others[:MOST_NOTES])
    for sibling in around.siblings:
        theirs = _answers(sibling.table, sibling.prompt, sibling.completion, sibling.context)
        differing = _differing(own, theirs)
        for row in differing[:MOST_NOTES].tolist():
            notes.setdefault(row, f"source {sibling.source} answers the same question differently")
        rows = np.union1d(rows, differing)
    found = row_numbers(rows.tolist())
    return Finding(row_outcome(rule, table.rows, len(found)), found, notes)


def _notes(table: Table, rows: Rows, others: Rows) -> dict[int, str]:
    lines = lines_of(table, others.tolist())
    return {
        row: f"{lines[other]} answers the same question differently"
        for row, other in zip(rows.tolist(), others.tolist(), strict=True)
    }


def _answers(path: Path, prompt: str, completion: str, context: str | None) -> _Answers:
    rows, questions, answers = array("q"), array("Q"), array("Q")
    columns = (prompt, completion, *([context] if context else []))
    for row, (question, answer, *given) in texts(path, columns):
        if question and answer:
            about = wording(given[0]) if given and given[0] else ""
            rows.append(row)
            questions.append(digest_of(f"{about}\n{wording(question)}"))
            answers.append(digest_of(wording(answer)))
    numbers = np.frombuffer(rows, dtype=np.int64)
    asked, said = as_digests(questions), as_digests(answers)
    order = np.lexsort((numbers, said, asked))
    return _Answers(numbers[order], asked[order], said[order])


def _contradicted(own: _Answers) -> tuple[Rows, Rows]:
    """Rows, ascending, and for each a row with the same question and another answer."""
    if not len(own.rows):
        return own.rows, own.rows
    starts = np.flatnonzero(np.r_[True, own.questions[1:] != own.questions[:-1]])
    ends = np.r_[starts[1:], len(own.rows)]
    group = np.repeat(np.arange(len(starts)), ends - starts)
    first, last = starts[group], ends[group] - 1
    apart = np.flatnonzero(own.answers[first] != own.answers[last])
    other = np.where(own.answers == own.answers[first], last, first)[apart]
    order = np.argsort(own.rows[apart])
    return own.rows[apart][order], own.rows[other][order]


def _differing(own: _Answers, theirs: _Answers) -> Rows:
    """Rows, ascending, whose question the others answer, but never in this way."""
    asked = np.isin(own.questions, theirs.questions)
    said = np.isin(_pairs(own), _pairs(theirs))
    return np.sort(own.rows[asked & ~said])


def _pairs(answers: _Answers) -> Digests:
    """One digest for question and answer together."""
    return answers.questions * _ODD + answers.answers
