"""JSON Lines: one object a line, no key twice, no number that JSON does not know."""

import json
from collections.abc import Sequence
from typing import Any

from pipelines.core.contract import Column
from pipelines.core.row_errors import shown
from pipelines.core.rows import RawRow, Records, RowFault
from pipelines.integrations.archives import TextFile
from pipelines.integrations.limits import Allowance
from pipelines.integrations.text_lines import text_lines
from pipelines.integrations.unreadable import unreadable

_FIX = "Write one JSON object a line, with the contract's columns as keys."


class _NotARow(ValueError):
    """A line that is not one JSON object; the message is for the steward and quotes nothing."""


def read_jsonl(file: TextFile, columns: Sequence[Column], allowance: Allowance) -> Records:
    """The rows, each with its line. A key that is left out is a missing value. Raises UnreadableFile."""
    names = [column.name for column in columns]
    known = frozenset(names)
    quotable = not any(column.personal for column in columns)
    seen = False
    for line, text in enumerate(text_lines(file.stream, allowance.limits), 1):
        if not text.strip():
            continue
        try:
            row = _parsed(text)
        except _NotARow as error:
            _check_lines(text, line, first=not seen)
            seen = True
            allowance.take_row(line)
            yield RowFault(file.name, line, None, None, "json", str(error), _FIX)
            continue
        seen = True
        allowance.take_row(line)
        if row.keys() <= known:
            yield RawRow(line, tuple(row.get(name) for name in names))
        else:
            yield _unknown(file.name, line, sorted(row.keys() - known), quotable)
    if not seen:
        raise unreadable("the file holds no row", code="empty", fix="Upload the file with its rows.")


def _parsed(text: str) -> dict[str, Any]:
    try:
        row = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except _NotARow:
        raise
    except json.JSONDecodeError as error:
        raise _NotARow(f"the line is not JSON: {error.msg.lower()} at character {error.colno:,}") from None
    except RecursionError:
        raise _NotARow("the line is nested too deeply") from None
    except ValueError:
        # An integer of thousands of digits.
        raise _NotARow("the line holds a number that is too long") from None
    if not isinstance(row, dict):
        raise _NotARow("the line is not a JSON object")
    return row


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise _NotARow("a key appears twice")
    return row


def _no_number(name: str) -> None:
    raise _NotARow(f"{name} is not a JSON number")


def _check_lines(text: str, line: int, *, first: bool) -> None:
    """Raises UnreadableFile where a line that does not parse tells that the whole file is not JSON Lines."""
    if first and (text.lstrip().startswith("[") or text.strip() == "{"):
        raise unreadable(
            "the file is one JSON document and not one object a line", code="format", fix=_FIX, line=line
        )
    if not text.endswith(("\n", "\r")) and text.lstrip().startswith("{") and not text.rstrip().endswith("}"):
        raise unreadable(
            "the file ends in the middle of this line: it was cut off",
            code="truncated",
            fix="Export the file again and repeat the upload.",
            line=line,
        )


def _unknown(name: str, line: int, keys: Sequence[str], quotable: bool) -> RowFault:
    found = ", ".join(str(shown(key)) for key in keys[:5]) if quotable else str(len(keys))
    return RowFault(
        name,
        line,
        None,
        None,
        "unknown_key",
        f"the object has keys that are no columns of the contract: {found}",
        "Remove the keys, or write them as the contract does.",
    )
