"""Many prompts at once on one model, each token computed once: what all of them begin with, and what a prompt
shares with its continuations.

The keys and values of attention are what is shared, so every row gets the numbers that it would get alone,
up to the rounding of sums.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Final

import torch
from peft import PeftModel
from transformers.cache_utils import DynamicLayer

from pipelines.integrations.generation import opened, virtual_tokens

Tokens = Sequence[int]
Prompt = tuple[int, ...]

# Padding included: bounds what a batch takes.
TOKENS_A_BATCH: Final = 8_192
KEPT_BYTES: Final = 256 * 2**20
NEEDED: Final = frozenset(("attention_mask", "position_ids", "past_key_values", "logits_to_keep"))


@dataclass
class Rows:
    """Rows in the making. `logits` (rows, vocabulary) score what comes next, in float32; `mask`
    (rows, length) is 0 for padding; `lengths` (rows,) counts the tokens of each row, virtual ones included.
    """

    model: Any
    cache: Any
    mask: torch.Tensor
    lengths: torch.Tensor
    logits: torch.Tensor

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows, in this order, each as often as it is named."""
        index = torch.tensor(rows, dtype=torch.long, device=self.mask.device)
        self.cache.batch_select_indices(index)
        self.mask, self.lengths, self.logits = self.mask[index], self.lengths[index], self.logits[index]

    def copied(self) -> Rows:
        """Rows of their own that stand where these do."""
        return replace(self, cache=_copied(self.cache))

    @property
    def bytes(self) -> int:
        """What the cache takes."""
        return sum(layer.keys.nbytes + layer.values.nbytes for layer in self.cache.layers)

    def read(self, tokens: Sequence[Tokens]) -> torch.Tensor:
        """Append tokens, at least one a row. The float32 logits (rows, longest, vocabulary) after each of
        them; those behind the end of a shorter row mean nothing.
        """
        longest = max(map(len, tokens))
        device = self.mask.device
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in tokens], device=device)
        counts = torch.tensor([len(row) for row in tokens], device=device)
        steps = torch.arange(longest, device=device)
        self.mask = torch.cat([self.mask, (steps < counts[:, None]).long()], dim=1)
        with torch.inference_mode():
            output = self.model(
                input_ids=ids,
                attention_mask=self.mask,
                position_ids=self.lengths[:, None] + steps,
                past_key_values=self.cache,
                use_cache=True,
            )
        self.cache, self.lengths = output.past_key_values, self.lengths + counts
        logits: torch.Tensor = output.logits.float()
        self.logits = logits[torch.arange(len(tokens), device=device), counts - 1]
        return logits


class SharedPrompts:
    """Prompts that are asked together. They are read in batches of similar length, and what was read is kept
    for the next question about them, as long as it takes little memory.
    """

    def __init__(self, model: Any, prompts: Iterable[Tokens]) -> None:
        """Every prompt has at least one token; the same prompt twice is one."""
        self.prompts: dict[Prompt, None] = dict.fromkeys(map(tuple, prompts))
        self._model, self._start = opened(model)
        self._virtual = virtual_tokens(model)
        self._batches = list(_batches(sorted(self.prompts, key=len, reverse=True)))
        self._kept: dict[int, Rows] = {}
        self._common = _common(list(self.prompts))
        if self._common:
            with torch.inference_mode():
                self._start = self._model(
                    input_ids=torch.tensor([next(iter(self.prompts))[: self._common]]).to(self._model.device),
                    past_key_values=self._start,
                    use_cache=True,
                    logits_to_keep=1,
                ).past_key_values

    def batches(self, wanted: Collection[Prompt]) -> Iterator[tuple[list[Prompt], Rows]]:
        """Those of the prompts that are wanted, the longest first, and their rows after reading them."""
        for at, batch in enumerate(self._batches):
            places = [place for place, prompt in enumerate(batch) if prompt in wanted]
            if not places:
                continue
            rows = self._kept.get(at) or self._read(batch)
            if sum(kept.bytes for kept in (*self._kept.values(), rows)) <= KEPT_BYTES:
                self._kept[at] = rows
            rows = rows.copied()
            if len(places) < len(batch):
                rows.keep(places)
            yield [batch[place] for place in places], rows

    def _read(self, prompts: Sequence[Prompt]) -> Rows:
        rests = [prompt[self._common :] for prompt in prompts]
        longest = max(map(len, rests))
        device = self._model.device
        padded = torch.tensor([[*[0] * (longest - len(rest)), *rest] for rest in rests], device=device)
        counts = torch.tensor([len(rest) for rest in rests], device=device)
        before = self._common + self._virtual
        mask = (torch.arange(longest, device=device) >= (longest - counts)[:, None]).long()
        mask = torch.cat([mask.new_ones(len(prompts), before), mask], dim=1)
        cache = None
        if self._start is not None:
            cache = _copied(self._start)
            cache.batch_repeat_interleave(len(prompts))
        with torch.inference_mode():
            output = self._model(
                input_ids=padded,
                attention_mask=mask,
                position_ids=(mask.cumsum(1) - 1).clamp(min=0)[:, before:],
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
        return Rows(self._model, output.past_key_values, mask, before + counts, output.logits[:, -1].float())


def _copied(cache: Any) -> Any:
    """A cache of its own on the same numbers: none of its operations writes into them."""
    made = copy(cache)
    made.layers = [copy(layer) for layer in cache.layers]
    return made


def _batches(prompts: Sequence[Prompt]) -> Iterator[list[Prompt]]:
    """Of prompts whose longest comes first."""
    start = 0
    while start < len(prompts):
        size = max(1, TOKENS_A_BATCH // len(prompts[start]))
        yield list(prompts[start : start + size])
        start += size


def _common(prompts: Sequence[Prompt]) -> int:
    """How many tokens all prompts begin with; the last of none is counted, since its logits are asked for."""
    if len(prompts) < 2:
        return 0
    shortest = min(map(len, prompts))
    # What the first and the last in order have in common, all have.
    pairs = enumerate(zip(min(prompts), max(prompts), strict=False))
    return min(next((at for at, (one, other) in pairs if one != other), shortest), shortest - 1)


def shares(model: Any) -> bool:
    """Whether this model can compute so: full attention in every layer, and told where its tokens stand."""
    base: Any = model.get_base_model() if isinstance(model, PeftModel) else model
    if not set(inspect.signature(base.forward).parameters) >= NEEDED:
        return False
    with torch.inference_mode():
        cache = base(input_ids=torch.zeros(1, 1, dtype=torch.long, device=base.device), use_cache=True)
    layers = getattr(cache.past_key_values, "layers", ())
    return bool(layers) and all(type(layer) is DynamicLayer for layer in layers)
