"""The workshop: makes single candidates from a plan, trained or packed, each only once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.archive import Archive
from pipelines.core.arm import Method
from pipelines.core.base_model import ApprovedBase
from pipelines.core.candidate import Candidate
from pipelines.core.plan import Plan
from pipelines.core.prompt_recipe import PromptRecipe
from pipelines.core.recipe import Recipe
from pipelines.core.training import Training
from pipelines.core.training_set import Example, TrainingSet
from pipelines.core.value import canonical_json, sha256_hex
from pipelines.ports import BaseModels, Packer, Progress, Trainer

RESULT, EFFORT = "candidate", "training"
Make = Callable[[Path], Training | None]
"""Writes a bundle folder; says what the training took, None where nothing was trained."""


@dataclass(frozen=True)
class Workshop:
    """`scratch` survives a crash: it holds the checkpoints of unfinished work."""

    archive: Archive
    bases: BaseModels
    trainer: Trainer
    packer: Packer
    scratch: Path
    progress: Progress

    def trained(self, plan: Plan, base: ApprovedBase, recipe: Recipe) -> Candidate:
        """The candidate of a base. The same training set, base and recipe are never trained twice."""
        binding = _binding(plan, base, recipe.digest)
        key = _key(binding)
        if done := self.done(plan, base, recipe.digest):
            self.progress(f"{base.name}: already trained on exactly this data")
            return done
        checkpoints = self.scratch / "training" / key
        checkpoints.mkdir(parents=True, exist_ok=True)

        def make(out: Path) -> Training:
            return self.trainer.train(
                base=base,
                folder=self.bases.folder(base),
                examples=self.examples(plan.training_set),
                recipe=recipe,
                binding=binding,
                scratch=checkpoints,
                out=out,
                progress=self.progress,
            )

        candidate = self._candidate(plan, base, recipe.method, binding, make)
        # Only now can nothing need them any more.
        shutil.rmtree(checkpoints, ignore_errors=True)
        return candidate

    def packed(self, plan: Plan, base: ApprovedBase, recipe: PromptRecipe) -> Candidate:
        """The prompt package of a base: what the data adds to it without any training."""
        binding = _binding(plan, base, recipe.digest)
        if done := self.done(plan, base, recipe.digest):
            return done

        def make(out: Path) -> None:
            self.packer.pack(
                base=base,
                folder=self.bases.folder(base),
                examples=self.examples(plan.training_set),
                recipe=recipe,
                binding=binding,
                out=out,
            )

        return self._candidate(plan, base, recipe.kind, binding, make)

    def done(self, plan: Plan, base: ApprovedBase, recipe: str) -> Candidate | None:
        """The candidate of a plan, base and recipe, if it was made."""
        return self.archive.settled(RESULT, _key(_binding(plan, base, recipe)), Candidate)

    def effort(self, candidate: Candidate) -> Training | None:
        """What the training of a candidate took, None where nothing was trained."""
        return self.archive.settled(EFFORT, candidate.digest, Training)

    def examples(self, training_set: str) -> tuple[Example, ...]:
        """The examples of a training set, by its digest, in training order."""
        lines = self.archive.read_blob(self.archive.fetch(TrainingSet, training_set).examples).splitlines()
        return tuple(Example.model_validate_json(line) for line in lines)

    def _candidate(
        self, plan: Plan, base: ApprovedBase, method: Method, binding: Mapping[str, str], make: Make
    ) -> Candidate:
        with TemporaryDirectory(dir=self.scratch) as folder:
            out = Path(folder) / "bundle"
            training = make(out)
            bundle = self.archive.keep_folder(out)
        candidate = Candidate(
            model=plan.model,
            training_set=plan.training_set,
            base=base.name,
            base_sha256=base.sha256,
            method=method,
            recipe=binding["recipe"],
            steps=training.steps if training else 0,
            bundle=bundle,
        )
        if training:
            self.archive.settle(EFFORT, candidate.digest, training)
        return self.archive.settle(RESULT, _key(binding), candidate)


def _binding(plan: Plan, base: ApprovedBase, recipe: str) -> dict[str, str]:
    return {"training_set": plan.training_set, "base": base.sha256, "recipe": recipe}


def _key(binding: Mapping[str, str]) -> str:
    return sha256_hex(canonical_json(dict(binding)))
