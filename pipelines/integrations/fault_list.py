"""Places that could not be read: all counted, the first ones kept."""

from collections.abc import Sequence

from pipelines.core.errors_csv import MOST_LISTED
from pipelines.core.rows import FaultGroup, RowFault
from pipelines.core.suggestion import LONGEST

_ALWAYS_KEPT = 1_000
# One more than the longest text for which another one is suggested.
_LONGEST_VALUE = LONGEST + 1


class FaultList:
    """Faults by their code. At most 100,000 places are kept, and at least the first 1,000 of every code."""

    def __init__(self) -> None:
        self.unread = 0
        self._kept = 0
        self._counts: dict[str, int] = {}
        self._first: dict[str, list[RowFault]] = {}

    def add_row(self, faults: Sequence[RowFault]) -> None:
        """All faults of one row."""
        self.unread += 1
        for fault in faults:
            first = self._first.setdefault(fault.code, [])
            self._counts[fault.code] = self._counts.get(fault.code, 0) + 1
            if self._kept < MOST_LISTED or len(first) < _ALWAYS_KEPT:
                first.append(fault._replace(value=_cut(fault.value)))
                self._kept += 1

    def groups(self) -> tuple[FaultGroup, ...]:
        return tuple(
            FaultGroup(code, self._counts[code], tuple(first)) for code, first in self._first.items()
        )


def _cut(value: object) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text[:_LONGEST_VALUE] if not isinstance(value, int) or len(text) > _LONGEST_VALUE else value
