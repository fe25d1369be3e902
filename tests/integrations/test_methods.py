"""Every method of training: equal inputs give equal bytes, a dead job goes on, its bundle is proven."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tiny_models
from tiny_models import tiny_base, train

from pipelines.core.errors import Refused, Tampered
from pipelines.core.recipe import Recipe
from pipelines.core.training import Training
from pipelines.integrations import methods
from pipelines.integrations.bundle import load_bundle, read_manifest
from pipelines.integrations.folder_digest import folder_files, folder_sha256

pytestmark = pytest.mark.integration

ROWS, EPOCHS = 64, 3
SHORT = Recipe(epochs=EPOCHS, batch_size=8, learning_rate=4e-3, warmup_steps=5, save_steps=5)
RECIPES = {
    "full": SHORT.model_copy(update={"method": "full"}),
    "prompt_tuning": SHORT.model_copy(
        update={"method": "prompt_tuning", "virtual_tokens": 4, "learning_rate": 0.1}
    ),
    "packed": SHORT.model_copy(
        update={"packing": True, "batch_size": 1, "max_length": 64, "dropout": 0.05, "save_steps": 10}
    ),
    "accumulated": SHORT.model_copy(update={"batch_size": 4, "gradient_accumulation": 2, "dropout": 0.05}),
}
every_recipe = pytest.mark.parametrize("name", sorted(RECIPES))


class Died(BaseException):
    """What nothing in a trainer may catch."""


@cache
def home() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="methods-")


@cache
def job(name: str) -> tuple[Path, Training]:
    """The folder of a job that was never interrupted, made once in a test run, and what it took."""
    work = Path(home().name) / name
    return work, train(tiny_base(), work, recipe=RECIPES[name], rows=ROWS)


def die_at_step_20(line: str) -> None:
    if line.startswith("step 20/"):
        raise Died


@every_recipe
def test_a_job_that_dies_in_mid_training_goes_on_to_the_same_bundle(name: str, tmp_path: Path) -> None:
    with pytest.raises(Died):
        train(tiny_base(), tmp_path, recipe=RECIPES[name], rows=ROWS, progress=die_at_step_20)
    assert not (tmp_path / "out").exists()

    lines: list[str] = []
    again = train(tiny_base(), tmp_path, recipe=RECIPES[name], rows=ROWS, progress=lines.append)
    assert lines[0].startswith("resuming from checkpoint-1")
    whole, undisturbed = job(name)
    assert (again.steps, again.tokens) == (undisturbed.steps, undisturbed.tokens)
    assert folder_sha256(tmp_path / "out") == folder_sha256(whole / "out")


@every_recipe
def test_a_bundle_gives_the_logits_of_its_trainer(name: str) -> None:
    loaded = load_bundle(job(name)[0] / "out", tiny_base())
    assert loaded.logit_difference < 1e-4
    assert not loaded.model.training


@every_recipe
def test_a_bundle_names_its_method_and_no_local_path(name: str) -> None:
    bundle = job(name)[0] / "out"
    assert read_manifest(bundle).method == RECIPES[name].method
    places = (str(tiny_base()).encode(), str(home().name).encode())
    for file in folder_files(bundle):
        assert not any(place in (bundle / file).read_bytes() for place in places), file


@every_recipe
def test_what_a_training_took_is_told(name: str) -> None:
    took = job(name)[1]
    assert took.tokens % EPOCHS == 0
    assert took.tokens == job("full")[1].tokens
    assert took.seconds > 0
    assert took.peak_memory_mib > 100


def test_a_full_fine_tune_is_a_whole_model_and_still_bound_to_its_base(tmp_path: Path) -> None:
    bundle = job("full")[0] / "out"
    files = set(folder_files(bundle))
    assert {"model/model.safetensors", "model/config.json"} < files
    assert not any(name.startswith("adapter/") for name in files)
    other = shutil.copytree(tiny_base(), tmp_path / "other")
    (other / "generation_config.json").write_text("{}")
    with pytest.raises(Tampered, match="the base it was trained on"):
        load_bundle(bundle, other)


def test_prompt_tuning_leaves_the_base_as_it_is() -> None:
    from safetensors.torch import load_file

    weights = load_file(job("prompt_tuning")[0] / "out/adapter/adapter_model.safetensors")
    assert {name: tuple(tensor.shape) for name, tensor in weights.items()} == {"prompt_embeddings": (4, 16)}


def test_packs_make_fewer_steps_of_the_same_tokens() -> None:
    packed, plain = job("packed")[1], job("full")[1]
    tokens = plain.tokens // EPOCHS
    assert packed.tokens == plain.tokens
    assert packed.steps < EPOCHS * ROWS
    assert packed.steps >= EPOCHS * tokens / RECIPES["packed"].max_length


def test_qlora_without_a_gpu_is_refused_and_never_becomes_lora(tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(Refused, match=r"`method: qlora`: runs on a GPU.*found no GPU"):
        train(tiny_base(), tmp_path, recipe=SHORT.model_copy(update={"method": "qlora"}), rows=8)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("parameters", "able", "embeddings", "expected"),
    [
        (97_000_000, True, False, "bfloat16"),
        (97_000_000, False, False, "float32"),
        (97_000_000, True, True, "float32"),
        (900_000, True, False, "float32"),
    ],
)
def test_a_cpu_multiplies_in_bf16_only_large_bases_and_only_in_hardware(
    monkeypatch: pytest.MonkeyPatch, parameters: int, able: bool, embeddings: bool, expected: str
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": able})
    base = tiny_models.approved(tiny_base()).model_copy(
        update={"parameters": parameters, "train_embeddings": embeddings}
    )
    assert methods.precision(base) == expected
