"""The review as one Markdown page: whole, and as the description of a registered version, which is short."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.core.decision import GateDecision
from pipelines.core.review import blocks
from pipelines.core.review.blocks import Block
from pipelines.core.review.markdown import plain
from pipelines.core.review_report import ReviewReport

LIMIT = 4900
"""MLflow refuses a description of more than 5000 characters when it keeps its tables in PostgreSQL."""
LEAST_IMPORTANT = (
    "digests",
    "use of the golden set",
    "cost and speed",
    "rules that hold",
    "worst slices",
    "what it is made of",
    "scores",
)
"""What is left out first where the page is too long, in this order."""
_MOST_ROWS = 8


def review_page(report: ReviewReport) -> str:
    """Everything, as Markdown; its links lead to the files beside it."""
    return _joined([_head(report, ""), *_blocks(report, "", None)])


def version_note(report: ReviewReport, link: str) -> str:
    """The description of a version, at most 4900 characters. `link` is where the artifacts of its run lie.

    What does not fit is left out, the least important block first, and the note says what.
    """
    found = [block for block in _blocks(report, link, _MOST_ROWS) if block.text]
    left_out: list[str] = []
    for name in ("", *LEAST_IMPORTANT):
        if any(block.name == name for block in found):
            found = [block for block in found if block.name != name]
            left_out.append(name)
        text = _joined([_head(report, link), *found, _said(left_out, link)])
        if len(text) <= LIMIT:
            break
    return text


def question_of(decision: GateDecision, page: str) -> str:
    """What a person reads in Airflow before an answer: verdict, reasons, and where the rest is."""
    rows = [f"- {reason.rule}: {plain(reason.text, 300)}" for reason in decision.reasons]
    return "\n".join(
        [
            f"**{decision.verdict}**: the gate passed a new {decision.model}. The reasons:",
            "",
            *rows,
            "",
            f"[Scores, plots and answers in MLflow]({page})",
        ]
    )


def _head(report: ReviewReport, link: str) -> Block:
    where = f"[Plots, slices and answers side by side]({link}report.html)"
    said = f"**{plain(report.sentence)}** {plain(report.because)}"
    text = f"# {report.decision.verdict}\n\n{said}\n\n{where}"
    return Block("verdict", text)


def _blocks(report: ReviewReport, link: str, most: int | None) -> list[Block]:
    """In the order in which they are read."""
    return [
        blocks.reasons(report, ("FAIL", "INCONCLUSIVE"), most),
        blocks.scores(report, most),
        blocks.made_of(report, link),
        blocks.slices(report),
        blocks.cost(report),
        blocks.golden(report),
        blocks.reasons(report, ("PASS",)),
        blocks.digests(report),
    ]


def _said(left_out: Sequence[str], link: str) -> Block:
    if not left_out:
        return Block("left out", "")
    return Block(
        "left out", f"Left out here for length: {', '.join(left_out)}. See [review.md]({link}review.md)."
    )


def _joined(found: Sequence[Block]) -> str:
    """MLflow's page sets a heading right under a table, so a blank line of its own stands between them."""
    texts = [block.text for block in found if block.text]
    return "\n\n".join(f"{text}\n\n\u00a0" if text.endswith("|") else text for text in texts) + "\n"
