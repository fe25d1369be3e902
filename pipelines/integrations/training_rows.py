"""Examples as token ids, with labels where the loss counts: on the completion only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pipelines.core.errors import DataError
from pipelines.core.training_set import Example, Message

# What PyTorch's cross entropy leaves out.
IGNORED = -100


class TokenRow(NamedTuple):
    """Two lists of one length: the row's token ids, and the same or IGNORED."""

    input_ids: list[int]
    labels: list[int]


def token_rows(
    rows: Sequence[Example], tokenizer: Any, *, base: str, max_length: int
) -> tuple[TokenRow, ...]:
    """One a row, in their order, by the tokenizer's chat template.

    Nothing is ever cut: raises DataError when a row is longer than `max_length` tokens.
    """
    asked = _ids(tokenizer, [row.prompt for row in rows], opened=True)
    whole = _ids(tokenizer, [(*row.prompt, *row.completion) for row in rows], opened=False)
    _check_lengths(whole, base, max_length)
    return tuple(_row(prompt, ids) for prompt, ids in zip(asked, whole, strict=True))


def prompt_ids(
    rows: Sequence[Example], tokenizer: Any, *, base: str, max_length: int
) -> tuple[list[int], ...]:
    """The token ids of each row's prompt, up to where its answer begins. Raises as `token_rows` does."""
    asked = _ids(tokenizer, [row.prompt for row in rows], opened=True)
    _check_lengths(asked, base, max_length)
    return tuple(asked)


def _check_lengths(rows: Sequence[Sequence[int]], base: str, max_length: int) -> None:
    too_long = sum(len(ids) > max_length for ids in rows)
    if too_long:
        raise DataError(
            "training set",
            f"has no example longer than {max_length} tokens of {base}",
            f"{too_long} of {len(rows)} longer",
            "Shorten these rows, or raise max_length in the model's recipe.",
        )


def _ids(tokenizer: Any, chats: Sequence[Sequence[Message]], *, opened: bool) -> list[list[int]]:
    """`opened`: up to where the answer begins."""
    said = [[message.model_dump() for message in chat] for chat in chats]
    found: list[list[int]] = tokenizer.apply_chat_template(
        said, add_generation_prompt=opened, return_dict=False
    )
    return found


def _row(prompt: list[int], ids: list[int]) -> TokenRow:
    """Some templates open an answer that is asked for otherwise than one that is given: the completion
    begins where the two differ.
    """
    same = next((at for at, pair in enumerate(zip(prompt, ids, strict=False)) if pair[0] != pair[1]), None)
    begin = min(len(prompt), len(ids)) if same is None else same
    return TokenRow(ids, [IGNORED] * begin + ids[begin:])
