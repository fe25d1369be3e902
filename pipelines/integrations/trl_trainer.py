"""Fine-tunes with TRL and PEFT LoRA: equal inputs give an equal bundle, byte for byte, even when resumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import DataError, Tampered, Unavailable
from pipelines.core.recipe import Recipe
from pipelines.core.training_set import Example
from pipelines.core.value import canonical_json, sha256_hex
from pipelines.integrations.bundle import write_bundle
from pipelines.integrations.checkpoints import newest_sealed
from pipelines.integrations.folder_digest import folder_sha256
from pipelines.integrations.kernels import THREADS, device_kind, pin_kernels
from pipelines.integrations.quiet import offline_and_quiet
from pipelines.ports import Progress

if TYPE_CHECKING:
    from pipelines.integrations.sealed_sft import SealedSFTTrainer, StopOnSigterm

LIBRARIES = ("accelerate", "peft", "tokenizers", "torch", "transformers", "trl")
# Not a training row: a bundle travels further than its training set.
PROBE_TEXT = "Say in one sentence what you are asked most often."


class TrlTrainer:
    """Implements `ports.Trainer` in this process: fp32 on the CPU, bf16 on a GPU when there is one."""

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
    ) -> int:
        """Fine-tune into the bundle folder `out`, complete or absent; returns the optimizer steps done.

        Checkpoints stay in `scratch`. Raises DataError for rows longer than the recipe allows, Tampered
        for another base than the approved one, Refused when `scratch` belongs to other inputs, and
        Unavailable when SIGTERM stopped the run: called again, it goes on where it stopped.
        """
        rows = tuple(examples)
        if not rows:
            raise DataError("training set", "holds at least one example", "none", "Drop data into a source.")
        offline_and_quiet()
        bound = {**binding, **_inputs(base, folder, rows, recipe)}
        scratch.mkdir(parents=True, exist_ok=True)
        resume = newest_sealed(scratch, bound)
        progress(f"resuming from {resume.name}" if resume else f"training from {base.name}")
        trainer, stop = _trainer(base, folder, rows, recipe, bound, scratch, progress)
        try:
            trainer.train(resume_from_checkpoint=str(resume) if resume else None)
        finally:
            stop.restore()
        steps = int(trainer.state.global_step)
        if steps < trainer.state.max_steps:
            raise Unavailable(
                f"training on {base.name}",
                f"runs to step {trainer.state.max_steps}",
                f"a request to stop at step {steps}",
                "Run it again: it resumes exactly from the checkpoint it saved.",
            )
        _publish(trainer.model, base, folder, bound, out)
        return steps


def _inputs(base: ApprovedBase, folder: Path, rows: Sequence[Example], recipe: Recipe) -> dict[str, str]:
    """Everything that decides the weights, by digest or name."""
    if (found := folder_sha256(folder)) != base.sha256:
        raise Tampered(
            f"base {base.name}",
            f"has the approved digest {base.sha256[:12]}",
            found[:12],
            "Remove the folder and build or fetch the base again.",
        )
    return {
        "base_sha256": base.sha256,
        "device": device_kind(),
        "examples": sha256_hex(canonical_json([row.model_dump(mode="json") for row in rows])),
        "recipe": recipe.digest,
        "threads": str(THREADS),
        "world_size": "1",
        **{f"version_{name}": version(name) for name in LIBRARIES},
    }


def _trainer(
    base: ApprovedBase,
    folder: Path,
    rows: Sequence[Example],
    recipe: Recipe,
    bound: Mapping[str, str],
    scratch: Path,
    progress: Progress,
) -> tuple[SealedSFTTrainer, StopOnSigterm]:
    """The trainer, ready to run. The order matters: kernels, seed, model, adapter."""
    from datasets import Dataset  # type: ignore[import-untyped]
    from transformers import set_seed

    from pipelines.integrations.sealed_sft import ReportProgress, SealedSFTTrainer, StopOnSigterm

    pin_kernels()
    set_seed(recipe.seed)
    stop = StopOnSigterm()
    trainer = SealedSFTTrainer(
        binding=bound,
        model=_load_base(base, folder),
        processing_class=_load_tokenizer(folder),
        args=_arguments(base, recipe, scratch),
        train_dataset=Dataset.from_list([_columns(row) for row in rows]),
        peft_config=_lora(base, recipe),
        callbacks=[stop, ReportProgress(progress)],
    )
    tokenized: Any = trainer.train_dataset
    too_long = sum(len(ids) > recipe.max_length for ids in tokenized["input_ids"])
    if too_long:
        raise DataError(
            "training set",
            f"has no example longer than {recipe.max_length} tokens of {base.name}",
            f"{too_long} of {len(rows)} longer",
            "Shorten these rows, or raise max_length in the model's recipe.",
        )
    return trainer, stop


def _columns(row: Example) -> dict[str, Any]:
    """Prompt and completion apart, so that the loss counts the completion only."""
    return {
        "prompt": [message.model_dump() for message in row.prompt],
        "completion": [message.model_dump() for message in row.completion],
    }


def _half(base: ApprovedBase) -> bool:
    """Whether to use bf16: on a GPU, unless embeddings are trained, whose small updates it would lose."""
    import torch

    return torch.cuda.is_available() and not base.train_embeddings


def _load_base(base: ApprovedBase, folder: Path) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=torch.bfloat16 if _half(base) else torch.float32,
        trust_remote_code=False,
        local_files_only=True,
        use_safetensors=True,
    )


def _load_tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)


def _lora(base: ApprovedBase, recipe: Recipe) -> Any:
    """Tiny tied bases need their embeddings trained; for real ones plain LoRA is what servers accept."""
    from peft import LoraConfig

    embeddings: dict[str, Any] = {}
    if base.train_embeddings:
        embeddings = {"modules_to_save": ["embed_tokens", "lm_head"], "ensure_weight_tying": True}
    return LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=recipe.target_modules,
        task_type="CAUSAL_LM",
        **embeddings,
    )


def _arguments(base: ApprovedBase, recipe: Recipe, scratch: Path) -> Any:
    import torch
    from trl.trainer.sft_config import SFTConfig

    cuda = torch.cuda.is_available()
    arguments = SFTConfig(
        output_dir=str(scratch),
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=recipe.warmup_steps,
        weight_decay=recipe.weight_decay,
        optim="adamw_torch_fused",
        max_length=None,  # nothing is ever cut: longer rows were refused
        gradient_checkpointing=False,
        bf16=_half(base),
        use_cpu=not cuda,
        dataloader_pin_memory=cuda,
        seed=recipe.seed,
        data_seed=recipe.seed,
        save_strategy="steps",
        save_steps=recipe.save_steps,
        save_total_limit=2,  # old ones are removed before the new one is sealed
        logging_steps=20,
        report_to=[],
        disable_tqdm=True,
    )
    # One device a process: with several visible ones the batch would silently multiply.
    arguments._n_gpu = min(1, arguments.n_gpu)
    return arguments


def _publish(model: Any, base: ApprovedBase, folder: Path, bound: Mapping[str, str], out: Path) -> None:
    tokenizer = _load_tokenizer(folder)
    probe = tokenizer.apply_chat_template(
        [{"role": "user", "content": PROBE_TEXT}], add_generation_prompt=True, return_dict=False
    )
    write_bundle(
        model,
        tokenizer,
        base_folder=folder,
        out=out,
        probe_text_ids=probe,
        binding=bound,
        base_name=base.name,
    )
