"""Scores arms on golden items, once for each arm, split and suite."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.base_model import ApprovedBase
from pipelines.core.candidate import Candidate
from pipelines.core.errors import DataError
from pipelines.core.evaluation import Arm, EvalReport
from pipelines.core.golden_set import GoldenItem, GoldenSet, Split
from pipelines.core.model_spec import ModelSpec
from pipelines.core.value import canonical_json, sha256_hex
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

    def zero_shot(self, base: ApprovedBase, split: Split) -> EvalReport:
        """The base model asked without any training."""
        arm = Arm(kind="zero_shot", base=base.name, subject=base.sha256)
        return self.report(arm, split) or self._score(arm, base, split, adapter=None)

    def fine_tuned(self, candidate: Candidate, split: Split) -> EvalReport:
        arm = arm_of(candidate)
        if report := self.report(arm, split):
            return report
        base = base_of(self._spec, candidate)
        with TemporaryDirectory(dir=self._scratch) as folder:
            bundle = Path(folder) / "bundle"
            self._archive.fetch_folder(candidate.bundle, bundle)
            return self._score(arm, base, split, adapter=bundle)

    def report(self, arm: Arm, split: Split) -> EvalReport | None:
        """The report of an arm, if it was scored before."""
        return self._archive.settled(RESULT, self._key(arm, split), EvalReport)

    def _score(self, arm: Arm, base: ApprovedBase, split: Split, *, adapter: Path | None) -> EvalReport:
        golden = self._archive.fetch(GoldenSet, self._golden)
        lines = self._archive.read_blob(golden.items_of(split)).splitlines()
        scores = self._evaluator.score(
            arm=arm,
            folder=self._bases.folder(base),
            adapter=adapter,
            suite=self._spec.suite,
            items=tuple(GoldenItem.model_validate_json(line) for line in lines),
            max_answer_tokens=self._spec.max_answer_tokens,
        )
        report = EvalReport(
            arm=arm, golden=self._golden, split=split, suite=self._spec.suite.digest, items=scores
        )
        return self._archive.settle(RESULT, self._key(arm, split), report)

    def _key(self, arm: Arm, split: Split) -> str:
        parts = [arm.digest, self._golden, split, self._spec.suite.digest, self._spec.max_answer_tokens]
        return sha256_hex(canonical_json(parts))


def arm_of(candidate: Candidate) -> Arm:
    return Arm(kind="fine_tuned", base=candidate.base, subject=candidate.digest)


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
