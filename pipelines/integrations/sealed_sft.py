"""TRL's SFTTrainer with sealed checkpoints, and a loss that looks at the answers alone."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import torch
from trl.trainer.sft_trainer import SFTTrainer

from pipelines.integrations.generation import virtual_tokens
from pipelines.integrations.sealed_trainer import SealedTrainer
from pipelines.integrations.training_rows import IGNORED


class SealedSFTTrainer(SealedTrainer, SFTTrainer):
    """TRL's trainer, sealed. `binding` names the inputs of the job."""

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """None: a checkpoint is not for reading, and the card asks a hub for metadata."""

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The mean cross entropy of the completions' tokens, as TRL computes it.

        Away from GPUs TRL multiplies every token with the whole vocabulary, twice, for its metrics too.
        """
        if return_outputs or not self._scores_answers_alone:
            whole: Any = super()
            return whole.compute_loss(model, inputs, return_outputs, num_items_in_batch)
        return answer_loss(model, inputs, num_items_in_batch)

    @property
    def _scores_answers_alone(self) -> bool:
        causal: Any = self.model
        if self.accelerator.device.type != "cpu" or self.aux_loss_enabled:
            return False
        whole = causal.get_base_model() if hasattr(causal, "get_base_model") else causal
        return "logits_to_keep" in inspect.signature(whole.forward).parameters


def answer_loss(model: Any, inputs: Mapping[str, Any], count: Any = None) -> torch.Tensor:
    """Cross entropy of the labelled tokens over their `count` in the whole step, by default in this batch.

    Only columns in which some row has a label are multiplied with the vocabulary.
    """
    following = torch.nn.functional.pad(inputs["labels"][:, 1:], (0, 1), value=IGNORED)
    columns = (following != IGNORED).any(0).nonzero().flatten()
    others = {name: value for name, value in inputs.items() if name != "labels"}
    logits = model(**others, use_cache=False, logits_to_keep=columns + virtual_tokens(model)).logits
    wanted = following[:, columns]
    loss = torch.nn.functional.cross_entropy(
        logits.float().flatten(0, 1), wanted.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    return loss / ((wanted != IGNORED).sum() if count is None else count)
