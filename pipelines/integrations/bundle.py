"""A bundle: the complete servable adapter as a folder, and the proof that it is what the trainer had.

adapter/ and tokenizer/ are what PEFT and transformers save; probe.safetensors holds token ids with the
logits of the trainer's own in-memory model; manifest.json names every file and the base by sha256. After a
full fine-tune, model/ with the whole model takes the place of adapter/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import ValidationError

from pipelines.core.arm import PROMPTED, Method
from pipelines.core.errors import Refused, Tampered
from pipelines.core.recipe import TrainedMethod
from pipelines.core.value import Sha256, Value
from pipelines.integrations.bundle_files import TOKENIZER, check_file, save_parts
from pipelines.integrations.folder_digest import digest_of, folder_files, folder_sha256
from pipelines.integrations.prompter import PLAIN, Prompter

MANIFEST, PROBE, ADAPTER = "manifest.json", "probe.safetensors", "adapter"
MODEL, LABELS = "model", "labels.json"
# Largest difference to the trainer's logits, as a share of their largest absolute value: fp32 differs by
# summation order alone, bf16 keeps 8 bits of mantissa.
TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-2}


class Manifest(Value):
    """`files` is {relative path: sha256} of everything but the manifest; `binding` names the inputs."""

    method: Method = "lora"
    base: str
    base_sha256: Sha256
    dtype: Literal["float32", "bfloat16"]
    binding: dict[str, str]
    files: dict[str, Sha256]


@dataclass(frozen=True)
class LoadedBundle:
    """A verified model in eval mode, its tokenizer, how far its logits are from the probe's, what writes its
    prompts, and the labels of a classifier, which gives one logit for each of them and writes nothing.
    """

    model: Any
    tokenizer: Any
    logit_difference: float
    prompter: Prompter = PLAIN
    labels: tuple[str, ...] = ()


def write_bundle(
    model: Any,
    tokenizer: Any,
    *,
    base_folder: Path,
    out: Path,
    probe_text_ids: Sequence[int],
    binding: Mapping[str, str],
    base_name: str | None = None,
    method: TrainedMethod = "lora",
) -> None:
    """Write the bundle of a trained model, of PEFT unless its `method` is `full`, to `out`, complete or
    absent, replacing an older bundle.

    `probe_text_ids` is one sequence of token ids. Equal models and bindings give equal bytes, wherever
    the folders lie. `base_name` defaults to the name of the base folder. Raises Refused when `out` is
    anything but a bundle.
    """
    base = base_name or base_folder.name

    def fill(partial: Path) -> None:
        save_parts(model, tokenizer, partial, MODEL if method == "full" else ADAPTER, base)
        _write_probe(model, probe_text_ids, partial / PROBE)

    manifest = Manifest(
        method=method,
        base=base,
        base_sha256=folder_sha256(base_folder),
        dtype=dtype_of(model),
        binding=dict(binding),
        files={},
    )
    seal(out, fill, manifest)


def seal(out: Path, fill: Callable[[Path], None], manifest: Manifest) -> None:
    """Write a bundle to `out`, complete or absent, replacing an older bundle: `fill` writes its files into
    the folder it is given, and the manifest names them. Raises Refused when `out` is anything but a bundle.
    """
    _replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".bundle-", dir=out.parent) as work:
        partial = Path(work) / "new"
        partial.mkdir()
        fill(partial)
        sealed = manifest.model_copy(update={"files": folder_files(partial)})
        (partial / MANIFEST).write_bytes(sealed.to_json())
        if out.exists():
            out.rename(Path(work) / "old")
        partial.rename(out)


def dtype_of(model: Any) -> Literal["float32", "bfloat16"]:
    """The number type of a model's weights, as a manifest names it."""
    return "bfloat16" if str(model.dtype) == "torch.bfloat16" else "float32"


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
        check_file(folder, name)
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


def manifest_on_base(folder: Path, base_folder: Path) -> Manifest:
    """The manifest of a bundle that was made from this base. Raises Tampered."""
    manifest = read_manifest(folder)
    base_sha256 = digest_of(folder_files(base_folder))
    if base_sha256 != manifest.base_sha256:
        raise Tampered(
            f"bundle {folder.name}",
            f"runs only on the base it was trained on, {manifest.base} {manifest.base_sha256[:12]}",
            f"a base with digest {base_sha256[:12]}",
            f"Restore the folder of {manifest.base} or train again.",
        )
    return manifest


