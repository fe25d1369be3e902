"""One shape of Qwen3, randomly initialised in bf16, trained with LoRA on a GPU: prints a JSON line.

    python bench/train_gpu.py 0.6B|1.7B|8B grouped|packed

MFU = tokens per second * 4 N / peak: forward and the gradients of the activations take 2 N each, since the
base is frozen. N is all parameters, tokens are real ones, attention is left out.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.integrations.quiet import offline_and_quiet

offline_and_quiet()

import torch  # noqa: E402
from train_one import approved, recipe  # noqa: E402
from train_world import examples, tokenizer  # noqa: E402
from transformers import Qwen3Config, Qwen3ForCausalLM, TrainerCallback  # noqa: E402

from pipelines.integrations.sft_settings import sft_trainer  # noqa: E402
from pipelines.integrations.training_rows import token_rows  # noqa: E402

VOCABULARY, WORDS = 151_936, 16_000
SHAPES = {
    "0.6B": {
        "hidden_size": 1024,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "intermediate_size": 3072,
    },
    "1.7B": {
        "hidden_size": 2048,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "intermediate_size": 6144,
    },
    "8B": {
        "hidden_size": 4096,
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
        "intermediate_size": 12288,
    },
}
TIED = ("0.6B", "1.7B")
AIMS = {"0.6B": 0.25, "1.7B": 0.35, "8B": 0.40}
# Dense bf16 of the SXM boards, operations a second.
PEAKS = {"H100": 989e12, "H200": 989e12}
# Rows four times as long as on the CPU: mean about 400 tokens, none above 2,048.
STRETCH, LONGEST, ROWS = 4.0, 2048, 640
WARM_UP_STEPS = 3
WAYS = {
    "grouped": {"batch_size": 16},
    "packed": {"batch_size": 1, "gradient_accumulation": 4, "packing": True},
}


def qwen3(name: str, device: str) -> Any:
    """Random weights, made where they are used."""
    config = Qwen3Config(
        vocab_size=VOCABULARY,
        num_key_value_heads=8,
        head_dim=128,
        tie_word_embeddings=name in TIED,
        max_position_embeddings=LONGEST,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
        **SHAPES[name],
    )
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device(device):
            torch.manual_seed(0)
            return Qwen3ForCausalLM(config)
    finally:
        torch.set_default_dtype(before)


class Stopwatch(TrainerCallback):
    """Times everything after the first steps."""

    def __init__(self) -> None:
        self.trainer: Any = None
        self.began, self.ended = 0.0, 0.0
        self.before, self.after = 0, 0

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        if state.global_step == WARM_UP_STEPS:
            self.began, self.before = self._now()

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self.ended, self.after = self._now()

    def _now(self) -> tuple[float, int]:
        torch.cuda.synchronize()
        # TRL counts the tokens of every batch on a GPU, without padding.
        return time.perf_counter(), int(self.trainer._total_train_tokens)


def main(name: str, way: str) -> None:
    model = qwen3(name, "cuda")
    parameters = model.num_parameters()
    words = tokenizer(WORDS)
    rows = token_rows(
        examples(ROWS, WORDS, stretch=STRETCH, longest=LONGEST), words, base=name, max_length=LONGEST
    )
    watch = Stopwatch()
    torch.cuda.reset_peak_memory_stats()
    with TemporaryDirectory() as scratch:
        watch.trainer = sft_trainer(
            model,
            words,
            rows,
            base=approved(parameters),
            recipe=recipe(**WAYS[way] | {"max_length": LONGEST}),
            binding={},
            scratch=Path(scratch),
            callbacks=[watch],
        )
        watch.trainer.train()
    speed = (watch.after - watch.before) / (watch.ended - watch.began)
    device = torch.cuda.get_device_name(0)
    peak = next((peak for board, peak in PEAKS.items() if board in device), None)
    found = {
        "device": device,
        "parameters": parameters,
        "tokens_per_second": round(speed),
        "mfu": round(speed * 4 * parameters / peak, 3) if peak else None,
        "aim": AIMS[name],
        "peak_memory_mib": round(torch.cuda.max_memory_allocated() / 2**20),
        "activations_twice": watch.trainer.args.gradient_checkpointing,
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
