"""JSON texts as batches of the contract's columns: many at a time where all are plain, else one by one.

The fast parser keeps the last of two equal keys and turns integers beyond 64 bits into floats. Its answer
is taken only where it is proven to be the exact parser's answer as well.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from pipelines.core.contract import Contract
from pipelines.core.row_errors import shown
from pipelines.core.rows import Batch, RowFault
from pipelines.integrations.chat_rows import ChatRows
from pipelines.integrations.dolly_rows import DollyRows
from pipelines.integrations.json_text import NotARow, parsed
from pipelines.integrations.personal_data import redact
from pipelines.integrations.remarks import Remarks

BATCH = 20_000
_SLICE = 1_000
_PLAIN = frozenset((str, int, float, bool, type(None)))
_TOO_LARGE = 2.0**63


class Texts(NamedTuple):
    """UTF-8 texts, one a row, and the lines on which they start."""

    lines: Sequence[int]
    texts: Sequence[bytes]


class Broken(NamedTuple):
    """A text that is no row."""

    line: int
    text: str
    error: NotARow
    first: bool


class JsonRows:
    """The rows of one file. `judge` may raise UnreadableFile where a broken row condemns the whole file."""

    def __init__(self, file: str, contract: Contract, judge: Callable[[Broken], None]) -> None:
        self.seen = False
        self.remarks = Remarks(file)
        self._file = file
        self._judge = judge
        self._names = [column.name for column in contract.columns]
        self._known = frozenset(self._names)
        self._quotable = not any(column.personal for column in contract.columns)
        self._shapes = (ChatRows(contract, self.remarks), DollyRows(contract, self.remarks))

    def records(self, texts: Texts) -> Iterator[Batch | RowFault]:
        """What the texts hold, in batches of at most 20,000 rows. Blank texts are nothing."""
        for start in range(0, len(texts.lines), BATCH):
            lines: list[int] = []
            columns: tuple[list[object], ...] = tuple([] for _ in self._names)
            for at in range(start, min(start + BATCH, len(texts.lines)), _SLICE):
                end = min(at + _SLICE, start + BATCH)
                some = Texts(texts.lines[at:end], texts.texts[at:end])
                if values := self._plain(some.texts):
                    self.seen = True
                    lines.extend(some.lines)
                    _extend(columns, values)
                else:
                    yield from self._exact(some, lines, columns)
            if lines:
                yield Batch(lines, columns)

    def _plain(self, texts: Sequence[bytes]) -> Sequence[Sequence[object]] | None:
        """The columns of rows that both parsers read alike, None where that is not proven."""
        try:
            rows = list(map(orjson.loads, texts))
        except orjson.JSONDecodeError:
            return None
        if set(map(type, rows)) != {dict} or not all(map(self._known.issuperset, rows)):
            return None
        try:
            columns = [list(map(itemgetter(name), rows)) for name in self._names]
        except KeyError:
            columns = [[row.get(name) for row in rows] for name in self._names]
        kinds = [set(map(type, column)) for column in columns]
        if not _PLAIN.issuperset(chain.from_iterable(kinds)):
            return None
        for column, found in zip(columns, kinds, strict=True):
            if float in found and any(type(v) is float and abs(v) >= _TOO_LARGE for v in column):
                return None
        return columns if _no_key_twice(texts, rows, columns) else None

    def _exact(self, some: Texts, lines: list[int], columns: tuple[list[object], ...]) -> Iterator[RowFault]:
        """Add the good rows to `lines` and `columns`, and tell the others."""
        for line, raw in zip(some.lines, some.texts, strict=True):
            text = raw.decode()
            if not text.strip():
                continue
            try:
                row = self._row(parsed(text), line)
            except NotARow as error:
                self._judge(Broken(line, text, error, not self.seen))
                yield RowFault(self._file, line, None, None, error.code, error.problem, error.fix)
            else:
                lines.append(line)
                for name, column in zip(self._names, columns, strict=True):
                    column.append(row.get(name))
            self.seen = True

    def _row(self, row: dict[str, Any], line: int) -> dict[str, Any]:
        if not row.keys() <= self._known:
            shape = next((shape for shape in self._shapes if shape.fits(row)), None)
            row = shape.mapped(row, line) if shape else row
        if unknown := sorted(row.keys() - self._known):
            keys = ", ".join(str(shown(key, redact)) for key in unknown[:5])
            found = keys if self._quotable else str(len(unknown))
            raise NotARow(
                f"the object has keys that are no columns of the contract: {found}",
                fix="Remove the keys, or write them as the contract does.",
                code="unknown_key",
            )
        return row


def _extend(columns: Sequence[list[object]], values: Sequence[Sequence[object]]) -> None:
    for column, more in zip(columns, values, strict=True):
        column.extend(more)


def _no_key_twice(
    texts: Sequence[bytes], rows: Sequence[dict[str, Any]], columns: Sequence[Sequence[object]]
) -> bool:
    """Whether the quotes of flat objects are used up by the keys and values that were kept.

    A key that was overwritten would have left at least two more. Quotes inside a text count where the
    others do not suffice, unless one is written by its number, which leaves none.
    """
    written = [value for column in columns for value in column if type(value) is str]
    together = b"".join(texts)
    surplus = together.count(b'"') - 2 * (sum(map(len, rows)) + len(written))
    if surplus == 0:
        return True
    return surplus == "".join(written).count('"') and b"\\u0022" not in together
