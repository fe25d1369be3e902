"""Lessons as token ids, with a mask of what is learnt of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch


def graded(tokenizer: Any, texts: Sequence[str], given: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids (texts, longest), padded on the right, and where the next token is learnt, bool (texts,
    longest - 1): every token of an answer, its end included, but for the first `given` answers of a text.
    """
    rows = [torch.tensor(row) for row in tokenizer(list(texts), add_special_tokens=False).input_ids]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=tokenizer.pad_token_id)
    started = (ids == tokenizer.convert_tokens_to_ids("<|assistant|>")).cumsum(1)
    ended = (ids == tokenizer.eos_token_id).cumsum(1)
    known = started > torch.tensor(given)[:, None]
    return ids, ((started > ended) & known)[:, :-1]
