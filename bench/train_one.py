"""One shape, trained in several ways in one process on one thread: prints a JSON line for each.

python bench/train_one.py tiny|middle ROWS
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.integrations.quiet import offline_and_quiet

offline_and_quiet()

import torch  # noqa: E402
from datasets import Dataset  # noqa: E402
from train_world import LONGEST, MIDDLE, TINY, Shape, examples, llama, tokenizer  # noqa: E402
from transformers import set_seed  # noqa: E402
from trl import SFTConfig, SFTTrainer  # noqa: E402

from pipelines.core.base_model import ApprovedBase  # noqa: E402
from pipelines.core.recipe import Recipe  # noqa: E402
from pipelines.integrations.kernels import pin_kernels  # noqa: E402
from pipelines.integrations.methods import adapter_config  # noqa: E402
from pipelines.integrations.sft_settings import sft_trainer  # noqa: E402
from pipelines.integrations.training_rows import token_rows  # noqa: E402

SHAPES = {"tiny": TINY, "middle": MIDDLE}
WARM_UP_ROWS = 8
# TRL's default batch is 8 rows; two packs hold about as many. All train the same LoRA.
OWN = {
    "grouped": {"batch_size": 8},
    "packed": {"batch_size": 1, "gradient_accumulation": 2, "packing": True},
}
TRL: dict[str, dict[str, Any]] = {
    "trl_defaults": {},
    "trl_defaults_float32": {"bf16": False},
    "padded_to_longest": {"bf16": False, "gradient_checkpointing": False},
}


class Bench:
    def __init__(self, shape: Shape, rows: int, scratch: Path) -> None:
        self.shape, self.scratch = shape, scratch
        self.examples = examples(rows, shape.vocabulary)
        self.tokenizer = tokenizer(shape.vocabulary)
        self.rows = token_rows(self.examples, self.tokenizer, base="bench", max_length=LONGEST)
        self.parameters = llama(shape).num_parameters()

    def own(self, name: str, rows: int) -> Any:
        """The trainer of a recipe, as the product builds it."""
        return sft_trainer(
            llama(self.shape),
            self.tokenizer,
            self.rows[:rows],
            base=approved(self.parameters),
            recipe=recipe(**OWN[name]),
            binding={},
            scratch=self.scratch,
        )

    def other(self, name: str) -> Any:
        """TRL's own trainer with its defaults, but for what TRL says here."""
        set_seed(0)
        return SFTTrainer(
            model=llama(self.shape),
            processing_class=self.tokenizer,
            args=SFTConfig(
                str(self.scratch),
                num_train_epochs=1,
                use_cpu=True,
                save_strategy="no",
                report_to=[],
                disable_tqdm=True,
                **TRL[name],
            ),
            train_dataset=Dataset.from_list([_columns(row) for row in self.examples]),
            peft_config=adapter_config(approved(self.parameters), recipe(batch_size=8)),
        )

    def measured(self, name: str, make: Callable[[], Any]) -> dict[str, Any]:
        """Real tokens a second of one epoch, without the time it takes to load and to prepare."""
        trainer = make()
        gc.collect()
        cpu, wall = time.process_time(), time.perf_counter()
        trainer.train()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        tokens = sum(len(row.input_ids) for row in self.rows)
        return {
            "way": name,
            "tokens": tokens,
            "steps": trainer.state.global_step,
            "cpu_seconds": round(cpu, 2),
            "seconds": round(wall, 2),
            "tokens_per_cpu_second": round(tokens / cpu, 1),
            "tokens_per_second": round(tokens / wall, 1),
        }


def approved(parameters: int) -> ApprovedBase:
    return ApprovedBase(
        name="bench",
        revision="1",
        sha256="0" * 64,
        licence="Apache-2.0",
        parameters=parameters,
        memory_gib=1.0,
        privacy_classes=("public",),
        path="bench",
    )


def recipe(**fields: Any) -> Recipe:
    given = {"epochs": 1, "learning_rate": 1e-4, "max_length": LONGEST, "save_steps": 1_000_000}
    return Recipe.model_validate(given | fields)


def _columns(row: Any) -> dict[str, Any]:
    return {
        "prompt": [message.model_dump() for message in row.prompt],
        "completion": [message.model_dump() for message in row.completion],
    }


def main(shape: str, rows: int) -> None:
    pin_kernels()
    torch.set_num_threads(1)
    with TemporaryDirectory() as scratch:
        bench = Bench(SHAPES[shape], rows, Path(scratch))
        bench.own("packed", WARM_UP_ROWS).train()  # the first matrices of a process cost more
        found = [bench.measured(name, lambda name=name: bench.own(name, rows)) for name in OWN]
        found += [bench.measured(name, lambda name=name: bench.other(name)) for name in TRL]
    lengths = sorted(len(row.input_ids) for row in bench.rows)
    about = {
        "parameters": bench.parameters,
        "rows": rows,
        "tokens": sum(lengths),
        "mean_tokens": round(sum(lengths) / rows, 1),
        "p95_tokens": lengths[int(0.95 * rows)],
        "longest": lengths[-1],
    }
    sys.stdout.write(json.dumps({"about": about, "ways": found}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