def load_bundle(folder: Path, base_folder: Path) -> LoadedBundle:
    """Load a bundle on its base, verified.

    Raises Tampered for a file that is not in the manifest or not allowed, another base, logits that
    differ from the trainer's, or a training without effect, and Refused for a classifier. Runs on the GPU
    when there is one.
    """
    from safetensors.torch import load_file

    manifest = manifest_on_base(folder, base_folder)
    if (folder / LABELS).exists():
        raise Refused(
            f"bundle {folder.name}", "writes answers", "one that chooses labels", "Load it as a classifier."
        )
    probe = load_file(folder / PROBE)
    base = load_model(base_folder, manifest.dtype)
    bare = logits_of(base, probe["input_ids"])
    if manifest.method in PROMPTED:
        from pipelines.integrations.prompt_package import load_prompter

        difference, _ = equal_logits(folder.name, bare, probe["logits"], manifest.dtype)
        tokenizer = load_tokenizer(base_folder)
        prompter = load_prompter(folder, manifest.method, base, tokenizer, probe["input_ids"][0].tolist())
        return LoadedBundle(base, tokenizer, difference, prompter)
    model = _trained(folder, base, manifest)
    difference = _proven(
        folder.name, bare, logits_of(model, probe["input_ids"]), probe["logits"], manifest.dtype
    )
    tokenizer = load_tokenizer(folder / TOKENIZER)
    return LoadedBundle(model=model, tokenizer=tokenizer, logit_difference=difference)


def load_model(folder: Path, dtype: str) -> Any:
    """A causal language model in eval mode, on the GPU when there is one."""
    import torch
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=getattr(torch, dtype),
        trust_remote_code=False,
        local_files_only=True,
        use_safetensors=True,
    )
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def load_tokenizer(folder: Path) -> Any:
    """A tokenizer with its chat template."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)


def _trained(folder: Path, base: Any, manifest: Manifest) -> Any:
    """What the training made of the base."""
    from peft import PeftModel

    if manifest.method == "full":
        return load_model(folder / MODEL, manifest.dtype)
    return PeftModel.from_pretrained(base, str(folder / ADAPTER), local_files_only=True).eval()


def logits_of(model: Any, input_ids: Any) -> Any:
    """fp32 logits (1, tokens, vocabulary) on the CPU for token ids (1, tokens), without those of the virtual
    tokens before them.
    """
    import torch

    with torch.inference_mode():
        logits = model(input_ids=input_ids.to(model.device), use_cache=False).logits
        return logits[:, -input_ids.shape[1] :].float().cpu()


def _proven(name: str, bare: Any, got: Any, expected: Any, dtype: str) -> float:
    """Largest absolute difference to the trainer's logits. Raises Tampered for one beyond the tolerance, and
    when the bare base is within it.
    """
    difference, limit = equal_logits(name, got, expected, dtype)
    effect = float((bare - expected).abs().max())
    if not effect > limit:
        raise Tampered(
            f"bundle {name}",
            "has a training that changes its base",
            f"logits within {effect:.3g} of the bare base",
            "Do not serve it; train again.",
        )
    return difference


def equal_logits(name: str, got: Any, expected: Any, dtype: str) -> tuple[float, float]:
    """Largest absolute difference to the probe's logits, and the largest allowed. Raises Tampered beyond."""
    limit = TOLERANCE[dtype] * max(1.0, float(expected.abs().max()))
    difference = float((got[:, -expected.shape[1] :] - expected).abs().max())
    # Written so that a NaN fails too.
    if not difference <= limit:
        raise Tampered(
            f"bundle {name}",
            f"gives the trainer's logits within {limit:.3g}",
            f"a difference of {difference:.3g}",
            "Do not serve it; train again.",
        )
    return difference, limit


def _write_probe(model: Any, ids: Sequence[int], path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    input_ids = torch.tensor([list(ids)])
    save_file({"input_ids": input_ids, "logits": logits_of(model, input_ids).contiguous()}, path)
