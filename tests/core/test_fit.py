"""Activations are computed twice only where they would not fit into the GPU's memory."""

from __future__ import annotations

from pipelines.core.fit import fits

GIB = 2**30
LLAMA_8B = {"layers": 32, "hidden_size": 4096, "trained": 0}


def test_four_thousand_tokens_of_an_eight_billion_model_fit_beside_its_weights_on_80_gib_only() -> None:
    assert fits(tokens=4096, free_bytes=63 * GIB, **LLAMA_8B)
    assert not fits(tokens=4096, free_bytes=24 * GIB, **LLAMA_8B)


def test_twice_the_tokens_need_twice_the_memory() -> None:
    assert not fits(tokens=8192, free_bytes=63 * GIB, **LLAMA_8B)
    assert fits(tokens=8192, free_bytes=126 * GIB, **LLAMA_8B)


def test_weights_that_are_trained_bring_their_gradients_and_moments() -> None:
    whole = LLAMA_8B | {"trained": 8_000_000_000}
    assert not fits(tokens=1, free_bytes=63 * GIB, **whole)
    assert fits(tokens=1, free_bytes=120 * GIB, **whole)
