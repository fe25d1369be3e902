"""The model as lm-evaluation-harness wants it, without its progress bars."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from lm_eval.models.huggingface import HFLM
from transformers import AutoModelForCausalLM, AutoTokenizer

from pipelines.integrations.bundle import load_bundle

BATCH_SIZE = 64


class HarnessModel(HFLM):  # type: ignore[misc]
    """HFLM that is quiet unless asked."""

    def generate_until(self, requests: Any, disable_tqdm: bool = True) -> list[str]:
        answers: list[str] = super().generate_until(requests, disable_tqdm=disable_tqdm)
        return answers

    def loglikelihood(self, requests: Any, disable_tqdm: bool = True) -> list[tuple[float, bool]]:
        scores: list[tuple[float, bool]] = super().loglikelihood(requests, disable_tqdm=disable_tqdm)
        return scores


def harness_model(folder: Path, adapter: Path | None) -> HarnessModel:
    """The base of `folder` alone, or under the verified bundle `adapter`; on the GPU when there is one."""
    if adapter is not None:
        bundle = load_bundle(adapter, folder)
        # The harness ties weights once more, which an adapter with saved modules does not survive; the
        # ones it has are proven to give the trainer's logits.
        bundle.model.tie_weights = lambda *_, **__: None
        return HarnessModel(pretrained=bundle.model, tokenizer=bundle.tokenizer, batch_size=BATCH_SIZE)
    cuda = torch.cuda.is_available()
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype="auto" if cuda else torch.float32,
        trust_remote_code=False,
        local_files_only=True,
        use_safetensors=True,
    )
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    return HarnessModel(
        pretrained=model.to("cuda" if cuda else "cpu").eval(), tokenizer=tokenizer, batch_size=BATCH_SIZE
    )
