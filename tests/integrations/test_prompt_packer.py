"""A prompt package is a bundle like any other: complete, the same for the same inputs, proven when loaded."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest
from bundle_damage import flip, resealed
from prompt_packages import BINDING, RECIPES, pack, package
from tiny_models import approved, examples, tiny_base

from pipelines.core.arm import PromptKind
from pipelines.core.errors import Refused, Tampered
from pipelines.core.prompt_recipe import PromptRecipe
from pipelines.core.training_set import Message
from pipelines.integrations.bundle import MANIFEST, Manifest, load_bundle, read_manifest
from pipelines.integrations.folder_digest import folder_files
from pipelines.integrations.merging import load_merged
from pipelines.integrations.prompt_package import BANK, RECIPE
from pipelines.integrations.prompt_packer import PromptPacker

pytestmark = pytest.mark.integration

KINDS: tuple[PromptKind, ...] = get_args(PromptKind)


@pytest.fixture
def few(tmp_path: Path) -> Path:
    return shutil.copytree(package("few_shot"), tmp_path / "few")


def packed(recipe: PromptRecipe, out: Path, **changed: object) -> None:
    said = {"base": approved(tiny_base()), "folder": tiny_base(), "examples": examples(), "binding": BINDING}
    PromptPacker().pack(**(said | {"recipe": recipe, "out": out} | changed))


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_loads_on_its_base_with_its_own_way_of_asking(kind: PromptKind) -> None:
    loaded = load_merged(package(kind), tiny_base())
    assert loaded.logit_difference < 1e-4
    assert not loaded.model.training
    assert loaded.tokenizer.chat_template
    assert loaded.prompter.recipe == RECIPES[kind]
    question = Message(role="user", content=examples()[0].prompt[-1].content)
    asked = loaded.prompter.messages([question])
    assert (asked == (question,)) == (kind == "zero_shot")


@pytest.mark.parametrize("kind", KINDS)
def test_equal_inputs_give_equal_bytes_whatever_the_order_of_the_rows(
    kind: PromptKind, tmp_path: Path
) -> None:
    packed(RECIPES[kind], tmp_path / "again", examples=examples()[::-1])
    assert folder_files(tmp_path / "again") == folder_files(package(kind))


def test_a_package_says_what_it_is_and_names_no_local_path() -> None:
    manifest = read_manifest(package("bm25"))
    assert (manifest.method, manifest.base, manifest.binding) == ("bm25", "tiny", BINDING)
    places = (str(tiny_base()).encode(), str(package("bm25").parent).encode())
    for name in folder_files(package("bm25")):
        assert not any(place in (package("bm25") / name).read_bytes() for place in places), name


def test_a_package_holds_the_rows_that_it_may_show() -> None:
    rows = {kind: package(kind) / BANK for kind in KINDS}
    assert not rows["zero_shot"].exists()
    assert len(rows["few_shot"].read_bytes().splitlines()) == RECIPES["few_shot"].examples
    for kind in ("jaccard", "bm25", "retrieval"):
        assert len(rows[kind].read_bytes().splitlines()) == len(examples())


@pytest.mark.parametrize("name", [RECIPE, BANK, "probe.safetensors"])
def test_one_flipped_byte_of_a_package_is_refused(few: Path, name: str) -> None:
    flip(few / name)
    with pytest.raises(Tampered, match=name):
        load_bundle(few, tiny_base())


def test_a_package_is_refused_on_another_base(few: Path, tmp_path: Path) -> None:
    other = shutil.copytree(tiny_base(), tmp_path / "other")
    flip(other / "model.safetensors")
    with pytest.raises(Tampered, match="the base it was trained on"):
        load_bundle(few, other)


def test_other_rows_are_refused_even_with_a_fitting_manifest(few: Path) -> None:
    lines = (few / BANK).read_bytes().splitlines(keepends=True)
    (few / BANK).write_bytes(b"".join(lines[1:]))
    with pytest.raises(Tampered, match="prompt"):
        load_bundle(resealed(few), tiny_base())


def test_other_logits_are_refused_even_with_a_fitting_manifest(few: Path) -> None:
    from safetensors.torch import load_file, save_file

    probe = load_file(few / "probe.safetensors")
    save_file({**probe, "logits": probe["logits"] + 0.1}, few / "probe.safetensors")
    with pytest.raises(Tampered, match="logits"):
        load_bundle(resealed(few), tiny_base())


@pytest.mark.parametrize("said", [b"{}", b"not JSON"])
@pytest.mark.parametrize("name", [RECIPE, BANK])
def test_a_package_that_cannot_be_read_is_refused(few: Path, name: str, said: bytes) -> None:
    (few / name).write_bytes(said)
    with pytest.raises(Tampered, match=f"readable {name}"):
        load_bundle(resealed(few), tiny_base())


def test_a_package_that_asks_otherwise_than_its_manifest_says_is_refused(few: Path) -> None:
    manifest = Manifest.model_validate_json((few / MANIFEST).read_bytes())
    (few / MANIFEST).write_bytes(manifest.model_copy(update={"method": "zero_shot"}).to_json())
    with pytest.raises(Tampered, match="asks by zero_shot"):
        load_bundle(few, tiny_base())


def test_nothing_is_packed_on_another_base_than_the_approved_one(tmp_path: Path) -> None:
    other = approved(tiny_base()).model_copy(update={"sha256": "0" * 64})
    with pytest.raises(Tampered, match="approved digest"):
        packed(RECIPES["bm25"], tmp_path / "out", base=other)
    assert not (tmp_path / "out").exists()


def test_only_a_bundle_is_ever_replaced_by_a_package(few: Path, tmp_path: Path) -> None:
    pack(RECIPES["zero_shot"], few)
    assert folder_files(few) == folder_files(package("zero_shot"))

    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "precious.txt").write_text("kept")
    with pytest.raises(Refused, match="something else"):
        pack(RECIPES["zero_shot"], tmp_path / "work")
    assert (tmp_path / "work" / "precious.txt").read_text() == "kept"


def test_a_package_without_any_rows_asks_plainly(tmp_path: Path) -> None:
    packed(RECIPES["jaccard"], tmp_path / "empty", examples=())
    asked = (Message(role="user", content="What is the gift tax?"),)
    assert load_bundle(tmp_path / "empty", tiny_base()).prompter.messages(asked) == asked
