"""Decoding: from the tokens of a prompt to the tokens of an answer, one at a time."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen: at temperature 0 the likeliest; with a seed, draws repeat themselves."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None


def generate(
    model: Any, prompt: Sequence[int], *, ends: frozenset[int], limit: int, sampling: Sampling
) -> Iterator[int]:
    """Yields the answer's tokens, at most `limit`; a token in `ends` is yielded too and is the last one.

    Every `next` is one forward pass. `model` is a transformers causal language model in evaluation mode,
    or one of PEFT.
    """
    chance = _chance(sampling)
    base, cache = opened(model)
    feed = torch.tensor([list(prompt)], device=base.device)
    for _ in range(limit):
        # Entered anew for each pass: between two passes other answers run on this thread.
        with torch.inference_mode():
            output = base(input_ids=feed, past_key_values=cache, use_cache=True, logits_to_keep=1)
            token = choose(output.logits[0, -1].float().cpu(), sampling, chance)
        cache, feed = output.past_key_values, torch.tensor([[token]], device=model.device)
        yield token
        if token in ends:
            return


def opened(model: Any) -> tuple[Any, Any]:
    """The model that computes, and the cache that every prompt starts from, None for an empty one.

    What prompt tuning has learned stands before every prompt as virtual tokens. PEFT puts them there anew
    in each pass, which would repeat them in the middle of an answer.
    """
    if not virtual_tokens(model):
        return model, None
    base = model.get_base_model()
    with torch.inference_mode():
        learned = model.get_prompt(batch_size=1).to(base.dtype)
        return base, base(inputs_embeds=learned, use_cache=True, logits_to_keep=1).past_key_values


def virtual_tokens(model: Any) -> int:
    """How many learned tokens stand before every prompt; 0 for a model without any."""
    tuned = getattr(model, "active_peft_config", None)
    return int(tuned.num_virtual_tokens) if tuned is not None and tuned.is_prompt_learning else 0


def choose(logits: torch.Tensor, sampling: Sampling, chance: torch.Generator) -> int:
    """The next token, from the scores of all tokens (float32, shape: vocabulary, on the CPU)."""
    if sampling.temperature == 0.0:
        return int(logits.argmax())
    # Float64 and a shift by the maximum: a temperature close to 0 must not overflow.
    scores = (logits.double() - logits.max()) / sampling.temperature
    order = scores.argsort(descending=True, stable=True)
    shares = scores[order].softmax(0)
    # The smallest set of likeliest tokens that reaches top_p; always at least one.
    kept = int((shares.cumsum(0) - shares < sampling.top_p).sum().clamp(min=1))
    drawn = torch.multinomial(shares[:kept], 1, generator=chance)
    return int(order[int(drawn)])


def end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer, as tokenizer, generation settings and the model's config name them."""
    found: set[int] = set()
    generation = getattr(model, "generation_config", None)
    for value in (
        tokenizer.eos_token_id,
        getattr(generation, "eos_token_id", None),
        getattr(model.config, "eos_token_id", None),
    ):
        found.update(value if isinstance(value, list | tuple) else () if value is None else (value,))
    return frozenset(found)


def context_length(model: Any) -> float:
    """How many tokens prompt and answer may have together; infinite where the model states no limit."""
    return float(getattr(model.config, "max_position_embeddings", None) or math.inf) - virtual_tokens(model)


def _chance(sampling: Sampling) -> torch.Generator:
    chance = torch.Generator()
    if sampling.seed is None:
        chance.seed()
    else:
        # Any 64-bit number is a valid seed for a client, torch takes none below -2^63 and none from 2^64 on.
        chance.manual_seed(sampling.seed % 2**63)
    return chance
