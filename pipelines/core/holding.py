"""Whether an upload that keeps its contract must wait for its steward's word all the same."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.contract import Contract, HoldRules
from pipelines.core.profile import Changes

_MOST_NAMED = 10
_CONFIRM = "if it is meant, confirm the upload"


def reasons_to_hold(
    contract: Contract, rows: int, previous_rows: int | None, changes: Changes | None
) -> tuple[str, ...]:
    """What the steward should look at before the rows replace the last accepted ones; empty lets them pass.

    A first upload has nothing to compare with. A measure that could not be taken holds nothing up.
    """
    hold = contract.hold
    return (*_shrinking(hold, rows, previous_rows), *_changing(hold, rows, changes))


def _shrinking(hold: HoldRules, rows: int, previous: int | None) -> Iterator[str]:
    if hold.shrink_percent is None or previous is None or rows >= previous:
        return
    if 100 * (previous - rows) >= hold.shrink_percent * previous:
        fewer = _plain(100 * (previous - rows) / previous)
        yield (
            f"The upload has {_rows(rows)} and the last accepted one had {previous:,}: {fewer} % fewer, and "
            f"{_plain(hold.shrink_percent)} % are enough to ask. Check that the file is whole; {_CONFIRM}."
        )


def _changing(hold: HoldRules, rows: int, changes: Changes | None) -> Iterator[str]:
    if changes is None:
        return
    if changes.lost_categories:
        yield _lost(changes.lost_categories)
    fresh = changes.added + changes.updated
    if hold.novelty_percent is not None and 100 * fresh > hold.novelty_percent * rows:
        yield (
            f"{fresh:,} of {_rows(rows)} are new or changed: {_plain(100 * fresh / rows)} %, and "
            f"{_plain(hold.novelty_percent)} % are expected at most. "
            f"Check that this is the right file; {_CONFIRM}."
        )
    if hold.psi is not None and changes.psi is not None and changes.psi > hold.psi:
        yield (
            "The lengths of the texts, or the shares of the groups, differ much from the last accepted "
            f"upload: {changes.psi:.2f} where 0 is no difference, and {_plain(hold.psi)} is allowed. "
            f"Check that nothing was cut off or left out; {_CONFIRM}."
        )
    if hold.auc is not None and changes.auc is not None and changes.auc > hold.auc:
        yield (
            "The texts differ much from those of the last accepted upload: of two texts, the new one is "
            f"picked out {_plain(100 * changes.auc)} % of the time, where 50 % is guessing and "
            f"{_plain(100 * hold.auc)} % is allowed. "
            f"Check that the texts are from the right source; {_CONFIRM}."
        )


def _lost(categories: tuple[str, ...]) -> str:
    named = ", ".join(categories[:_MOST_NAMED])
    more = f" and {len(categories) - _MOST_NAMED:,} more" if len(categories) > _MOST_NAMED else ""
    return (
        f"The last accepted upload had rows for {named}{more}, and this one has none. "
        f"Check that no part is missing; {_CONFIRM}."
    )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _plain(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number >= 1 else f"{number:g}"
