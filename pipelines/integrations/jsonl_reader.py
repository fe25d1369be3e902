"""JSON Lines: one object a line."""

from pipelines.core.contract import Contract
from pipelines.core.rows import Records
from pipelines.integrations.archives import TextFile
from pipelines.integrations.json_rows import Broken, JsonRows, Texts
from pipelines.integrations.limits import Allowance
from pipelines.integrations.text_lines import whole_lines
from pipelines.integrations.unreadable import unreadable

_ENDS = ("\n", "\r")


def read_jsonl(file: TextFile, contract: Contract, allowance: Allowance, notes: list[str]) -> Records:
    """The rows, each with its line. A key that is left out is a missing value. Raises UnreadableFile.

    `notes` gets one sentence for each kind of thing that was ignored.
    """
    lines = range(1, 1)
    last: int | None = None

    def judge(broken: Broken) -> None:
        if broken.first:
            _check_first(broken)
        if broken.line == last:
            _check_last(broken)

    rows = JsonRows(file.name, contract, judge)
    for text in whole_lines(file.stream, allowance.limits):
        # Bytes are split at LF, CRLF and CR, texts also at characters that a value may hold.
        texts = text.encode().splitlines()
        lines = range(lines.stop, lines.stop + len(texts))
        last = None if text.endswith(_ENDS) else lines[-1]
        yield from rows.records(Texts(lines, texts))
    if not rows.seen:
        raise unreadable("the file holds no row", code="empty", fix="Upload the file with its rows.")
    notes.extend(rows.remarks.sentences())


def _check_first(broken: Broken) -> None:
    """Raises UnreadableFile where the first row tells that the whole file is another kind of JSON."""
    start = broken.text.strip()
    if start.startswith("["):
        raise unreadable(
            "the file is one JSON list and not one object a line",
            code="format",
            fix="Rename the file so that its name ends in .json, and upload it again.",
            line=broken.line,
        )
    if start == "{":
        raise unreadable(
            "the file spreads an object over several lines and does not hold one object a line",
            code="format",
            fix="Write each object on one line; or put all of them, with commas between them, into [ and ], "
            "and name the file .json.",
            line=broken.line,
        )


def _check_last(broken: Broken) -> None:
    """Raises UnreadableFile where a last line without an end stops in the middle of its object."""
    text, at = broken.text.strip(), broken.error.at
    if at is None or not text.startswith("{"):
        return
    if not text.endswith("}") or at >= len(broken.text.rstrip()) or broken.error.unclosed:
        raise unreadable(
            "the file ends in the middle of this line: it was cut off",
            code="truncated",
            fix="Export the file again and repeat the upload.",
            line=broken.line,
        )
