"""Trains classifiers: LoRA under a new head that chooses among the completions of the training set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import DataError, Refused
from pipelines.core.recipe import Recipe
from pipelines.core.training import Training
from pipelines.core.training_set import Example
from pipelines.integrations.classifier_bundle import bare_classifier, write_classifier
from pipelines.integrations.effort import effort
from pipelines.integrations.methods import classifier_config, kept_in
from pipelines.integrations.training_job import TrainingJob, bound_job
from pipelines.integrations.training_rows import prompt_ids
from pipelines.integrations.trl_trainer import PROBE_TEXT
from pipelines.ports import Progress, Trainer

# More are rather answers to be written than labels to be chosen.
MOST_LABELS = 1000


class ClassifierTrainer:
    """Implements `ports.Trainer` for recipes with `task: classification`; hands every other one on."""

    def __init__(self, otherwise: Trainer) -> None:
        self._otherwise = otherwise

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
        """As `TrlTrainer.train`; also raises DataError for completions that are no labels, and Refused for
        another method than LoRA.
        """
        rows = tuple(examples)
        given: dict[str, Any] = {
            "base": base,
            "folder": folder,
            "recipe": recipe,
            "binding": binding,
            "scratch": scratch,
        }
        if recipe.task != "classification":
            return self._otherwise.train(**given, examples=rows, out=out, progress=progress)
        _check_method(base, recipe)
        with effort() as taken:
            job = bound_job(**given, rows=rows)
            labels = labels_of(rows)
            ids = prompt_ids(rows, job.tokenizer(), base=base.name, max_length=recipe.max_length)
            places = [labels.index(_label(row)) for row in rows]
            model, steps = job.run(
                lambda callbacks: _trainer(job, ids, places, len(labels), callbacks), progress
            )
            _publish(model, job, labels, out)
        return Training(
            steps=steps,
            tokens=recipe.epochs * sum(map(len, ids)),
            seconds=taken.seconds,
            peak_memory_mib=taken.peak_memory_mib,
        )


def labels_of(rows: Sequence[Example]) -> tuple[str, ...]:
    """The distinct completions, sorted. Raises DataError for fewer than two and for more than MOST_LABELS."""
    labels = tuple(sorted({_label(row) for row in rows}))
    if not 2 <= len(labels) <= MOST_LABELS:
        raise DataError(
            "training set of a classifier",
            f"has from 2 to {MOST_LABELS} different completions, its labels",
            f"{len(labels)} in {len(rows)} rows",
            "Write `task: generation` in the model's recipe, or repair the rows.",
        )
    return labels


def _label(row: Example) -> str:
    return row.completion[-1].content


def _check_method(base: ApprovedBase, recipe: Recipe) -> None:
    if recipe.method != "lora" or recipe.packing:
        raise Refused(
            f"training a classifier on {base.name}",
            "uses `method: lora` without packing",
            f"`method: {recipe.method}`, `packing: {str(recipe.packing).lower()}`",
            "Change the model's recipe.",
        )


def _trainer(
    job: TrainingJob, ids: Sequence[Sequence[int]], places: Sequence[int], labels: int, callbacks: Any
) -> Any:
    from datasets import Dataset  # type: ignore[import-untyped]
    from peft import get_peft_model
    from transformers import DataCollatorWithPadding, TrainingArguments

    from pipelines.integrations.sealed_trainer import SealedTrainer
    from pipelines.integrations.sft_settings import on_one_device, shared_arguments

    tokenizer = job.tokenizer()
    tokenizer.padding_side = "right"
    dtype = kept_in(job.base, job.recipe)
    bare = bare_classifier(job.folder, labels, tokenizer.pad_token_id, dtype)
    return SealedTrainer(
        binding=job.binding,
        model=get_peft_model(bare, classifier_config(job.base, job.recipe)),
        processing_class=tokenizer,
        data_collator=DataCollatorWithPadding(tokenizer),
        args=on_one_device(TrainingArguments(**shared_arguments(job.base, job.recipe, job.scratch))),
        train_dataset=Dataset.from_dict({"input_ids": list(ids), "labels": list(places)}),
        callbacks=callbacks,
    )


def _publish(model: Any, job: TrainingJob, labels: Sequence[str], out: Path) -> None:
    tokenizer = job.tokenizer()
    probe = tokenizer.apply_chat_template(
        [{"role": "user", "content": PROBE_TEXT}], add_generation_prompt=True, return_dict=False
    )
    write_classifier(
        model,
        tokenizer,
        labels,
        base_folder=job.folder,
        base_name=job.base.name,
        out=out,
        probe_ids=probe,
        binding=job.binding,
    )
