"""What every method of training made is served as it was trained: the same proof, the same answers."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_models
from tiny_models import tiny_base

from pipelines.archive import Archive
from pipelines.core.candidate import Candidate
from pipelines.core.promotion import Promotion
from pipelines.core.recipe import Recipe
from pipelines.integrations.base_models import LocalBaseModels
from pipelines.integrations.bundle import load_bundle
from pipelines.integrations.directory_store import DirectoryStore
from pipelines.integrations.generation import Sampling, generate
from pipelines.serving.loading import Loader

pytestmark = pytest.mark.integration

PROMPT = (2, 40, 41, 42, 3)


@pytest.mark.parametrize("method", ["lora", "full", "prompt_tuning"])
def test_the_server_proves_it_and_answers_as_its_trainer_would(method: str, tmp_path: Path) -> None:
    recipe = Recipe(method=method, virtual_tokens=4, epochs=3, batch_size=8, learning_rate=0.05)
    tiny_models.train(tiny_base(), tmp_path / "job", recipe=recipe, rows=16)
    base = tiny_models.approved(tiny_base()).model_copy(update={"path": str(tiny_base()), "build": None})
    archive = Archive(DirectoryStore(tmp_path / "bucket"))
    candidate = Candidate(
        model="tax-desk",
        training_set="a" * 64,
        base=base.name,
        base_sha256=base.sha256,
        method=recipe.method,
        recipe=recipe.digest,
        steps=6,
        bundle=archive.keep_folder(tmp_path / "job" / "out"),
    )
    promotion = Promotion(model="tax-desk", version=1, candidate=candidate, decision="c" * 64)

    folders = LocalBaseModels(tmp_path / "bases")
    loaded = Loader(archive, tmp_path / "cache", folders, lambda: {base.name: base})(promotion)
    assert loaded.bundle.logit_difference < 1e-3

    trained = load_bundle(tmp_path / "job" / "out", tiny_base()).model
    assert answer(loaded.bundle.model) == expected(trained)


def answer(model: object) -> list[int]:
    return list(generate(model, PROMPT, ends=frozenset(), limit=8, sampling=Sampling()))


def expected(model: object) -> list[int]:
    """The library's own greedy answer."""
    import torch

    ids = torch.tensor([PROMPT])
    written = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=8,
        min_new_tokens=8,
        do_sample=False,
    )
    return written[0, len(PROMPT) :].tolist()
