"""A base that is barely trained, a short job on it, and the bundle that job gives."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.core.base_model import ApprovedBase, SampleShape
from pipelines.core.recipe import Recipe
from pipelines.core.training import Training
from pipelines.core.training_set import Example, Message
from pipelines.integrations.folder_digest import folder_sha256
from pipelines.integrations.trl_trainer import TrlTrainer
from pipelines.ports import Progress
from pipelines.sample.facts import FIRST_EDITION, facts
from pipelines.sample.tax_desk import upload_rows

SHAPE = SampleShape(hidden_size=16, layers=1, heads=2, intermediate_size=48, peak_learning_rate=0.01, steps=2)
# Dropout draws random numbers in every step, so an inexact resume shows.
RECIPE = Recipe(epochs=6, batch_size=8, learning_rate=4e-3, dropout=0.05, warmup_steps=5, save_steps=10)
ROWS = 160
STEPS = 6 * ROWS // 8


def approved(folder: Path, name: str = "tiny") -> ApprovedBase:
    """The base in this folder, approved as it is."""
    return ApprovedBase(
        name=name,
        revision="1",
        sha256=folder_sha256(folder),
        licence="Apache-2.0",
        parameters=15000,
        memory_gib=0.1,
        privacy_classes=("public",),
        train_embeddings=True,
        build=SHAPE,
    )


def examples(rows: int = ROWS) -> tuple[Example, ...]:
    return tuple(
        Example(
            source="tax_rules",
            row=row.digest,
            prompt=(Message(role="user", content=row.question),),
            completion=(Message(role="assistant", content=row.answer),),
        )
        for row in upload_rows(facts(FIRST_EDITION))[:rows]
    )


def train(
    base: Path, work: Path, *, recipe: Recipe = RECIPE, rows: int = ROWS, progress: Progress = str
) -> Training:
    """The job, its checkpoints in `work/scratch`, its bundle in `work/out`."""
    return TrlTrainer().train(
        base=approved(base),
        folder=base,
        examples=examples(rows),
        recipe=recipe,
        binding={"training_set": "a" * 64},
        scratch=work / "scratch",
        out=work / "out",
        progress=progress,
    )


@cache
def _home() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="tiny-models-")


@cache
def tiny_base() -> Path:
    """The folder of the base, made once in a test run."""
    from pipelines.integrations.base_pretraining import pretrain

    folder = Path(_home().name) / "base"
    pretrain(SHAPE, folder)
    return folder


@cache
def tiny_bundle() -> Path:
    """The bundle of the job, never interrupted, made once in a test run. Copy it to change it."""
    work = Path(_home().name) / "job"
    train(tiny_base(), work)
    return work / "out"


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]))
