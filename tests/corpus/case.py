"""One hostile or odd upload and the one right answer to it.

Every theme module holds a tuple `CASES`: `taken` (every row is read, exactly these), `faulty` (rows that
are named and left out) and `refused` (the upload is answered without a row).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from upload_samples import CELLS, HEADER, contract

from pipelines.core.contract import Contract
from pipelines.integrations.limits import Limits

CONTRACT = contract()
LIMITS = Limits()
H = HEADER.encode()
ROW = b"q1,a1,2024,1.5\n"
CELL = CELLS[0]

Verdict = Literal["read", "faults", "refused"]
Cells = Sequence[tuple[object, ...]]
Files = Mapping[str, bytes]


class Place(NamedTuple):
    """Where something is wrong: a physical line counted from 1, None for a file as a whole."""

    line: int | None
    column: str | None
    code: str


class Case(NamedTuple):
    """`rows` is how many are read, `cells` what they hold; `says` must stand in what the steward reads."""

    name: str
    files: Files
    verdict: Verdict
    places: tuple[Place, ...] = ()
    rows: int = 0
    cells: tuple[tuple[object, ...], ...] | None = None
    says: str = ""
    contract: Contract = CONTRACT
    limits: Limits = LIMITS


def taken(
    name: str,
    files: Files,
    cells: Cells = (CELL,),
    says: str = "",
    of: Contract = CONTRACT,
    limits: Limits = LIMITS,
) -> Case:
    """Every row is read, with exactly these cells; `says` stands in a note."""
    return Case(name, files, "read", (), len(cells), tuple(cells), says, of, limits)


def faulty(
    name: str, files: Files, *places: tuple[int, str | None, str], rows: int = 0, of: Contract = CONTRACT
) -> Case:
    """Exactly these places are named, and `rows` good rows are read beside them."""
    return Case(name, files, "faults", tuple(Place(*place) for place in places), rows, contract=of)


def refused(
    name: str,
    files: Files,
    code: str,
    line: int | None = None,
    says: str = "",
    of: Contract = CONTRACT,
    limits: Limits = LIMITS,
) -> Case:
    """The file is refused as a whole, at this line; `says` stands in the reason."""
    return Case(name, files, "refused", (Place(line, None, code),), says=says, contract=of, limits=limits)


def csv(body: bytes) -> Files:
    """A comma-separated file with the sample header."""
    return {"a.csv": H + body}


def whole_csv(data: bytes) -> Files:
    return {"a.csv": data}
