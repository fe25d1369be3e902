"""Greedy answers and likelihoods of many prompts at once, as the serving path gives them one at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Final

import torch

from pipelines.integrations.shared_prompts import TOKENS_A_BATCH, Prompt, Rows, SharedPrompts, Tokens

Decode = Callable[[Sequence[Tokens]], list[str]]
"""The texts of many rows of tokens."""

Likelihood = tuple[float, bool]
"""The logarithm of a continuation's probability, and whether greedy decoding would write it."""

# Tokens that one character may take: a stop may begin in the middle of what was written before it.
SPLIT: Final = 4


def greedy_answers(
    prompts: SharedPrompts,
    *,
    ends: frozenset[int],
    limit: int,
    stops: Sequence[str],
    decode: Decode,
    wanted: Collection[Prompt] | None = None,
) -> dict[Prompt, list[int]]:
    """{prompt: answer} of the `wanted` prompts, by default of all. An answer has at most `limit` tokens, 1 or
    more; it ends with a token of `ends`, or where it holds one of `stops`.
    """
    tail = max((len(stop.encode()) for stop in stops), default=0) + SPLIT

    def unfinished(answers: Sequence[Tokens]) -> list[int]:
        texts = decode([answer[-tail:] for answer in answers]) if stops else [""] * len(answers)
        return [
            at
            for at, (answer, text) in enumerate(zip(answers, texts, strict=True))
            if len(answer) < limit and answer[-1] not in ends and not any(stop in text for stop in stops)
        ]

    written: dict[Prompt, list[int]] = {}
    for batch, rows in prompts.batches(prompts.prompts if wanted is None else wanted):
        answers: list[list[int]] = [[] for _ in batch]
        written.update(zip(batch, answers, strict=True))
        while answers:
            for answer, token in zip(answers, rows.logits.argmax(-1).tolist(), strict=True):
                answer.append(token)
            left = unfinished(answers)
            if len(left) < len(answers):
                rows.keep(left)
                answers = [answers[at] for at in left]
            if answers:
                rows.read([answer[-1:] for answer in answers])
    return written


def likelihoods(prompts: SharedPrompts, pairs: Sequence[tuple[Tokens, Tokens]]) -> list[Likelihood]:
    """Of continuations, each of one of the prompts and at least one token long."""
    asked: defaultdict[Prompt, list[int]] = defaultdict(list)
    for at, (prompt, _) in enumerate(pairs):
        asked[tuple(prompt)].append(at)
    found: list[Likelihood] = [(0.0, False)] * len(pairs)
    for batch, rows in prompts.batches(asked):
        wanted = [(row, at) for row, prompt in enumerate(batch) for at in asked[prompt]]
        scores = _scores(rows, [(row, pairs[at][1]) for row, at in wanted])
        for (_, at), score in zip(wanted, scores, strict=True):
            found[at] = score
    return found


def _scores(rows: Rows, behind: Sequence[tuple[int, Tokens]]) -> list[Likelihood]:
    """Of continuations, each behind a row. All but the first token need rows of their own."""
    found = _each(rows.logits[[row for row, _ in behind]][:, None], [words[:1] for _, words in behind])
    longer = [at for at, (_, words) in enumerate(behind) if len(words) > 1]
    size = max(1, TOKENS_A_BATCH // rows.mask.shape[1])
    for start in range(0, len(longer), size):
        part = longer[start : start + size]
        more = rows.copied()
        more.keep([behind[at][0] for at in part])
        logits = more.read([behind[at][1][:-1] for at in part])
        for at, (rest, greedy) in zip(part, _each(logits, [behind[at][1][1:] for at in part]), strict=True):
            found[at] = (found[at][0] + rest, found[at][1] and greedy)
    return found


def _each(logits: torch.Tensor, words: Sequence[Tokens]) -> list[Likelihood]:
    """Of tokens under logits (rows, longest, vocabulary), each token under those of its own place."""
    longest = max(map(len, words))
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in words], device=logits.device)
    real = torch.tensor([[at < len(row) for at in range(longest)] for row in words], device=logits.device)
    found = logits.gather(-1, ids[..., None]).squeeze(-1) - logits.logsumexp(-1)
    sums = found.masked_fill(~real, 0.0).sum(-1).tolist()
    greedy = ((logits.argmax(-1) == ids) | ~real).all(-1).tolist()
    return list(zip(sums, greedy, strict=True))
