"""No golden: a model must not train on what it is judged by."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

from pipelines.core.contract import Contract, Rule
from pipelines.core.decontamination import GoldenIndex
from pipelines.core.enforceable import row_outcome
from pipelines.core.findings import Finding, Surroundings, Table
from pipelines.integrations.text_checks.columns import MOST_NOTES, texts


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:
    """Flags what composition would leave out of the training set: a golden question whole, with or without
    its answer, or 13 words in a row shared with one. A short answer alone gives nothing away.

    The notes say what kind of match it is and nothing about the golden item. The golden sets are kept in
    memory, the rows stream past.
    """
    index = GoldenIndex(
        {
            f"{golden.source}/{row}": parts
            for golden in around.golden
            for row, parts in _examples(golden.table, golden.prompt, golden.completion, golden.context)
        }
    )
    roles = contract.roles
    rows = array("q")
    notes: dict[int, str] = {}
    for row, parts in _examples(table.path, roles.prompt, roles.completion, roles.context):
        leak = index.leak(*parts)
        if leak:
            rows.append(row)
            if len(notes) < MOST_NOTES:
                notes[row] = f"{leak.how} a golden item"
    return Finding(row_outcome(rule, table.rows, len(rows)), rows, notes)


def _examples(
    path: Path, prompt: str, completion: str, context: str | None
) -> Iterator[tuple[int, tuple[str, str]]]:
    """(row number, (question, question and answer)), as core/composition.py builds and compares them."""
    columns = (prompt, completion, *([context] if context else []))
    for row, (asked, answer, *given) in texts(path, columns):
        question = f"{given[0]}\n\n{asked or ''}" if given and given[0] else asked or ""
        yield row, (question, f"{question} {answer or ''}")
