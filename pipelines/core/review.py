"""What a reviewer reads: the decision as a page, a note on the version, and plain metrics."""

from __future__ import annotations

from pipelines.core.decision import GateDecision
from pipelines.core.promotion import Promotion


def review_page(decision: GateDecision) -> str:
    """The decision with every reason, as Markdown."""
    rows = [f"| {r.rule} | {r.verdict} | {_cell(r.text)} |" for r in decision.reasons]
    return "\n".join(
        [
            f"# {decision.verdict}: {decision.model}",
            "",
            "| rule | verdict | reason |",
            "|---|---|---|",
            *rows,
            "",
            f"Candidate `{decision.candidate}`  ",
            f"Champion `{decision.champion or 'none'}`  ",
            f"Training set `{decision.training_set}`  ",
            f"Golden set `{decision.golden}`",
            "",
        ]
    )


def version_note(promotion: Promotion, decision: GateDecision) -> str:
    """The description of a registered version: what it is made of, then why it passed."""
    candidate = promotion.candidate
    return (
        f"Version {promotion.version} of `{promotion.model}`, trained from `{candidate.base}` in "
        f"{candidate.steps} steps.\n\n{review_page(decision)}"
    )


def metrics_of(decision: GateDecision) -> dict[str, float]:
    """Numbers of the reasons under stable names: rule, position and field."""
    return {
        f"{number}.{reason.rule}.{field}": value
        for number, reason in enumerate(decision.reasons, start=1)
        for field, value in reason.numbers.items()
    }


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
