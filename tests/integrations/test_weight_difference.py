"""Distances between adapters agree with those of the full update matrices."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from pipelines.integrations.weight_difference import weight_differences

PREFIX = "base_model.model.layers.0.q_proj"


def an_adapter(folder: Path, seed: int, *, rank: int = 4, alpha: int = 8) -> np.ndarray:
    """Writes a random adapter; returns its update of the one module, (6, 5)."""
    draw = np.random.default_rng(seed)
    a, b = draw.normal(size=(rank, 5)), draw.normal(size=(6, rank))
    (folder / "adapter").mkdir(parents=True)
    tensors = {f"{PREFIX}.lora_A.weight": a, f"{PREFIX}.lora_B.weight": b}
    save_file(tensors, folder / "adapter" / "adapter_model.safetensors")
    (folder / "adapter" / "adapter_config.json").write_text(json.dumps({"r": rank, "lora_alpha": alpha}))
    return b @ a * alpha / rank


def test_the_difference_is_that_of_the_full_updates(tmp_path: Path) -> None:
    mine, other = an_adapter(tmp_path / "mine", 1), an_adapter(tmp_path / "other", 2)
    (found,) = weight_differences(tmp_path / "mine", tmp_path / "other")
    assert found.module == "layers.0.q_proj"
    assert found.relative_norm == pytest.approx(np.linalg.norm(mine - other) / np.linalg.norm(other))
    cosine = (mine * other).sum() / np.linalg.norm(mine) / np.linalg.norm(other)
    assert found.cosine == pytest.approx(cosine)


def test_adapters_of_different_rank_are_compared_by_what_they_do(tmp_path: Path) -> None:
    mine, other = an_adapter(tmp_path / "mine", 1, rank=2), an_adapter(tmp_path / "other", 2, rank=3)
    (found,) = weight_differences(tmp_path / "mine", tmp_path / "other")
    assert found.relative_norm == pytest.approx(np.linalg.norm(mine - other) / np.linalg.norm(other))


def test_an_adapter_does_not_differ_from_itself(tmp_path: Path) -> None:
    an_adapter(tmp_path / "mine", 1)
    (found,) = weight_differences(tmp_path / "mine", tmp_path / "mine")
    assert found.relative_norm == pytest.approx(0.0, abs=1e-6)
    assert found.cosine == pytest.approx(1.0)


def test_a_bundle_without_an_adapter_has_no_differences(tmp_path: Path) -> None:
    an_adapter(tmp_path / "mine", 1)
    (tmp_path / "other").mkdir()
    assert weight_differences(tmp_path / "mine", tmp_path / "other") == ()
