"""TRL's trainer as a recipe wants it: every option that costs no quality is set for speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset  # type: ignore[import-untyped]
from trl.trainer.sft_config import SFTConfig

from pipelines.core.base_model import ApprovedBase
from pipelines.core.fit import fits
from pipelines.core.recipe import Recipe
from pipelines.integrations.methods import adapter_config, precision
from pipelines.integrations.sealed_sft import SealedSFTTrainer
from pipelines.integrations.training_job import on_gpu_with
from pipelines.integrations.training_rows import TokenRow


def sft_trainer(
    model: Any,
    tokenizer: Any,
    rows: Sequence[TokenRow],
    *,
    base: ApprovedBase,
    recipe: Recipe,
    binding: Mapping[str, str],
    scratch: Path,
    callbacks: Sequence[Any] = (),
) -> SealedSFTTrainer:
    """The trainer of a loaded base, ready to run; its checkpoints go to `scratch`, sealed with `binding`."""
    return SealedSFTTrainer(
        binding=binding,
        model=model,
        processing_class=tokenizer,
        args=_arguments(base, recipe, scratch, twice=_twice(model, rows, recipe)),
        train_dataset=Dataset.from_dict(
            {"input_ids": [row.input_ids for row in rows], "labels": [row.labels for row in rows]}
        ),
        peft_config=adapter_config(base, recipe),
        callbacks=list(callbacks),
    )


def _twice(model: Any, rows: Sequence[TokenRow], recipe: Recipe) -> bool:
    """Whether a GPU must compute activations a second time, since they do not fit. It changes no weight."""
    if not torch.cuda.is_available():
        return False
    longest = recipe.max_length if recipe.packing else max(len(row.input_ids) for row in rows)
    if recipe.method == "prompt_tuning":
        longest += recipe.virtual_tokens
    shape = model.config.get_text_config()
    free, _ = torch.cuda.mem_get_info()
    still_to_come = 0 if model.device.type == "cuda" else model.get_memory_footprint()
    return not fits(
        tokens=recipe.batch_size * longest,
        layers=shape.num_hidden_layers,
        hidden_size=shape.hidden_size,
        trained=model.num_parameters() if recipe.method == "full" else 0,
        free_bytes=free - still_to_come,
    )


def shared_arguments(base: ApprovedBase, recipe: Recipe, scratch: Path) -> dict[str, Any]:
    """The options of the transformers trainer that hold for every task."""
    cuda = torch.cuda.is_available()
    return {
        "output_dir": str(scratch),
        "num_train_epochs": recipe.epochs,
        "per_device_train_batch_size": recipe.batch_size,
        "gradient_accumulation_steps": recipe.gradient_accumulation,
        "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": recipe.warmup_steps,
        "weight_decay": recipe.weight_decay,
        "optim": "adamw_torch_fused",
        "bf16": precision(base) == "bfloat16",
        "use_liger_kernel": on_gpu_with("liger-kernel"),
        "use_cpu": not cuda,
        "dataloader_pin_memory": cuda,
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "save_strategy": "steps",
        "save_steps": recipe.save_steps,
        "save_total_limit": 2,  # old ones are removed before the new one is sealed
        "logging_steps": 20,
        "report_to": [],
        "disable_tqdm": True,
    }


def on_one_device(arguments: Any) -> Any:
    """One device a process: with several visible ones the batch would silently multiply."""
    arguments._n_gpu = min(1, arguments.n_gpu)
    return arguments


def _arguments(base: ApprovedBase, recipe: Recipe, scratch: Path, *, twice: bool) -> Any:
    arguments = SFTConfig(
        packing=recipe.packing,
        # Nothing is ever cut: longer rows were refused. A pack is as long as the longest row may be.
        max_length=recipe.max_length if recipe.packing else None,
        gradient_checkpointing=twice,
        **shared_arguments(base, recipe, scratch),
    )
    return on_one_device(arguments)
