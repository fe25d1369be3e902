"""Sample logs of lm-evaluation-harness: the files `samples_<task>_<date>.jsonl` of `--log_samples`.

One line an item and filter. The form is that of `EvaluationTracker.save_results_samples` in lm-eval 0.4.13;
the three hashes are written since 0.4.3.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.core.errors import UsageError
from pipelines.core.evaluation import ItemScore

TASK = "log"
"""A log does not say which task it is of; its items say all that pairing needs."""
HASHES = ("doc_hash", "prompt_hash", "target_hash")
FORM = "Write it with lm_eval --log_samples, version 0.4.3 or newer."

Row = Mapping[str, Any]


class SampleLog:
    """One log, read whole. Every method raises UsageError for what the log does not hold."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._rows = tuple(self._read(path))
        if not self._rows:
            raise self._wrong("holds at least one item", "none", FORM)

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters that the answers went through, each of which has scores of its own."""
        return tuple(dict.fromkeys(str(row["filter"]) for row in self._rows))

    def metrics(self, filter_: str) -> tuple[str, ...]:
        """The metrics that have a number in 0..1 for every item."""
        rows = self._of(filter_)
        names = dict.fromkeys(name for row in rows for name in row["metrics"])
        return tuple(name for name in names if all(_share(row.get(name)) for row in rows))

    def scores(
        self, metric: str, filter_: str, *, slice_: str | None = None, cluster: str | None = None
    ) -> tuple[ItemScore, ...]:
        """The scores of every item. `slice_` and `cluster` are fields of the documents.

        An item is named by its document's hash and, for equal documents, its turn among them: the order of
        the items does not matter.
        """
        rows = self._of(filter_)
        return tuple(
            ItemScore(
                task=TASK,
                metric=metric,
                item=item,
                slice=self._field(row, slice_) if slice_ else "all",
                score=float(row[metric]),
                cluster=self._field(row, cluster) if cluster else "",
                **{name: str(row[name]) for name in HASHES},
            )
            for item, row in zip(_items(rows), rows, strict=True)
        )

    def numbers(self, items: Collection[str], filter_: str) -> tuple[int, ...]:
        """The `doc_id` of items, in the order of the log."""
        rows = self._of(filter_)
        return tuple(
            int(row["doc_id"]) for item, row in zip(_items(rows), rows, strict=True) if item in items
        )

    def has_field(self, field: str) -> bool:
        """Whether every document has the field."""
        return all(isinstance(row["doc"], Mapping) and field in row["doc"] for row in self._rows)

    def _of(self, filter_: str) -> Sequence[Row]:
        rows = [row for row in self._rows if row["filter"] == filter_]
        if not rows:
            raise self._wrong(
                f"has answers under the filter {filter_}", f"only {', '.join(self.filters)}", "Name one."
            )
        return sorted(rows, key=lambda row: int(row["doc_id"]))

    def _field(self, row: Row, field: str) -> str:
        if not isinstance(row["doc"], Mapping) or field not in row["doc"]:
            raise self._wrong(
                f"has the field {field} in every document", f"none in item {row['doc_id']}", "Name another."
            )
        return str(row["doc"][field])

    def _read(self, path: Path) -> Iterator[Row]:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise self._wrong("can be read as UTF-8", type(error).__name__, "Check the path.") from error
        seen: set[tuple[str, Any]] = set()
        for number, line in enumerate(lines, start=1):
            if line.strip():
                row = self._row(number, line)
                place = (str(row["filter"]), row["doc_id"])
                if place in seen:
                    remedy = "It holds two runs: keep the lines of one."
                    raise self._wrong(
                        "holds every item once", f"item {row['doc_id']} again on line {number}", remedy
                    )
                seen.add(place)
                yield row

    def _row(self, number: int, line: str) -> Row:
        try:
            row = json.loads(line)
        except ValueError as error:
            raise self._wrong("is JSON Lines", f"something else on line {number}", FORM) from error
        needed = ("doc_id", "doc", "filter", "metrics", *HASHES)
        missing = [name for name in needed if not isinstance(row, dict) or name not in row]
        if missing:
            raise self._wrong("has the fields of a sample log", f"no {missing[0]} on line {number}", FORM)
        return dict(row)

    def _wrong(self, rule: str, found: str, remedy: str) -> UsageError:
        return UsageError(f"sample log {self._name}", rule, found, remedy)


def _items(rows: Iterable[Row]) -> Iterator[str]:
    turns: Counter[str] = Counter()
    for row in rows:
        document = str(row["doc_hash"])
        yield f"{document[:12]}" if not turns[document] else f"{document[:12]}#{turns[document] + 1}"
        turns[document] += 1


def _share(value: object) -> bool:
    """Whether it is a score in 0..1."""
    return isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1
