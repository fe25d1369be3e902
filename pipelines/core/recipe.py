"""A training recipe: everything that decides the weights besides the data and the base."""

from __future__ import annotations

from typing import Literal

from pipelines.core.value import Value


class Recipe(Value):
    """Supervised fine-tuning with LoRA. `learning_rate` is the peak of a cosine; `max_length` counts
    tokens of prompt and completion together; `save_steps` is the distance between checkpoints.
    """

    method: Literal["lora"] = "lora"
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    target_modules: str = "all-linear"
    epochs: int
    batch_size: int
    learning_rate: float
    warmup_steps: int = 20
    weight_decay: float = 0.0
    max_length: int = 256
    save_steps: int = 50
    seed: int = 0
