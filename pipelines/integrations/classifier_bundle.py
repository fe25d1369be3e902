"""The bundle of a classifier: an adapter with its head, the labels in the head's order, and the proof.

classifier/ is what PEFT saves, labels.json the labels; everything else is as in every bundle, but the probe's
logits are one a label.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.core.errors import Tampered
from pipelines.core.value import canonical_json
from pipelines.integrations.bundle import (
    LABELS,
    PROBE,
    LoadedBundle,
    Manifest,
    dtype_of,
    equal_logits,
    load_tokenizer,
    manifest_on_base,
    seal,
)
from pipelines.integrations.bundle_files import TOKENIZER, save_parts
from pipelines.integrations.folder_digest import folder_sha256

CLASSIFIER = "classifier"


def is_classifier(folder: Path) -> bool:
    """Whether a bundle folder holds a classifier."""
    return (folder / LABELS).is_file()


def bare_classifier(folder: Path, labels: int, pad: int, dtype: str) -> Any:
    """A base with a new head, drawn at random, for so many labels. `pad` is the id of the padding token."""
    import torch
    from transformers import AutoModelForSequenceClassification

    model: Any = AutoModelForSequenceClassification.from_pretrained(
        folder,
        num_labels=labels,
        dtype=getattr(torch, dtype),
        trust_remote_code=False,
        local_files_only=True,
        use_safetensors=True,
    )
    # The answer is read at the last token before the padding.
    model.config.get_text_config().pad_token_id = pad
    return model


def write_classifier(
    model: Any,
    tokenizer: Any,
    labels: Sequence[str],
    *,
    base_folder: Path,
    base_name: str,
    out: Path,
    probe_ids: Sequence[int],
    binding: Mapping[str, str],
) -> None:
    """Write the bundle of a trained PEFT classifier to `out`, complete or absent, replacing an older bundle.
    Equal models and bindings give equal bytes.
    """

    def fill(partial: Path) -> None:
        import torch
        from safetensors.torch import save_file

        save_parts(model, tokenizer, partial, CLASSIFIER, base_name)
        (partial / LABELS).write_bytes(canonical_json(list(labels)))
        ids = torch.tensor([list(probe_ids)])
        save_file(
            {"input_ids": ids, "logits": label_logits(model, ids, ids.new_ones(ids.shape))}, partial / PROBE
        )

    manifest = Manifest(
        base=base_name,
        base_sha256=folder_sha256(base_folder),
        dtype=dtype_of(model),
        binding=dict(binding),
        files={},
    )
    seal(out, fill, manifest)


def load_classifier(folder: Path, base_folder: Path) -> LoadedBundle:
    """Load a classifier on its base, verified; on the GPU when there is one. Its logits are in the order of
    its labels.

    Raises Tampered for a file that is not in the manifest or not allowed, another base, labels that are not
    a list of different texts, and logits that differ from the trainer's.
    """
    import torch
    from peft import PeftModel
    from safetensors.torch import load_file

    manifest = manifest_on_base(folder, base_folder)
    labels = json.loads((folder / LABELS).read_text(encoding="utf-8"))
    probe = load_file(folder / PROBE)
    if not _sound(labels) or probe["logits"].shape != (1, len(labels)):
        raise Tampered(
            f"bundle {folder.name}", "has different labels, one a logit", str(labels)[:80], "Train again."
        )
    tokenizer = load_tokenizer(folder / TOKENIZER)
    base = bare_classifier(base_folder, len(labels), tokenizer.pad_token_id, manifest.dtype)
    model = PeftModel.from_pretrained(base, str(folder / CLASSIFIER), local_files_only=True)
    model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    ids = probe["input_ids"]
    got = label_logits(model, ids, ids.new_ones(ids.shape))
    difference, _ = equal_logits(folder.name, got, probe["logits"], manifest.dtype)
    return LoadedBundle(model, tokenizer, difference, labels=tuple(labels))


def label_logits(model: Any, input_ids: Any, attention_mask: Any) -> Any:
    """fp32 logits (rows, labels) on the CPU for token ids (rows, tokens), padded on the right."""
    import torch

    with torch.inference_mode():
        output = model(input_ids=input_ids.to(model.device), attention_mask=attention_mask.to(model.device))
        return output.logits.float().cpu()


def log_shares(classifier: LoadedBundle, prompts: Sequence[Sequence[int]]) -> list[list[float]]:
    """The logarithm of each label's probability, in the order of the labels, for each prompt of token ids."""
    import torch

    longest = max(map(len, prompts))
    pad = classifier.tokenizer.pad_token_id
    ids = torch.tensor([[*prompt, *[pad] * (longest - len(prompt))] for prompt in prompts])
    mask = torch.tensor([[1] * len(prompt) + [0] * (longest - len(prompt)) for prompt in prompts])
    shares: list[list[float]] = label_logits(classifier.model, ids, mask).log_softmax(-1).tolist()
    return shares


def _sound(labels: Any) -> bool:
    texts = isinstance(labels, list) and all(isinstance(label, str) for label in labels)
    return texts and len(set(labels)) == len(labels)
