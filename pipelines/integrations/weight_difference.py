"""How far the weights of one adapter are from those of another on the same base, module by module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from pipelines.core.explanation import WeightDifference
from pipelines.integrations.bundle import ADAPTER

A, B = ".lora_A.weight", ".lora_B.weight"


def weight_differences(mine: Path, other: Path) -> tuple[WeightDifference, ...]:
    """One entry for each module that both bundle folders adapt, in the modules' order; empty for bundles that
    hold no adapter. `other` is the one that distances are relative to.

    A LoRA update is the product B A: its norms and inner products follow from the small Gram matrices of the
    factors, so the product, as large as the base's weights, is never made.
    """
    updates, others = _updates(mine / ADAPTER), _updates(other / ADAPTER)
    shared = sorted(n for n in updates.keys() & others.keys() if updates[n].comparable(others[n]))
    return tuple(_difference(name, updates[name], others[name]) for name in shared)


class _Update:
    """A low-rank update: `left` (outputs, rank) times `right` (rank, inputs). A tensor that was saved whole,
    such as trained embeddings, has no `right`, and is compared as it is.
    """

    def __init__(self, left: Any, right: Any = None) -> None:
        self.left, self.right = left, right

    def dot(self, other: _Update) -> float:
        """The inner product of the two updates' entries."""
        products = self.left.T @ other.left if self.right is not None else self.left * other.left
        return float((products if self.right is None else products * (self.right @ other.right.T)).sum())

    def comparable(self, other: _Update) -> bool:
        """Whether both stand for a matrix of one shape."""
        if self.right is None or other.right is None:
            return self.right is other.right and self.left.shape == other.left.shape
        sizes = [(len(update.left), update.right.shape[1]) for update in (self, other)]
        return sizes[0] == sizes[1]


def _updates(adapter: Path) -> Mapping[str, _Update]:
    """{module: update} of an adapter folder."""
    weights = adapter / "adapter_model.safetensors"
    if not weights.is_file():
        return {}
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    scale = float(config.get("lora_alpha", 1)) / float(config.get("r", 1))
    tensors = {name: np.asarray(t, dtype=np.float64) for name, t in load_file(weights).items()}
    found: dict[str, _Update] = {}
    for name, tensor in tensors.items():
        if name.endswith(A):
            module = name.removesuffix(A)
            found[module] = _Update(tensors[module + B] * scale, tensor)
        elif not name.endswith(B):
            found[name.removesuffix(".weight")] = _Update(tensor)
    return found


def _difference(name: str, mine: _Update, other: _Update) -> WeightDifference:
    own, theirs, both = mine.dot(mine), other.dot(other), mine.dot(other)
    # Rounding can take the square of a tiny distance below zero.
    distance = max(0.0, own + theirs - 2 * both) ** 0.5
    return WeightDifference(
        module=name.removeprefix("base_model.model."),
        relative_norm=distance / theirs**0.5 if theirs else 0.0,
        cosine=both / (own * theirs) ** 0.5 if own and theirs else 0.0,
    )
