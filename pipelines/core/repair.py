"""The file to repair: rows of an upload, written so that they can be corrected and dropped again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pipelines.core.value import Value

MOST_REPAIRED = 100_000
"""Up to so many rows the file holds the whole upload; above it, a person edits wrong rows only."""

RepairFormat = Literal["csv", "jsonl"]


class Repair(Value):
    """What the file holds. `wrong` rows come first; `complete` says that the other rows of the upload follow
    them. `missing` counts the wrong rows that no row of a table can hold, such as one with a field too many.
    """

    format: RepairFormat
    wrong: int
    rows: int
    complete: bool
    missing: int = 0

    @property
    def name(self) -> str:
        return f"rows_to_repair.{self.format}"


def repair_format(files: Sequence[str]) -> RepairFormat:
    """JSON Lines when every file of the upload was JSON, packed or not, and CSV otherwise."""
    return "jsonl" if files and all(map(_is_json, files)) else "csv"


def how_to_repair(repair: Repair, source: str) -> str:
    """One sentence or two on what the file is for: an upload is always the whole source."""
    if repair.complete:
        text = (
            f"All {repair.rows:,} rows of the upload, the {repair.wrong:,} wrong ones first. Correct those, "
            f"then drop this file in place of everything that lies in inbox/{source}/."
        )
    else:
        text = (
            f"The {repair.wrong:,} wrong rows. Correct them, delete them from your own files, and drop this "
            "file together with yours: by itself it would replace the whole source."
        )
    return text + _missing(repair.missing)


def _missing(count: int) -> str:
    if count == 0:
        return ""
    if count == 1:
        return " One wrong row could not be read and is not in it: add it by hand."
    return f" {count:,} wrong rows could not be read and are not in it: add them by hand."


def _is_json(name: str) -> bool:
    stem = name.lower().removesuffix(".gz")
    return stem.endswith((".json", ".jsonl", ".ndjson"))
