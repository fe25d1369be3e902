"""The loss looks at the answers alone, packed or not, and is the one that TRL computes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tiny_models
import torch
from tiny_models import tiny_base
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling, SFTTrainer

from pipelines.core.errors import DataError
from pipelines.core.recipe import Recipe
from pipelines.core.training_set import Message
from pipelines.integrations.methods import adapter_config, load_base
from pipelines.integrations.sealed_sft import SealedSFTTrainer, answer_loss
from pipelines.integrations.training_rows import IGNORED, TokenRow, token_rows

pytestmark = pytest.mark.integration


@cache
def tokenizer() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base())


@cache
def rows() -> tuple[TokenRow, ...]:
    """Eight, of different lengths."""
    return token_rows(tiny_models.examples(8), tokenizer(), base="tiny", max_length=64)


def batch(*chosen: TokenRow, packed: bool = False) -> Any:
    collate = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=packed)
    return collate([row._asdict() for row in chosen])


def trainer_of(method: str, scratch: Path) -> SealedSFTTrainer:
    from datasets import Dataset
    from trl.trainer.sft_config import SFTConfig

    base = tiny_models.approved(tiny_base())
    recipe = Recipe(method=method, virtual_tokens=4, epochs=1, batch_size=8, learning_rate=0.1)
    return SealedSFTTrainer(
        binding={},
        model=load_base(base, tiny_base(), recipe),
        processing_class=tokenizer(),
        args=SFTConfig(str(scratch), use_cpu=True, bf16=False, gradient_checkpointing=False, report_to=[]),
        train_dataset=Dataset.from_list([row._asdict() for row in rows()]),
        peft_config=adapter_config(base, recipe),
    )


@pytest.mark.parametrize(
    ("method", "packed"),
    [("lora", False), ("full", False), ("prompt_tuning", False), ("lora", True), ("full", True)],
)
def test_loss_and_gradients_are_those_of_trl(method: str, packed: bool, tmp_path: Path) -> None:
    trainer = trainer_of(method, tmp_path)
    model: Any = trainer.model
    found = []
    for compute in (trainer.compute_loss, lambda *a: SFTTrainer.compute_loss(trainer, *a)):
        model.zero_grad()
        loss = compute(model, batch(*rows()[:3], packed=packed))
        loss.backward()
        gradients = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
        found.append((loss.detach(), torch.cat(gradients)))
    (own, own_gradient), (theirs, their_gradient) = found
    assert torch.allclose(own, theirs, atol=1e-6)
    assert torch.allclose(own_gradient, their_gradient, atol=1e-6)
    assert own_gradient.abs().max() > 0


def test_a_packed_row_sees_nothing_of_the_rows_beside_it(tmp_path: Path) -> None:
    model: Any = trainer_of("full", tmp_path).model
    torch.manual_seed(0)
    with torch.no_grad():
        for weights in model.parameters():
            weights.normal_(0.0, 0.5)  # so that every token matters
        alone = sum(answer_loss(model, batch(row), 1) for row in rows()[:3])
        pack = batch(*rows()[:3], packed=True)
        packed = answer_loss(model, pack, 1)
        mixed = answer_loss(model, {name: pack[name] for name in ("input_ids", "labels")}, 1)
    assert torch.allclose(packed, torch.as_tensor(alone), rtol=1e-6)
    assert not torch.allclose(mixed, torch.as_tensor(alone), rtol=1e-4)


def test_the_loss_counts_completions_only() -> None:
    for row, example in zip(rows(), tiny_models.examples(8), strict=True):
        kept = [token for token in row.labels if token != IGNORED]
        assert tokenizer().decode(kept) == example.completion[0].content + "<|end|>"
        assert row.labels[-len(kept) :] == kept


def test_a_template_that_opens_an_asked_answer_in_its_own_way_loses_no_completion() -> None:
    class Thinking:
        """Opens an answer that is asked for with an empty thought, as some chat templates do."""

        def apply_chat_template(self, chats: Any, *, add_generation_prompt: bool, return_dict: bool) -> Any:
            end = [7, 8] if add_generation_prompt else [9, 1]
            return [[5, len(chat[0]["content"]), 6, *end] for chat in chats]

    (row,) = token_rows(tiny_models.examples(1), Thinking(), base="tiny", max_length=64)
    assert row.labels == [IGNORED, IGNORED, IGNORED, 9, 1]


def test_a_row_that_is_longer_than_allowed_is_never_cut() -> None:
    longest = max(len(row.input_ids) for row in rows())
    assert len(token_rows(tiny_models.examples(8), tokenizer(), base="tiny", max_length=longest)) == 8
    longer = tiny_models.examples(8)[0].model_copy(
        update={"completion": (Message(role="assistant", content="$1 " * longest),)}
    )
    with pytest.raises(DataError, match="1 of 9 longer"):
        token_rows((*tiny_models.examples(8), longer), tokenizer(), base="tiny", max_length=longest)
