"""Train: one candidate a rung, smallest base first, until one is good enough to be judged."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.base_model import ApprovedBase
from pipelines.core.candidate import Candidate
from pipelines.core.ladder import best, good_enough
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.core.training_set import Example, TrainingSet
from pipelines.core.value import canonical_json, sha256_hex
from pipelines.ports import BaseModels, Progress, Trainer
from pipelines.stages.scoring import Scorer

RESULT = "candidate"


@dataclass(frozen=True)
class Workshop:
    """Trains single rungs. `scratch` survives a crash: it holds the checkpoints of unfinished work."""

    archive: Archive
    bases: BaseModels
    trainer: Trainer
    scratch: Path
    progress: Progress

    def candidate(self, plan: Plan, spec: ModelSpec, base: ApprovedBase) -> Candidate:
        """The candidate of one rung. The same training set, base and recipe are never trained twice."""
        binding = {"training_set": plan.training_set, "base": base.sha256, "recipe": spec.recipe.digest}
        key = sha256_hex(canonical_json(binding))
        if done := self.archive.settled(RESULT, key, Candidate):
            self.progress(f"{base.name}: already trained on exactly this data")
            return done
        checkpoints = self.scratch / "training" / key
        checkpoints.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.scratch) as folder:
            out = Path(folder) / "bundle"
            steps = self.trainer.train(
                base=base,
                folder=self.bases.folder(base),
                examples=self._examples(plan.training_set),
                recipe=spec.recipe,
                binding=binding,
                scratch=checkpoints,
                out=out,
                progress=self.progress,
            )
            bundle = self.archive.keep_folder(out)
        candidate = Candidate(
            model=spec.name,
            training_set=plan.training_set,
            base=base.name,
            base_sha256=base.sha256,
            recipe=spec.recipe.digest,
            steps=steps,
            bundle=bundle,
        )
        settled = self.archive.settle(RESULT, key, candidate)
        # Only now can nothing need them any more.
        shutil.rmtree(checkpoints, ignore_errors=True)
        return settled

    def _examples(self, training_set: str) -> tuple[Example, ...]:
        lines = self.archive.read_blob(self.archive.fetch(TrainingSet, training_set).examples).splitlines()
        return tuple(Example.model_validate_json(line) for line in lines)


def train(plan: Plan, spec: ModelSpec, *, workshop: Workshop, scorer: Scorer) -> Candidate:
    """The first rung whose candidate holds every minimum on the dev items, else the best of all.

    The locked items are not looked at here.
    """
    candidates, reports = [], []
    for base in spec.ladder:
        candidate = workshop.candidate(plan, spec, base)
        report = scorer.fine_tuned(candidate, "dev")
        means = ", ".join(f"{m.label} {report.mean(m.task, m.name) or 0:.3f}" for m in spec.suite.metrics)
        workshop.progress(f"{base.name} on the dev items: {means}")
        if good_enough(report, spec.suite):
            return candidate
        candidates.append(candidate)
        reports.append(report)
    return candidates[best(reports, spec.suite)]
