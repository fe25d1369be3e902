"""Tokens between: a row is neither too short nor too long for the model that will read it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tokenizers import Tokenizer

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import row_outcome, within
from pipelines.core.findings import Finding, Surroundings, Table
from pipelines.integrations.text_checks.columns import MOST_NOTES, texts

_BATCH = 256
_MOST_CHARACTERS = 1_000_000
_BYTES_A_TOKEN = 3
_ESTIMATED = "(estimated: the model's own way of counting is not at hand)"

Count = Callable[[Sequence[str]], list[int]]


def check(table: Table, rule: Rule, contract: Contract, around: Surroundings) -> Finding:
    """Flags rows whose texts (`rule.column`, or context, question and answer) have fewer tokens than
    `rule.minimum` or more than `rule.maximum`, by default the context of the model.

    The tokens of a chat template are not counted. Without a tokenizer, three bytes count as a token, and the
    outcome says so.
    """
    roles = contract.roles
    parts = (rule.column,) if rule.column else (roles.context, roles.prompt, roles.completion)
    if rule.maximum is None:
        rule = rule.model_copy(update={"maximum": around.context_tokens})
    exact = _exact(around.tokenizer)
    rows = array("q")
    notes: dict[int, str] = {}
    for row, tokens in _counted(table, tuple(filter(None, parts)), exact or _estimate):
        if not within(rule, tokens):
            rows.append(row)
            if len(notes) < MOST_NOTES:
                notes[row] = _said(tokens, rule)
    outcome = row_outcome(rule, table.rows, len(rows))
    if exact is None:
        outcome = outcome.model_copy(update={"text": f"{outcome.text} {_ESTIMATED}"})
    return Finding(outcome, rows, notes)


def _counted(table: Table, columns: tuple[str, ...], count: Count) -> Iterator[tuple[int, int]]:
    """(row, tokens) of every row that holds a text."""
    rows: list[int] = []
    batch: list[str] = []
    size = 0
    for row, cells in texts(table.path, columns):
        text = "\n".join(cell for cell in cells if cell)
        if text:
            rows.append(row)
            batch.append(text)
            size += len(text)
        if len(batch) == _BATCH or size > _MOST_CHARACTERS:
            yield from zip(rows, count(batch), strict=True)
            rows, batch, size = [], [], 0
    yield from zip(rows, count(batch), strict=True)


def _exact(folder: Path | None) -> Count | None:
    """Counts as the tokenizer in this folder does; None where there is none."""
    path = folder / "tokenizer.json" if folder else None
    if path is None or not path.is_file():
        return None
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda batch: [len(encoding) for encoding in tokenizer.encode_batch_fast(list(batch))]


def _estimate(batch: Sequence[str]) -> list[int]:
    return [-(-len(text.encode()) // _BYTES_A_TOKEN) for text in batch]


def _said(tokens: int, rule: Rule) -> str:
    counted = f"{tokens:,} token{'' if tokens == 1 else 's'}"
    if rule.maximum is not None and tokens > rule.maximum:
        return f"{counted}, {rule.maximum:,.0f} fit"
    return f"{counted}, {rule.minimum:,.0f} are needed"
