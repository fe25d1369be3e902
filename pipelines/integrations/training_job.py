"""A job of training: bound to its inputs, resumed exactly, run to its last step or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import DataError, Tampered, Unavailable
from pipelines.core.recipe import Recipe
from pipelines.core.training_set import Example
from pipelines.core.value import canonical_json, sha256_hex
from pipelines.integrations.checkpoints import newest_sealed
from pipelines.integrations.folder_digest import folder_sha256
from pipelines.integrations.kernels import THREADS, device_kind, pin_kernels
from pipelines.integrations.methods import check_method, precision
from pipelines.integrations.quiet import offline_and_quiet
from pipelines.ports import Progress

LIBRARIES = ("accelerate", "peft", "tokenizers", "torch", "transformers", "trl")
# Used where there is a GPU and they are installed: weights of 4 bits, and faster layers.
OPTIONAL = ("bitsandbytes", "liger-kernel")

Make = Callable[[Sequence[Any]], Any]
"""Makes the trainer, from the callbacks that it is given. Nothing was drawn before."""


@dataclass(frozen=True)
class TrainingJob:
    """One training of one base. `binding` names all inputs; checkpoints stay in `scratch`."""

    base: ApprovedBase
    folder: Path
    recipe: Recipe
    binding: Mapping[str, str]
    scratch: Path

    def tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self.folder, trust_remote_code=False, local_files_only=True)

    def run(self, make: Make, progress: Progress) -> tuple[Any, int]:
        """The trained model and the optimizer steps, after the last step.

        Raises Refused when `scratch` belongs to other inputs, and Unavailable when SIGTERM stopped the run.
        """
        from transformers import set_seed

        from pipelines.integrations.sealed_trainer import ReportProgress, StopOnSigterm

        self.scratch.mkdir(parents=True, exist_ok=True)
        resume = newest_sealed(self.scratch, self.binding)
        progress(f"resuming from {resume.name}" if resume else f"training from {self.base.name}")
        pin_kernels()
        set_seed(self.recipe.seed)  # before anything is drawn: an adapter begins with random numbers
        stop = StopOnSigterm()
        trainer = make([stop, ReportProgress(progress)])
        try:
            trainer.train(resume_from_checkpoint=str(resume) if resume else None)
        finally:
            stop.restore()
        steps = int(trainer.state.global_step)
        if steps < trainer.state.max_steps:
            raise Unavailable(
                f"training on {self.base.name}",
                f"runs to step {trainer.state.max_steps}",
                f"a request to stop at step {steps}",
                "Run it again: it resumes exactly from the checkpoint it saved.",
            )
        return trainer.model, steps


def bound_job(
    *,
    base: ApprovedBase,
    folder: Path,
    rows: Sequence[Example],
    recipe: Recipe,
    binding: Mapping[str, str],
    scratch: Path,
) -> TrainingJob:
    """The job of these inputs, each of which it names by digest or version.

    Raises DataError for no rows, Tampered for another base than the approved one, and Refused for a method
    that this machine cannot run.
    """
    if not rows:
        raise DataError("training set", "holds at least one example", "none", "Drop data into a source.")
    offline_and_quiet()
    check_method(base, recipe)
    bound = {**binding, **_inputs(base, folder, rows, recipe)}
    return TrainingJob(base, folder, recipe, bound, scratch)


def on_gpu_with(package: str) -> bool:
    """Whether there is a GPU, and a package that only a GPU makes use of."""
    import torch

    return torch.cuda.is_available() and find_spec(package.replace("-", "_")) is not None


def _inputs(base: ApprovedBase, folder: Path, rows: Sequence[Example], recipe: Recipe) -> dict[str, str]:
    """Everything that decides the weights, by digest or name."""
    if (found := folder_sha256(folder)) != base.sha256:
        raise Tampered(
            f"base {base.name}",
            f"has the approved digest {base.sha256[:12]}",
            found[:12],
            "Remove the folder and build or fetch the base again.",
        )
    libraries = (*LIBRARIES, *filter(on_gpu_with, OPTIONAL))
    return {
        "base_sha256": base.sha256,
        "device": device_kind(),
        "examples": sha256_hex(canonical_json([row.model_dump(mode="json") for row in rows])),
        "precision": precision(base),
        "recipe": recipe.digest,
        "threads": str(THREADS),
        "world_size": "1",
        **{f"version_{name}": version(name) for name in libraries},
    }
