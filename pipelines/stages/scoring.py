"""Scores candidates on golden items, once for each candidate, split and suite."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.arm import Arm
from pipelines.core.base_model import ApprovedBase
from pipelines.core.candidate import Candidate
from pipelines.core.errors import DataError
from pipelines.core.evaluation import EvalReport, Output, Scores
from pipelines.core.golden_set import GoldenItem, GoldenSet, Split
from pipelines.core.model_spec import ModelSpec
from pipelines.core.value import canonical_json, sha256_hex, to_jsonl
from pipelines.ports import BaseModels, Evaluator

RESULT = "eval_report"


class Scorer:
    """Scores on one golden set with one suite. A report that exists is never computed again."""

    def __init__(
        self,
        spec: ModelSpec,
        golden: str,
        *,
        archive: Archive,
        bases: BaseModels,
        evaluator: Evaluator,
        scratch: Path,
    ) -> None:
        self._spec, self._golden = spec, golden
        self._archive, self._bases, self._evaluator, self._scratch = archive, bases, evaluator, scratch

    def score(self, candidate: Candidate, split: Split) -> EvalReport:
        """The report of a candidate; it is asked now unless it was before."""
        if report := self.report(candidate.arm, split):
            return report
        base = base_of(self._spec, candidate)
        with TemporaryDirectory(dir=self._scratch) as folder:
            bundle = Path(folder) / "bundle"
            self._archive.fetch_folder(candidate.bundle, bundle)
            scores = self._evaluator.score(
                arm=candidate.arm,
                folder=self._bases.folder(base),
                bundle=bundle,
                suite=self._spec.suite,
                items=self.items(split),
                max_answer_tokens=self._spec.max_answer_tokens,
            )
        report = self._report(candidate.arm, split, scores)
        return self._archive.settle(RESULT, self._key(candidate.arm, split), report)

    def report(self, arm: Arm, split: Split) -> EvalReport | None:
        """The report of an arm, if it was scored before."""
        return self._archive.settled(RESULT, self._key(arm, split), EvalReport)

    def items(self, split: Split) -> tuple[GoldenItem, ...]:
        golden = self._archive.fetch(GoldenSet, self._golden)
        lines = self._archive.read_blob(golden.items_of(split)).splitlines()
        return tuple(GoldenItem.model_validate_json(line) for line in lines)

    def outputs(self, report: EvalReport) -> tuple[Output, ...]:
        """What the arm of a report wrote."""
        lines = self._archive.read_blob(report.outputs).splitlines() if report.outputs else ()
        return tuple(Output.model_validate_json(line) for line in lines)

    def _report(self, arm: Arm, split: Split, scores: Scores) -> EvalReport:
        return EvalReport(
            arm=arm,
            golden=self._golden,
            split=split,
            suite=self._spec.suite.digest,
            items=scores.items,
            outputs=self._archive.keep_bytes(to_jsonl(scores.outputs)),
            usage=scores.usage,
            citations=_citations(scores.outputs),
        )

    def _key(self, arm: Arm, split: Split) -> str:
        parts = [arm.digest, self._golden, split, self._spec.suite.digest, self._spec.max_answer_tokens]
        return sha256_hex(canonical_json(parts))


def _citations(outputs: Sequence[Output]) -> float | None:
    judged = [output.grounded for output in outputs if output.grounded is not None]
    return sum(judged) / len(judged) if judged else None


def base_of(spec: ModelSpec, candidate: Candidate) -> ApprovedBase:
    """The approved base of a candidate. Raises DataError when it is no longer approved in this form."""
    for base in spec.ladder:
        if (base.name, base.sha256) == (candidate.base, candidate.base_sha256):
            return base
    raise DataError(
        f"base model {candidate.base} {candidate.base_sha256[:12]}",
        f"a candidate's base must be on the ladder of {spec.name} with the same digest",
        f"only {', '.join(f'{b.name} {b.sha256[:12]}' for b in spec.ladder)}",
        "Approve the base again, or block the versions on it with perennial rollback.",
    )
