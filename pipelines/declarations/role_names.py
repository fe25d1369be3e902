"""What column names usually mean: the part that a column plays, and whether it is about a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

USUAL: Mapping[str, tuple[str, ...]] = {
    "prompt": ("question", "instruction", "prompt", "query", "input", "user", "ask"),
    "completion": ("answer", "response", "completion", "output", "reply", "assistant", "target"),
    "context": ("context", "passage", "document", "input", "system", "background"),
    "item": ("id", "item", "item_id", "uid", "uuid", "key"),
    "origin": ("origin", "author_kind", "written_by", "generator", "teacher"),
    "consent": ("consent", "agreed", "opt_in"),
    "retention": ("retention", "retain_until", "delete_after", "expires", "expiry"),
}
"""{part: column names that usually play it, the surest first}."""
_PERSONAL = re.compile(
    r"(^|_)(e?_?mail|phone|mobile|telephone|ssn|social_security|iban|passport|birth(day|date)?|dob|address|name"
    r"|first_?name|last_?name|surname)($|_)"
)


def usual_roles(columns: Sequence[str]) -> dict[str, str]:
    """{part: column} for the columns whose names say it; one part a column."""
    plain = {column.strip().lower().replace(" ", "_").replace("-", "_"): column for column in columns}
    found: dict[str, str] = {}
    for part, names in USUAL.items():
        free = (plain[name] for name in names if name in plain and plain[name] not in found.values())
        column = next(free, None)
        if column is not None:
            found[part] = column
    return found


def sounds_personal(column: str) -> bool:
    """Whether a column of this name usually holds something about a person."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower().replace(" ", "_").replace("-", "_")
    return _PERSONAL.search(words) is not None
