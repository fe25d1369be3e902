"""The list of wrong places as a table that opens in a spreadsheet, where no cell of it is ever run."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable

from pipelines.core.report import RowError

COLUMNS = ("file", "line", "column", "value", "rule", "problem", "fix", "suggestion")
MOST_LISTED = 100_000

# A spreadsheet runs a cell that starts like this, also behind blanks and in full-width form.
_RUNS = ("=", "+", "-", "@", "|", "%")


def errors_csv(errors: Iterable[RowError]) -> bytes:
    """One line an error, with a byte order mark, without which Excel does not read UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for error in errors:
        cells = (getattr(error, column) for column in COLUMNS)
        writer.writerow(["" if cell is None else _inert(str(cell)) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    """The cell, made plain text where a spreadsheet would run it."""
    start = unicodedata.normalize("NFKC", cell[:100]).lstrip()[:1]
    return "'" + cell if start in _RUNS or cell[:1] in ("\t", "\r", "\n") else cell
