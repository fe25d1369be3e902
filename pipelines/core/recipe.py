"""A training recipe: everything that decides the weights besides the data and the base."""

from __future__ import annotations

from typing import Literal

from pipelines.core.value import Value

TrainedMethod = Literal["lora", "qlora", "full", "prompt_tuning"]
Task = Literal["generation", "classification"]

# The methods that read a field; a field that is not named here is read by all of them. Rows that are packed
# one behind the other would all but the first have no virtual tokens before them.
READ_BY: dict[str, tuple[TrainedMethod, ...]] = {
    "rank": ("lora", "qlora"),
    "alpha": ("lora", "qlora"),
    "dropout": ("lora", "qlora"),
    "target_modules": ("lora", "qlora"),
    "virtual_tokens": ("prompt_tuning",),
    "packing": ("lora", "qlora", "full"),
}


class Recipe(Value):
    """Supervised fine-tuning. `task` is what is learned: to write the completion, or to choose it among all
    completions of the training set, its labels. `method` is what is trained: `lora` an adapter beside the
    weights, `qlora` the same beside weights of 4 bits, `full` the weights themselves, `prompt_tuning` the
    embeddings of `virtual_tokens` before every prompt. A field that the method does not read keeps its
    default.

    `batch_size` counts the rows that are computed at once, `gradient_accumulation` such batches a step.
    `learning_rate` is the peak of a cosine; `max_length` counts tokens of prompt and completion together;
    `save_steps` is the distance between checkpoints. With `packing`, rows are laid one behind the other up to
    `max_length`, none of them sees another, and a batch is one such pack.
    """

    task: Task = "generation"
    method: TrainedMethod = "lora"
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    target_modules: str = "all-linear"
    virtual_tokens: int = 16
    epochs: int
    batch_size: int
    gradient_accumulation: int = 1
    packing: bool = False
    learning_rate: float
    warmup_steps: int = 20
    weight_decay: float = 0.0
    max_length: int = 256
    save_steps: int = 50
    seed: int = 0
