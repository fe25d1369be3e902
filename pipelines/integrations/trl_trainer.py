"""Fine-tunes with TRL and PEFT: equal inputs give an equal bundle, byte for byte, even when resumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import Refused
from pipelines.core.recipe import Recipe
from pipelines.core.training import Training
from pipelines.core.training_set import Example
from pipelines.integrations.bundle import write_bundle
from pipelines.integrations.effort import effort
from pipelines.integrations.methods import load_base, servable
from pipelines.integrations.training_job import TrainingJob, bound_job
from pipelines.integrations.training_rows import token_rows
from pipelines.ports import Progress

# Not a training row: a bundle travels further than its training set.
PROBE_TEXT = "Say in one sentence what you are asked most often."


class TrlTrainer:
    """Implements `ports.Trainer` in this process, on the GPU when there is one."""

    def train(
        self,
        *,
        base: ApprovedBase,
        folder: Path,
        examples: Iterable[Example],
        recipe: Recipe,
        binding: Mapping[str, str],
        scratch: Path,
        out: Path,
        progress: Progress,
    ) -> Training:
        """Fine-tune into the bundle folder `out`, complete or absent; returns what it took.

        Checkpoints stay in `scratch`. Raises DataError for rows longer than the recipe allows, Tampered
        for another base than the approved one, Refused for a method that this machine cannot run and when
        `scratch` belongs to other inputs, and Unavailable when SIGTERM stopped the run: called again, it
        goes on where it stopped.
        """
        if recipe.task != "generation":
            raise Refused(
                f"training on {base.name}",
                "learns to write answers",
                f"`task: {recipe.task}`",
                "Change the task.",
            )
        rows = tuple(examples)
        with effort() as taken:
            job = bound_job(
                base=base, folder=folder, rows=rows, recipe=recipe, binding=binding, scratch=scratch
            )
            tokens = token_rows(rows, job.tokenizer(), base=base.name, max_length=recipe.max_length)

            def make(callbacks: Any) -> Any:
                from pipelines.integrations.sft_settings import sft_trainer

                return sft_trainer(
                    load_base(base, folder, recipe),
                    job.tokenizer(),
                    tokens,
                    base=base,
                    recipe=recipe,
                    binding=job.binding,
                    scratch=scratch,
                    callbacks=callbacks,
                )

            model, steps = job.run(make, progress)
            _publish(model, job, out)
        return Training(
            steps=steps,
            tokens=recipe.epochs * sum(len(row.input_ids) for row in tokens),
            seconds=taken.seconds,
            peak_memory_mib=taken.peak_memory_mib,
        )


def _publish(model: Any, job: TrainingJob, out: Path) -> None:
    tokenizer = job.tokenizer()
    probe = tokenizer.apply_chat_template(
        [{"role": "user", "content": PROBE_TEXT}], add_generation_prompt=True, return_dict=False
    )
    with TemporaryDirectory(dir=job.scratch) as empty:
        write_bundle(
            servable(model, job.folder, job.recipe, Path(empty)),
            tokenizer,
            base_folder=job.folder,
            out=out,
            probe_text_ids=probe,
            binding=job.binding,
            base_name=job.base.name,
            method=job.recipe.method,
        )
