"""How each training method makes a model of an approved base: which weights it trains, in what numbers."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import Refused
from pipelines.core.recipe import Recipe

Precision = Literal["float32", "bfloat16"]

# From this size on, multiplying in bf16 pays on a CPU with instructions for it: 97 M parameters ran 1.8 times
# as fast, 0.9 M 1.2 times, and tiny models need every bit.
CPU_BF16_PARAMETERS = 50_000_000


def precision(base: ApprovedBase) -> Precision:
    """In what numbers matrices are multiplied, whatever the weights are kept in: bf16 where the hardware has
    it, float32 where embeddings are trained, whose small updates bf16 would lose.
    """
    import torch

    if base.train_embeddings:
        return "float32"
    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    able = bool(torch.cpu.get_capabilities().get("avx512_bf16")) and base.parameters >= CPU_BF16_PARAMETERS
    return "bfloat16" if able else "float32"


def check_method(base: ApprovedBase, recipe: Recipe) -> None:
    """Raises Refused for a method that this machine cannot run; another one is never taken instead."""
    import torch

    if recipe.method != "qlora":
        return
    missing = None
    if not torch.cuda.is_available():
        missing = "no GPU"
    elif find_spec("bitsandbytes") is None:
        missing = "no bitsandbytes"
    elif base.train_embeddings:
        missing = f"the trained embeddings of {base.name}, which are not kept in 4 bits"
    if missing is not None:
        raise Refused(
            f"training on {base.name} with `method: qlora`",
            "runs on a GPU with the bitsandbytes package, on a base whose embeddings stay as they are",
            missing,
            "Train where they are, or write `method: lora` in the model's recipe.",
        )


def load_base(base: ApprovedBase, folder: Path, recipe: Recipe) -> Any:
    """The base as the method trains on it."""
    if recipe.method == "qlora":
        return _load(folder, "bfloat16", quantization_config=_four_bits(), device_map={"": 0})
    return _load(folder, kept_in(base, recipe))


def servable(model: Any, folder: Path, recipe: Recipe, scratch: Path) -> Any:
    """The trained model as it will be served. A QLoRA adapter is served on the base in 16 bits, so that is
    what is judged; every other model is served as it was trained. `scratch` is an empty folder.
    """
    if recipe.method != "qlora":
        return model
    from peft import PeftModel

    model.save_pretrained(scratch)
    served = _load(folder, "bfloat16").to(model.device)
    return PeftModel.from_pretrained(served, str(scratch), local_files_only=True)


def adapter_config(base: ApprovedBase, recipe: Recipe) -> Any | None:
    """What PEFT puts beside the base; None where the weights themselves are trained."""
    match recipe.method:
        case "lora" | "qlora":
            # Tiny tied bases need their embeddings trained; for real ones plain LoRA is what servers accept.
            embeddings = {"modules_to_save": ["embed_tokens", "lm_head"], "ensure_weight_tying": True}
            return _lora(recipe, task_type="CAUSAL_LM", **embeddings if base.train_embeddings else {})
        case "prompt_tuning":
            from peft import PromptTuningConfig

            # Begun from real embeddings: random ones lie where no token does, and hardly learn.
            return PromptTuningConfig(
                task_type="CAUSAL_LM",
                prompt_tuning_init="SAMPLE_VOCAB",
                num_virtual_tokens=recipe.virtual_tokens,
            )
        case "full":
            return None


def classifier_config(base: ApprovedBase, recipe: Recipe) -> Any:
    """LoRA under a new head, which PEFT trains and saves whole."""
    embeddings = {"modules_to_save": ["embed_tokens"]} if base.train_embeddings else {}
    return _lora(recipe, task_type="SEQ_CLS", **embeddings)


def kept_in(base: ApprovedBase, recipe: Recipe) -> Precision:
    """What the base's weights are kept in. Weights that are trained stay in float32, whatever they are
    multiplied in; frozen ones may be halved where a GPU multiplies them.
    """
    import torch

    frozen = recipe.method != "full" and torch.cuda.is_available()
    return precision(base) if frozen else "float32"


def _load(folder: Path, dtype: Precision, **options: Any) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=getattr(torch, dtype),
        trust_remote_code=False,
        local_files_only=True,
        use_safetensors=True,
        **options,
    )


def _four_bits() -> Any:
    """NF4 with double quantisation, multiplied in bf16: the QLoRA paper (Dettmers et al. 2023), section 3."""
    import torch
    from transformers import BitsAndBytesConfig

    config: Any = BitsAndBytesConfig
    return config(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def _lora(recipe: Recipe, **options: Any) -> Any:
    from peft import LoraConfig

    return LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=recipe.target_modules,
        **options,
    )
