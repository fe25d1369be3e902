"""A bundle as it answers: with its adapter merged into the base where there is one, and proven again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pipelines.core.errors import Tampered
from pipelines.integrations.bundle import PROBE, TOLERANCE, LoadedBundle, dtype_of, load_bundle, logits_of

# Largest difference of the merged model's logits to the trainer's, in float32. Merging adds the adapter's
# product to the weights before instead of after the multiplication, so sums round differently; a wrong merge
# is off by far more.
MERGED_TOLERANCE: Final = 1e-3


def load_merged(folder: Path, base_folder: Path) -> LoadedBundle:
    """Load a bundle as evaluation and serving ask it. Only an adapter is merged: a whole model, a prompt
    package and learned virtual tokens have nothing to merge.

    Raises Tampered as `load_bundle` does, and when the merged model does not give the trainer's logits.
    """
    loaded = load_bundle(folder, base_folder)
    if not _mergeable(loaded.model):
        return loaded
    model = loaded.model.merge_and_unload().eval()
    difference = _prove_merged(folder, model)
    return replace(loaded, model=model, logit_difference=max(loaded.logit_difference, difference))


def _mergeable(model: Any) -> bool:
    from peft import PeftModel

    return isinstance(model, PeftModel) and not model.active_peft_config.is_prompt_learning


def _prove_merged(folder: Path, model: Any) -> float:
    """Largest absolute difference to the trainer's logits. Raises Tampered beyond the tolerance."""
    from safetensors.torch import load_file

    probe = load_file(folder / PROBE)
    expected = probe["logits"].float()
    difference = float((logits_of(model, probe["input_ids"]) - expected).abs().max())
    limit = MERGED_TOLERANCE
    if dtype_of(model) == "bfloat16":
        limit = TOLERANCE["bfloat16"] * max(1.0, float(expected.abs().max()))
    # Written so that a NaN fails too.
    if not difference <= limit:
        raise Tampered(
            f"bundle {folder.name}",
            f"gives the trainer's logits within {limit:.3g} after its adapter is merged",
            f"a difference of {difference:.3g}",
            "Do not serve it; train again.",
        )
    return difference
