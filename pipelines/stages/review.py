"""Review: put a decision with all its evidence where reviewers look, whether it passed or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.errors import DataError
from pipelines.core.evaluation import EvalReport, Output
from pipelines.core.explanation import Explanation
from pipelines.core.gate.evidence import Evidence
from pipelines.core.golden_set import GoldenItem, GoldenSet
from pipelines.core.model_spec import ModelSpec
from pipelines.core.review.build import Exhibits, review_of
from pipelines.core.review.note import review_page
from pipelines.core.review.numbers import metrics_of
from pipelines.core.review_report import ReviewReport
from pipelines.core.training import Training
from pipelines.core.training_set import TrainingSet
from pipelines.core.value import Value
from pipelines.ports import ModelRegistry
from pipelines.stages.explain import explanation_of
from pipelines.stages.gate import EVIDENCE
from pipelines.stages.workshop import EFFORT

Page = Callable[[ReviewReport], bytes]
"""Draws a report as one page."""


@dataclass(frozen=True)
class Board:
    """Where reviewers look, and what it takes to put something there."""

    archive: Archive
    registry: ModelRegistry
    page: Page
    scratch: Path


def record(decision: GateDecision, *, board: Board) -> str:
    """Log the decision as a run of the registry; returns the run. Safe to repeat.

    Beside `report.html`, `review.md` and `decision.json` lie the values that the decision names: the sha256
    of each of these files is its digest.
    """
    report = report_of(decision, board.archive)
    with TemporaryDirectory(dir=board.scratch) as folder:
        files = Path(folder)
        (files / "report.html").write_bytes(board.page(report))
        (files / "review.md").write_text(review_page(report), encoding="utf-8")
        for name, value in _named(decision, board.archive):
            (files / f"{name}.json").write_bytes(value.to_json())
        return board.registry.record(decision.model, decision.digest, metrics=metrics_of(report), files=files)


def supplement(decision: GateDecision, explanation: Explanation, *, board: Board) -> None:
    """Draw the report of a recorded decision again, now that there is an explanation. Safe to repeat."""
    report = report_of(decision, board.archive)
    with TemporaryDirectory(dir=board.scratch) as folder:
        files = Path(folder)
        (files / "report.html").write_bytes(board.page(report))
        (files / "explanation.json").write_bytes(explanation.to_json())
        board.registry.attach(decision.model, decision.digest, files=files)


def report_of(decision: GateDecision, archive: Archive) -> ReviewReport:
    """What a reviewer sees of a decision. Raises DataError where its evidence is not in the archive."""
    evidence = archive.settled(EVIDENCE, decision.digest, Evidence)
    if evidence is None:
        raise DataError(
            f"decision {decision.digest[:12]} of {decision.model}",
            "a decision's evidence must be in the archive",
            "none",
            "Run the gate stage again: it settles the evidence before it decides.",
        )
    golden = archive.fetch(GoldenSet, decision.golden)
    exhibits = Exhibits(
        candidate=archive.fetch(Candidate, decision.candidate),
        training_set=archive.fetch(TrainingSet, decision.training_set),
        golden=golden,
        items=_items(golden, archive),
        outputs={report.digest: _outputs(report, archive) for _, report in evidence.arms},
        training=archive.settled(EFFORT, decision.candidate, Training),
        explanation=explanation_of(decision.digest, archive),
    )
    return review_of(evidence, decision, exhibits)


def _named(decision: GateDecision, archive: Archive) -> tuple[tuple[str, Value], ...]:
    """The values behind a decision, under the names that pages link to."""
    return (
        ("decision", decision),
        ("candidate", archive.fetch(Candidate, decision.candidate)),
        ("training_set", archive.fetch(TrainingSet, decision.training_set)),
        ("golden_set", archive.fetch(GoldenSet, decision.golden)),
        ("model_spec", archive.fetch(ModelSpec, decision.spec)),
    )


def _items(golden: GoldenSet, archive: Archive) -> Sequence[GoldenItem]:
    lines = archive.read_blob(golden.items_of("gate")).splitlines()
    return tuple(GoldenItem.model_validate_json(line) for line in lines)


def _outputs(report: EvalReport, archive: Archive) -> Sequence[Output]:
    lines = archive.read_blob(report.outputs).splitlines() if report.outputs else ()
    return tuple(Output.model_validate_json(line) for line in lines)
