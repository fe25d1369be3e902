"""What is wrong in the declarations: at most one problem a field, by file and line."""

from typing import NamedTuple

from pipelines.core.errors import DeclarationError

LONGEST_SHOWN = 80


class _Place(NamedTuple):
    file: str
    line: int


class Problems:
    """Collects problems, so that one reading names them all."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[_Place, DeclarationError]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, file: str, line: int, field: str, rule: str, found: str, remedy: str) -> None:
        """Keep one problem; a field that already has one keeps the first."""
        error = DeclarationError(f"{file}:{line}", f"{field}, {rule}", found, remedy)
        self._found.setdefault((file, field), (_Place(file, line), error))

    def all(self) -> tuple[DeclarationError, ...]:
        """Every problem by file and line."""
        return tuple(error for _, error in sorted(self._found.values(), key=lambda pair: pair[0]))

    def raise_first(self) -> None:
        """Raises the first problem as a DeclarationError, when there is one."""
        for error in self.all():
            raise error


def shown(value: object) -> str:
    """A value in the words of its file, cut where it gets long."""
    match value:
        case None:
            text = "nothing"
        case bool():
            text = "true" if value else "false"
        case str():
            text = f"`{value}`" if value.strip() else "empty text"
        case dict():
            text = "a mapping of " + ", ".join(map(str, value)) if value else "an empty mapping"
        case list() | tuple():
            text = "[" + ", ".join(map(shown, value)) + "]"
        case _:
            text = str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."
