"""What a steward who follows every suggestion would do to a CSV file, without a thought of their own."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable

from pipelines.core.report import RowError
from pipelines.core.suggestion import action_of


def repaired(text: str, errors: Iterable[RowError]) -> str:
    """The file with every suggestion in its place, and without the rows for which there is none."""
    by_line: defaultdict[int, list[RowError]] = defaultdict(list)
    for error in errors:
        if error.line is not None:
            by_line[error.line].append(error)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader)
    writer.writerow(header)
    start = reader.line_num + 1
    for fields in reader:
        wrong = by_line[start]
        start = reader.line_num + 1
        if all(action_of(error) == "replace" for error in wrong):
            for error in wrong:
                fields[header.index(error.column or "")] = error.suggestion or ""
            writer.writerow(fields)
    return stream.getvalue()
