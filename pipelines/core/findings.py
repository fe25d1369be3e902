"""What checks found in a table of rows: row numbers, so that nothing grows with what is in the rows."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pipelines.core.report import RuleOutcome

if TYPE_CHECKING:
    from pathlib import Path

NOTHING: Mapping[int, str] = MappingProxyType({})


class Table(NamedTuple):
    """Rows on disk: Parquet with the contract's columns, `_file` and `_line`. Rows are numbered from 0 as
    they stand there.
    """

    path: Path
    rows: int


class Kept(NamedTuple):
    """The accepted rows, in their canonical form; `content` is the sha256 over their sorted row hashes."""

    table: Table
    content: str


class Finding(NamedTuple):
    """What one rule found. `rows` are the violating row numbers, ascending (type code "q").

    `notes` says more about single rows, in words that hold nothing of their values ("like line 17 of
    a.csv").
    """

    outcome: RuleOutcome
    rows: array[int]
    notes: Mapping[int, str] = NOTHING


Findings = tuple[Finding, ...]


class Place(NamedTuple):
    """One value where it stands. `value` is raw: it is masked before anyone sees it."""

    file: str
    line: int
    value: object


Peek = Callable[[Sequence[int], str | None], Sequence[Place]]
"""(row numbers, column) -> the places, in that order; the value is None where no column is asked for."""


def row_numbers(numbers: Iterable[int] = ()) -> array[int]:
    """Row numbers in their compact form, ascending."""
    return array("q", sorted(numbers))


class Neighbour(NamedTuple):
    """The current rows of another source, with the columns that play the parts of an example."""

    source: str
    table: Path
    prompt: str
    completion: str
    context: str | None


class Surroundings(NamedTuple):
    """What an upload is compared with. Everything may be absent: the first upload has no past.

    `previous` is the source's last accepted table; `siblings` are the other training sources of its
    models; `golden` their golden sets; `tokenizer` a folder with the tokenizer of the smallest base and
    `context_tokens` its context length.
    """

    previous: Table | None = None
    siblings: tuple[Neighbour, ...] = ()
    golden: tuple[Neighbour, ...] = ()
    tokenizer: Path | None = None
    context_tokens: int | None = None
