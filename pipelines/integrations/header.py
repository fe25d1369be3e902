"""Which place of a file's header holds which column of the contract."""

from collections.abc import Sequence

from pipelines.core.contract import Column
from pipelines.core.row_errors import shown
from pipelines.integrations.personal_data import redact
from pipelines.integrations.unreadable import unreadable

_SHOWN = 5


def column_order(header: Sequence[str], columns: Sequence[Column], *, line: int | None) -> tuple[int, ...]:
    """For each column of the contract its place in the header, which may be in any order.

    Raises UnreadableFile (`header`) when a name is missing, unknown or used twice. Where the contract
    knows personal columns, unknown names are only counted: the first row of a file without a header would
    put a person's data into the letter.
    """
    names = [name.strip() for name in header]
    wanted = [column.name for column in columns]
    quotable = not any(column.personal for column in columns)
    says = [
        _says("missing columns", [name for name in wanted if name not in names], True),
        _says("unknown columns", [name for name in names if name not in wanted], quotable),
        _says("columns that appear twice", sorted({n for n in names if names.count(n) > 1}), quotable),
    ]
    if any(says):
        raise unreadable(
            "the header does not fit the contract: " + "; ".join(filter(None, says)),
            code="header",
            fix="Let the first row name exactly these columns: " + ", ".join(wanted) + ".",
            line=line,
        )
    return tuple(names.index(name) for name in wanted)


def _says(what: str, names: Sequence[str], quotable: bool) -> str:
    if not names:
        return ""
    if not quotable:
        return f"{what}: {len(names)}"
    quoted = [shown(name, redact) or "(no name)" for name in names[:_SHOWN]]
    return f"{what}: {', '.join(quoted)}" + (
        f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    )
