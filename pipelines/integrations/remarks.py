"""What a reader left out of rows that it took: one sentence a kind and file, however many rows."""


class Remarks:
    """Counts what was ignored in one file. `what` is a name of the file format, never of the upload."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._seen: dict[str, tuple[int, int]] = {}

    def ignored(self, what: str, line: int) -> None:
        """Count a row, by the line it starts on."""
        count, first = self._seen.get(what, (0, line))
        self._seen[what] = (count + 1, first)

    def sentences(self) -> list[str]:
        """What the steward reads, in the order in which it was first seen."""
        return [
            f"{what} was ignored in {count:,} {'row' if count == 1 else 'rows'}, "
            f"first on line {first:,} of {self._file}"
            for what, (count, first) in self._seen.items()
        ]
