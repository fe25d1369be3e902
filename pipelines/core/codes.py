"""Every code that a steward can meet, and the page that explains them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipelines.core.code import Code
from pipelines.core.file_codes import FILE_CODES
from pipelines.core.row_codes import COLUMN_CODES, ROW_CODES, TEXT_CODES
from pipelines.core.upload_codes import HOLD_CODES, LEFT_CODES, UPLOAD_CODES


class Chapter(NamedTuple):
    """Codes of one kind. `answer` says what happens to an upload that has one."""

    title: str
    answer: str
    codes: tuple[Code, ...]


CHAPTERS = (
    Chapter("Uploads", "Nothing of the upload is read, and the letter says why.", LEFT_CODES),
    Chapter("Files", "A file like this is refused, and with it the upload.", FILE_CODES),
    Chapter(
        "Rows that cannot be read",
        "The row is left out. Where more rows are wrong than the contract allows, the upload is rejected.",
        ROW_CODES,
    ),
    Chapter(
        "Values",
        "The contract says what follows: the row is left out, the upload is rejected, or the letter warns.",
        COLUMN_CODES,
    ),
    Chapter(
        "Language",
        "The same: the contract says how much each rule weighs.",
        TEXT_CODES,
    ),
    Chapter(
        "The upload as a whole",
        "The upload is rejected, or the letter warns.",
        UPLOAD_CODES,
    ),
    Chapter(
        "Uploads that wait for a word",
        "The upload is held until it is confirmed or replaced. The contract has these limits under `hold`. "
        "An upload without any row is held too, and can only be replaced.",
        HOLD_CODES,
    ),
)

_HEAD = """# Every code, with an example and its fix

Letters, `errors.csv` and `report.json` name what is wrong by one of these codes, or by the id that your
contract gives a rule; the kinds of rules are listed here too. This page is made from the code:
`pipelines/core/codes.py`.
"""


def render() -> str:
    """The page `data_contracts/ERRORS.md`, in Markdown."""
    return "\n".join(line for part in (iter([_HEAD]), *map(_chapter, CHAPTERS)) for line in part)


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"## {chapter.title}\n\n{chapter.answer}\n"
    yield "| code | what it means | for example | what to do |"
    yield "|---|---|---|---|"
    for known in chapter.codes:
        cells = (f"`{known.code}`", known.meaning, known.example, known.fix)
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
    yield ""
