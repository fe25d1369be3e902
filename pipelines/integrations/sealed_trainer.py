"""A trainer to be trusted: sealed checkpoints, an order that resumes exactly, and a polite stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from transformers import PrinterCallback, Trainer, TrainerCallback
from transformers.trainer_pt_utils import get_length_grouped_indices

from pipelines.integrations.checkpoints import seal
from pipelines.ports import Progress


class SeededLengthSampler(torch.utils.data.Sampler[int]):
    """Rows of similar length side by side, in an order that depends on (seed, epoch) alone.

    The stock sampler draws from the global generator, whose state a resumed run does not have.
    """

    def __init__(self, trainer: Any, lengths: Sequence[int]) -> None:
        self._trainer, self._lengths = trainer, lengths

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        arguments = self._trainer.args
        # A resumed run starts inside an epoch: 3.7 is still epoch 3.
        epoch = int((self._trainer.state.epoch or 0) + 1e-6)
        generator = torch.Generator().manual_seed(arguments.data_seed * 1_000_003 + epoch)
        batch = arguments.train_batch_size * arguments.gradient_accumulation_steps
        grouped: Any = get_length_grouped_indices
        return iter(grouped(self._lengths, batch, generator=generator))


class SealedTrainer(Trainer):
    """`binding` names the inputs of the job in every seal."""

    def __init__(self, *, binding: Mapping[str, str], **options: Any) -> None:
        super().__init__(**options)
        self._binding = dict(binding)
        self.remove_callback(PrinterCallback)

    def _get_train_sampler(self, train_dataset: Any = None) -> SeededLengthSampler:
        rows: Any = self.train_dataset if train_dataset is None else train_dataset
        return SeededLengthSampler(self, [len(ids) for ids in rows["input_ids"]])

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        seal(Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}", self._binding)


class StopOnSigterm(TrainerCallback):
    """Saves and stops at the END of the step in progress: within a step random numbers are half used.

    Only the main thread of a process can listen to signals; elsewhere nothing changes.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, self._ask)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
        if self.asked:
            control.should_save = control.should_training_stop = True

    def restore(self) -> None:
        """Give the signal back to whoever had it."""
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)
            self._before = None

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True


class ReportProgress(TrainerCallback):
    """One short line for every logged loss."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def on_log(self, args: Any, state: Any, control: Any, **extra: Any) -> None:  # noqa: ARG002
        logs = extra.get("logs")
        if logs and "loss" in logs:
            self._progress(f"step {state.global_step}/{state.max_steps}, loss {float(logs['loss']):.2f}")
