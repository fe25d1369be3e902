"""How arithmetic runs, the same in training and in evaluation: equal inputs give equal bytes."""

from __future__ import annotations

import os
from typing import Literal

from pipelines.core.base_model import ApprovedBase

# Sums split over threads round differently for small matrices, so the number of threads is part of the
# result. One thread also costs the least CPU time at the size that is trained without a GPU.
THREADS = 1


def pin_kernels() -> None:
    """Fix the thread count, and deterministic kernels where there is a GPU. For this whole process."""
    import torch

    torch.set_num_threads(THREADS)
    if torch.cuda.is_available():
        os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
        torch.use_deterministic_algorithms(True, warn_only=True)


def number_type(base: ApprovedBase) -> Literal["float32", "bfloat16"]:
    """The number type that a base is computed in: bf16 on a GPU, unless its embeddings are trained, whose
    small updates that would lose.
    """
    import torch

    return "bfloat16" if torch.cuda.is_available() and not base.train_embeddings else "float32"


def device_kind() -> str:
    """The kind of processor whose rounding the weights carry."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name(0)
    return f"cpu {torch.backends.cpu.get_cpu_capability()}"
