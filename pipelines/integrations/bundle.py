"""A bundle: the complete servable adapter as a folder, and the proof that it is what the trainer had.

adapter/ and tokenizer/ are what PEFT and transformers save; probe.safetensors holds token ids with the
logits of the trainer's own in-memory model; manifest.json names every file and the base by sha256.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import ValidationError

from pipelines.core.errors import Refused, Tampered
from pipelines.core.value import Sha256, Value, canonical_json
from pipelines.integrations.folder_digest import digest_of, folder_files, folder_sha256

MANIFEST, PROBE, ADAPTER, TOKENIZER = "manifest.json", "probe.safetensors", "adapter", "tokenizer"
SUFFIXES = (".safetensors", ".json", ".txt", ".jinja")
# Largest difference to the trainer's logits, as a share of their largest absolute value: fp32 differs by
# summation order alone, bf16 keeps 8 bits of mantissa.
TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-2}


class Manifest(Value):
    """`files` is {relative path: sha256} of everything but the manifest; `binding` names the inputs."""

    base: str
    base_sha256: Sha256
    dtype: Literal["float32", "bfloat16"]
    binding: dict[str, str]
    files: dict[str, Sha256]


@dataclass(frozen=True)
class LoadedBundle:
    """A verified model in eval mode, its tokenizer, and how far its logits are from the trainer's."""

    model: Any
    tokenizer: Any
    logit_difference: float


def write_bundle(
    model: Any,
    tokenizer: Any,
    *,
    base_folder: Path,
    out: Path,
    probe_text_ids: Sequence[int],
    binding: Mapping[str, str],
    base_name: str | None = None,
) -> None:
    """Write the bundle of a trained PEFT model to `out`, complete or absent, replacing an older bundle.

    `probe_text_ids` is one sequence of token ids. Equal models and bindings give equal bytes, wherever
    the folders lie. `base_name` defaults to the name of the base folder. Raises Refused when `out` is
    anything but a bundle.
    """
    _replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".bundle-", dir=out.parent) as work:
        partial = Path(work) / "new"
        partial.mkdir()
        _fill(model, tokenizer, partial, probe_text_ids)
        base = base_name or base_folder.name
        _canonical_adapter_config(partial / ADAPTER / "adapter_config.json", base)
        manifest = Manifest(
            base=base,
            base_sha256=folder_sha256(base_folder),
            dtype="bfloat16" if str(model.dtype) == "torch.bfloat16" else "float32",
            binding=dict(binding),
            files=folder_files(partial),
        )
        (partial / MANIFEST).write_bytes(manifest.to_json())
        if out.exists():
            out.rename(Path(work) / "old")
        partial.rename(out)


def _fill(model: Any, tokenizer: Any, partial: Path, probe_text_ids: Sequence[int]) -> None:
    model.eval()
    model.save_pretrained(partial / ADAPTER)
    tokenizer.save_pretrained(partial / TOKENIZER)
    _write_probe(model, probe_text_ids, partial / PROBE)
    for path in sorted(partial.rglob("*")):
        if path.is_file() and path.suffix not in SUFFIXES:
            path.unlink()  # model cards: they hold local paths, and nothing reads them


