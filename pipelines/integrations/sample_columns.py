"""The columns of a sample file, before there is a contract that names them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipelines.core.errors import UnreadableFile
from pipelines.integrations.archives import TextFile, check_magic, damage_named, ending_of, text_files
from pipelines.integrations.chat_rows import IGNORED_BESIDE, MESSAGES
from pipelines.integrations.csv_records import parse
from pipelines.integrations.limits import Allowance, Limits
from pipelines.integrations.text_lines import text_lines, whole_lines
from pipelines.integrations.unreadable import unreadable
from pipelines.integrations.xlsx_reader import header_of

_MOST_ROWS = 10_000
_CHAT = {MESSAGES: ("context", "question", "answer"), **dict.fromkeys(IGNORED_BESIDE, ())}


def columns_of(name: str, path: Path) -> tuple[str, ...]:
    """The names in the file's header, or the keys of its objects. Raises UnreadableFile.

    A chat file, whose rows hold `messages`, has the columns context, question and answer.
    """
    allowance = Allowance(Limits())
    ending = ending_of(name)
    check_magic(path, ending)
    with damage_named():
        if ending == ".parquet":
            return tuple(pq.read_schema(path).names)
        if ending == ".xlsx":
            return tuple(header_of(path, allowance))
        for file in text_files(name, path, allowance):
            table = file.ending in (".csv", ".tsv")
            return _header(file, allowance) if table else _keys(file, allowance)
    raise _empty()


def _header(file: TextFile, allowance: Allowance) -> tuple[str, ...]:
    delimiter = "\t" if file.ending == ".tsv" else ","
    for text in whole_lines(file.stream, allowance.limits):
        for record in parse(text, 1, delimiter, allowance.limits).records:
            if any(record):
                return tuple(field.strip() for field in record)
    raise _empty()


def _keys(file: TextFile, allowance: Allowance) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for row in _objects(file, allowance):
        seen |= dict.fromkeys(row)
    if not seen:
        raise _empty()
    names = [_CHAT.get(key, (key,)) if MESSAGES in seen else (key,) for key in seen]
    return tuple(dict.fromkeys(name for some in names for name in some))


def _objects(file: TextFile, allowance: Allowance) -> Iterator[dict[str, Any]]:
    """The first objects of a file; what is no object is left for the readers to tell."""
    if file.ending == ".json":
        listed = _parsed(file.stream.read())
        rows = listed[:_MOST_ROWS] if isinstance(listed, list) else ()
        yield from (row for row in rows if isinstance(row, dict))
        return
    for number, text in enumerate(text_lines(file.stream, allowance.limits)):
        if number >= _MOST_ROWS:
            return
        row = _parsed(text)
        if isinstance(row, dict):
            yield row


def _parsed(text: str | bytes) -> Any:
    """What a JSON text holds, or None."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _empty() -> UnreadableFile:
    return unreadable("the file holds no row", code="empty", fix="Choose a file with rows.")
