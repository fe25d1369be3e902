"""Texts judged one by one: the rows in which something is found, and what it is."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.contract import Contract, Rule
from pipelines.core.enforceable import row_outcome
from pipelines.core.findings import Finding, Table
from pipelines.integrations.text_checks.columns import MOST_NOTES, batches

Judge = Callable[[str], str | None]
"""What is wrong with a text, in words that show nothing of it."""


def judge_texts(table: Table, rule: Rule, contract: Contract, judge: Judge, suspicious: str = "") -> Finding:
    """Judges the texts of `rule.column`, or else of every column of texts, that match `suspicious` (RE2).

    The pattern is looked for in whole batches, so that harmless texts cost next to nothing.
    """
    columns = (rule.column,) if rule.column else tuple(c.name for c in contract.columns if c.type == "string")
    rows = array("q")
    notes: dict[int, str] = {}
    for start, batch in batches(table.path, columns):
        found: dict[int, list[str]] = {}
        for name, column in zip(columns, batch.columns, strict=True):
            texts = column.cast(pa.string())
            for at in pc.indices_nonzero(pc.match_substring_regex(texts, suspicious)).to_pylist():
                if said := judge(texts[at].as_py()):
                    found.setdefault(start + at, []).append(said if rule.column else f"{said} in {name}")
        for row in sorted(found):
            rows.append(row)
            if len(notes) < MOST_NOTES:
                notes[row] = "; ".join(found[row])
    return Finding(row_outcome(rule, table.rows, len(rows)), rows, notes)


def kinds_said(kinds: list[str]) -> str | None:
    """["phone number", "e-mail address"] -> "a phone number, an e-mail address", each once."""
    once = dict.fromkeys(kinds)
    return ", ".join(f"{'an' if kind[0] in 'aeioAEIO' else 'a'} {kind}" for kind in once) or None