def _replaceable(out: Path) -> None:
    """Only a bundle may be replaced: a wrong path must not cost anybody a folder."""
    if out.is_symlink() or (out.exists() and not (out / MANIFEST).is_file()):
        raise Refused(
            f"bundle {out.name}",
            "is written to a new place or over an older bundle",
            "something else there",
            "Give another place.",
        )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a bundle whose files are all as it says. Raises Tampered; loads no model."""
    found = folder_files(folder)
    for name in found:
        _allowed(folder, name)
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise Tampered(
            f"bundle {folder.name}", "has a readable manifest.json", type(error).__name__, "Fetch it again."
        ) from error
    found.pop(MANIFEST)
    if manifest.files != found:
        wrong = sorted({name for name, _ in manifest.files.items() ^ found.items()})
        raise Tampered(
            f"bundle {folder.name}", "holds exactly the files of its manifest", wrong[0], "Fetch it again."
        )
    return manifest


def load_bundle(folder: Path, base_folder: Path) -> LoadedBundle:
    """Load a bundle on its base, verified.

    Raises Tampered for a file that is not in the manifest or not allowed, another base, logits that
    differ from the trainer's, or an adapter without effect. Runs on the GPU when there is one.
    """
    import torch
    from peft import PeftModel
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    manifest = read_manifest(folder)
    base_sha256 = digest_of(folder_files(base_folder))
    if base_sha256 != manifest.base_sha256:
        raise Tampered(
            f"bundle {folder.name}",
            f"runs only on the base it was trained on, {manifest.base} {manifest.base_sha256[:12]}",
            f"a base with digest {base_sha256[:12]}",
            f"Restore the folder of {manifest.base} or train again.",
        )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    base: Any = AutoModelForCausalLM.from_pretrained(
        base_folder,
        dtype=getattr(torch, manifest.dtype),
        trust_remote_code=False,
        local_files_only=True,
        use_safetensors=True,
    )
    probe = load_file(folder / PROBE)
    base.to(device).eval()
    bare = logits_of(base, probe["input_ids"])
    model = PeftModel.from_pretrained(base, str(folder / ADAPTER), local_files_only=True).eval()
    difference = _proven(
        folder.name, bare, logits_of(model, probe["input_ids"]), probe["logits"], manifest.dtype
    )
    tokenizer = AutoTokenizer.from_pretrained(
        folder / TOKENIZER, trust_remote_code=False, local_files_only=True
    )
    return LoadedBundle(model=model, tokenizer=tokenizer, logit_difference=difference)


def logits_of(model: Any, input_ids: Any) -> Any:
    """fp32 logits (1, tokens, vocabulary) on the CPU for token ids (1, tokens)."""
    import torch

    with torch.inference_mode():
        return model(input_ids=input_ids.to(model.device), use_cache=False).logits.float().cpu()


def _proven(name: str, bare: Any, got: Any, expected: Any, dtype: str) -> float:
    """Largest absolute difference to the trainer's logits. Raises Tampered beyond the tolerance."""
    limit = TOLERANCE[dtype] * max(1.0, float(expected.abs().max()))
    difference = float((got - expected).abs().max())
    if not difference <= limit:
        raise Tampered(
            f"bundle {name}",
            f"gives the trainer's logits within {limit:.3g}",
            f"a difference of {difference:.3g}",
            "Do not serve it; train again.",
        )
    effect = float((bare - expected).abs().max())
    if not effect > limit:
        raise Tampered(
            f"bundle {name}",
            "has an adapter that changes its base",
            f"logits within {effect:.3g} of the bare base",
            "Do not serve it; train again.",
        )
    return difference


def _write_probe(model: Any, ids: Sequence[int], path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    input_ids = torch.tensor([list(ids)])
    save_file({"input_ids": input_ids, "logits": logits_of(model, input_ids).contiguous()}, path)


def _canonical_adapter_config(path: Path, base: str) -> None:
    """The base by name instead of by path, and module lists sorted: PEFT writes sets in hash order."""
    config = json.loads(path.read_text())
    config["base_model_name_or_path"] = base
    for key in ("target_modules", "modules_to_save"):
        if isinstance(config.get(key), list):
            config[key] = sorted(config[key])
    path.write_bytes(canonical_json(config))


def _allowed(folder: Path, name: str) -> None:
    """Raises Tampered for a file that could carry code."""
    path = folder / name
    found = None
    if path.suffix not in SUFFIXES:
        found = f"{name}: only {', '.join(SUFFIXES)} are"
    elif path.name.endswith("config.json"):
        config: Any = None
        with suppress(ValueError):
            config = json.loads(path.read_text())
        if not isinstance(config, dict):
            found = f"{name} without a JSON object"
        elif config.get("auto_map") or config.get("auto_mapping"):
            found = f"{name} that names code to import"
    if found is not None:
        raise Tampered(
            f"bundle {folder.name}", "holds only files that cannot run code", found, "Fetch it again."
        )
