"""Personal data and secrets that are planted in uploads, and the search for where they came to light.

Every planted value is unlike all others, so that a leak says what it was and where it had been planted.
"""

from __future__ import annotations

import gzip
import html
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

KINDS = ("email", "us_ssn", "credit_card", "iban", "phone", "secret")


class Marker(NamedTuple):
    """A planted value: `place` says where it was planted."""

    place: str
    value: str


class Planted(NamedTuple):
    """Rows of a table with columns id, question, answer, contact and amount, and all that was planted."""

    rows: tuple[dict[str, str], ...]
    markers: tuple[Marker, ...]


def marker(kind: str, number: int, place: str) -> Marker:
    """The `number`-th value of a kind, 0..9999, recognisable for what it is."""
    return Marker(f"{kind} in {place}", _MAKERS[kind](number))


def planted(start: int = 0) -> Planted:
    """For every kind and column one row that holds it there; the other cells are harmless."""
    rows, markers = [], []
    for kind in KINDS:
        for column in ("id", "question", "answer", "contact", "amount"):
            number = start + len(rows)
            mark = marker(kind, number, f"the column {column}")
            cells = {
                "id": f"{number}",
                "question": f"What is the rule number {number}?",
                "answer": f"The answer number {number}.",
                "contact": "",
                "amount": f"{number}.50",
            }
            rows.append(cells | {column: mark.value})
            markers.append(mark)
    return Planted(tuple(rows), tuple(markers))


def search(folder: Path, markers: Iterable[Marker], allowed: Iterable[str] = ()) -> list[str]:
    """ "PATH holds the KIND in PLACE" for every file below `folder` that holds a planted value.

    `allowed` are beginnings, or endings with a star before them, of paths below `folder`.
    """
    wanted = list(markers)
    allowances = tuple(allowed)
    leaks = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        name = path.relative_to(folder).as_posix()
        if not any(_allows(allowance, name) for allowance in allowances):
            leaks += [f"{name} holds the {place}" for place in found(path.read_bytes(), wanted)]
    return leaks


def found(data: bytes, markers: Iterable[Marker]) -> list[str]:
    """The places of the planted values that these bytes hold, as they are, escaped, or compressed."""
    plain = (data, *_unpacked(data))
    return [
        mark.place
        for mark in markers
        if any(form in content for form in _forms(mark.value) for content in plain)
    ]


def _allows(allowance: str, name: str) -> bool:
    return name.endswith(allowance[1:]) if allowance.startswith("*") else name.startswith(allowance)


def _forms(value: str) -> set[bytes]:
    """How a value is written in HTML, JSON, UTF-16, without its separators, and an address when it is cut."""
    bare = value.replace(" ", "").replace("-", "")
    written = {
        value,
        bare,
        html.escape(value),
        value.replace("+", "&#43;"),
        value.split("@")[0],
        json.dumps(value)[1:-1],
    }
    return {form.encode() for form in written} | {value.encode("utf-16-le")}


def _unpacked(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"\x1f\x8b"):
        try:
            yield gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return


def _checked(body: str) -> str:
    """The digits with the check digit of ISO/IEC 7812."""
    doubled = "".join(str(2 * int(digit)) for digit in body[::-2])
    return body + str(-sum(map(int, doubled + body[-2::-2])) % 10)


def _iban(number: int) -> str:
    account = f"37040044{number:010d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def _card(number: int) -> str:
    digits = _checked(f"45395787{number:07d}")
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


_MAKERS = {
    "email": lambda n: f"zelda.quorn{n:04d}@quornmail{n:04d}.net",
    "us_ssn": lambda n: f"527-8{n % 10}-{1000 + n}",
    "credit_card": _card,
    "iban": _iban,
    "phone": lambda n: f"+1 650-253-{1000 + n}",
    "secret": lambda n: f"ghp_{n:06d}abcdefghijklmnopqrstuvwxyzABCD",
}
