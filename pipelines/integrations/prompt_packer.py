"""Packs a prompt as a bundle, so that it is registered, promoted, served and rolled back as an adapter is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import Tampered
from pipelines.core.prompt_recipe import PromptRecipe
from pipelines.core.training_set import Example
from pipelines.integrations.bundle import PROBE, Manifest, load_model, load_tokenizer, logits_of, seal
from pipelines.integrations.folder_digest import folder_sha256
from pipelines.integrations.kernels import number_type, pin_kernels
from pipelines.integrations.prompt_package import QUESTION, bank_of, prompter_of, write_package
from pipelines.integrations.prompter import prompt_tokens
from pipelines.integrations.quiet import offline_and_quiet

# Logits are kept of the last tokens only: each depends on the whole prompt, which is long with examples.
PROBED: Final = 8


class PromptPacker:
    """Implements `ports.Packer` in this process, on the GPU when there is one."""

    def pack(
        self,
        *,
        base: ApprovedBase,
        folder: Path,
        examples: Sequence[Example],
        recipe: PromptRecipe,
        binding: Mapping[str, str],
        out: Path,
    ) -> None:
        """Write the bundle folder of a prompt package to `out`, complete or absent.

        Raises Tampered for another base than the approved one, Refused when `out` is anything but a bundle.
        """
        offline_and_quiet()
        pin_kernels()
        found = folder_sha256(folder)
        if found != base.sha256:
            raise Tampered(
                f"base {base.name}",
                f"has the approved digest {base.sha256[:12]}",
                found[:12],
                "Remove the folder and build or fetch the base again.",
            )
        dtype = number_type(base)
        model, tokenizer = load_model(folder, dtype), load_tokenizer(folder)
        bank = bank_of(recipe, examples)
        asked = prompt_tokens(prompter_of(recipe, bank, model, tokenizer), tokenizer, QUESTION)

        def fill(partial: Path) -> None:
            write_package(recipe, bank, partial)
            _write_probe(model, asked, partial / PROBE)

        manifest = Manifest(
            method=recipe.kind,
            base=base.name,
            base_sha256=base.sha256,
            dtype=dtype,
            binding=dict(binding),
            files={},
        )
        seal(out, fill, manifest)


def _write_probe(model: Any, asked: Sequence[int], path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    ids = torch.tensor([list(asked)])
    save_file({"input_ids": ids, "logits": logits_of(model, ids)[:, -PROBED:].contiguous()}, path)
