"""Whether a training fits into the memory of a GPU as it is, or must compute its activations twice."""

from __future__ import annotations

# Bytes that a token leaves behind in one layer for each hidden unit, in bf16 with fused attention:
# Llama-3.1-8B with LoRA at 4 x 1024 tokens takes 71.0 GiB (H100, Soup issue 378), about 21 of them for
# weights and logits.
ACTIVATION_BYTES = 100
# A gradient and two moments of AdamW in float32, for each weight that is trained.
TRAINED_BYTES = 12
# The rest is for fragments and for the kernels' own space.
USABLE = 0.9


def fits(*, tokens: int, layers: int, hidden_size: int, trained: int, free_bytes: int) -> bool:
    """Whether a batch of `tokens`, padding included, can keep its activations beside the weights, which are
    loaded already. `trained` counts the weights that are trained.
    """
    activations = tokens * layers * hidden_size * ACTIVATION_BYTES
    return activations + trained * TRAINED_BYTES <= USABLE * free_bytes
