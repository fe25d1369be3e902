"""A bundle loads only when it is, byte by byte and logit by logit, what the trainer had."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from bundle_damage import flip, resealed
from tiny_models import tiny_base, tiny_bundle

from pipelines.core.errors import Refused, Tampered
from pipelines.integrations.bundle import MANIFEST, load_bundle, read_manifest, write_bundle
from pipelines.integrations.folder_digest import folder_files

pytestmark = pytest.mark.integration


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return shutil.copytree(tiny_bundle(), tmp_path / "bundle")


def test_a_sound_bundle_gives_the_logits_of_the_trainer(bundle: Path) -> None:
    loaded = load_bundle(bundle, tiny_base())
    assert loaded.logit_difference < 1e-4
    assert not loaded.model.training
    assert loaded.tokenizer.chat_template


def test_a_bundle_names_its_base_and_no_local_path(bundle: Path) -> None:
    config = json.loads((bundle / "adapter" / "adapter_config.json").read_text())
    assert (read_manifest(bundle).base, config["base_model_name_or_path"]) == ("tiny", "tiny")
    places = (str(tiny_base()).encode(), str(tiny_bundle().parent).encode())
    for name in folder_files(bundle):
        assert not any(place in (bundle / name).read_bytes() for place in places), name


@pytest.mark.parametrize("name", ["adapter/adapter_model.safetensors", "tokenizer/tokenizer.json"])
def test_one_flipped_byte_is_refused(bundle: Path, name: str) -> None:
    flip(bundle / name)
    with pytest.raises(Tampered, match=Path(name).name):
        load_bundle(bundle, tiny_base())


def test_a_bundle_is_refused_on_another_base(bundle: Path, tmp_path: Path) -> None:
    other = shutil.copytree(tiny_base(), tmp_path / "other")
    flip(other / "model.safetensors")
    with pytest.raises(Tampered, match="the base it was trained on"):
        load_bundle(bundle, other)


def test_weights_that_give_other_logits_are_refused_even_with_a_fitting_manifest(bundle: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = bundle / "adapter" / "adapter_model.safetensors"
    save_file({name: tensor * 1.5 for name, tensor in load_file(path).items()}, path)
    with pytest.raises(Tampered, match="trainer's logits"):
        load_bundle(resealed(bundle), tiny_base())


def untrained(out: Path) -> None:
    """Write a bundle whose adapter still does nothing."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(tiny_base())
    write_bundle(
        get_peft_model(model, LoraConfig(target_modules="all-linear", task_type="CAUSAL_LM")),
        AutoTokenizer.from_pretrained(tiny_base()),
        base_folder=tiny_base(),
        out=out,
        probe_text_ids=[5, 6, 7],
        binding={},
    )


def test_a_training_without_effect_is_refused(tmp_path: Path) -> None:
    untrained(tmp_path / "bundle")
    with pytest.raises(Tampered, match="training that changes its base"):
        load_bundle(tmp_path / "bundle", tiny_base())


def test_files_that_could_run_code_are_refused(bundle: Path) -> None:
    (bundle / "adapter" / "optimizer.bin").write_bytes(b"pickle")
    with pytest.raises(Tampered, match=r"optimizer\.bin"):
        load_bundle(resealed(bundle), tiny_base())


def test_a_configuration_that_names_code_is_refused(bundle: Path) -> None:
    path = bundle / "tokenizer" / "tokenizer_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "auto_map": {"AutoTokenizer": "evil.py"}}))
    with pytest.raises(Tampered, match="names code"):
        load_bundle(resealed(bundle), tiny_base())


def test_a_link_in_a_bundle_is_refused(bundle: Path) -> None:
    (bundle / "probe.safetensors").rename(bundle.parent / "probe.safetensors")
    (bundle / "probe.safetensors").symlink_to(bundle.parent / "probe.safetensors")
    with pytest.raises(Tampered, match="link"):
        load_bundle(bundle, tiny_base())


def test_a_bundle_without_a_manifest_is_refused(bundle: Path) -> None:
    (bundle / MANIFEST).unlink()
    with pytest.raises(Tampered, match=r"manifest\.json"):
        load_bundle(bundle, tiny_base())


def test_only_a_bundle_is_ever_replaced(bundle: Path, tmp_path: Path) -> None:
    untrained(bundle)
    assert read_manifest(bundle).binding == {}

    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "precious.txt").write_text("kept")
    with pytest.raises(Refused, match="something else"):
        untrained(tmp_path / "work")
    assert (tmp_path / "work" / "precious.txt").read_text() == "kept"
