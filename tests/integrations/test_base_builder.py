"""Sample bases: built in processes of their own, the same bytes each time, checked by digest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tiny_models import SHAPE, approved, tiny_base

from pipelines.core.base_model import ApprovedBase
from pipelines.core.errors import DeclarationError, Refused, Tampered, Unavailable
from pipelines.integrations.base_builder import build_all, build_base, pin
from pipelines.integrations.base_models import LocalBaseModels
from pipelines.integrations.folder_digest import folder_sha256

UNKNOWN = "0" * 64


def base(name: str, sha256: str = UNKNOWN, **fields: object) -> ApprovedBase:
    known = approved(tiny_base(), name).model_dump()
    return ApprovedBase.model_validate({**known, "sha256": sha256, **fields})


def declare(project: Path, name: str) -> Path:
    path = project / "mlflow" / "base_models" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'revision: one\nsha256: "{UNKNOWN}"\nlicence: Apache-2.0\n')
    return path


@pytest.mark.integration
def test_a_result_that_is_not_the_pinned_one_is_put_in_place_only_when_it_is_pinned(tmp_path: Path) -> None:
    bases, lines = tmp_path / "bases", list[str]()
    one = base("one", build=SHAPE.model_copy(update={"steps": 50}))
    with pytest.raises(Tampered, match="perennial base build one --pin") as refused:
        build_base(one, bases, lines.append)
    assert list(bases.iterdir()) == []
    assert [line.split(",")[0] for line in lines] == ["step 50/50"]

    declaration = declare(tmp_path, "one")
    hub = base("hub", build=None, path="somewhere")
    built = build_all([one, hub], bases, project=tmp_path, progress=lines.append)
    assert built.keys() == {"one"}
    assert built["one"][:12] in str(refused.value), "two builds give the same bytes"
    assert f'sha256: "{built["one"]}"\n' in declaration.read_text()

    pinned = one.model_copy(update={"sha256": built["one"]})
    assert build_base(pinned, bases, str) == built["one"]
    assert LocalBaseModels(bases).folder(pinned).is_dir()


@pytest.mark.integration
def test_a_base_of_lessons_is_the_same_bytes_each_time_and_another_than_one_of_chats(tmp_path: Path) -> None:
    from pipelines.integrations.base_pretraining import pretrain

    shape = SHAPE.model_copy(update={"corpus": "copying"})
    for name in ("one", "two"):
        pretrain(shape, tmp_path / name)
    assert folder_sha256(tmp_path / "one") == folder_sha256(tmp_path / "two")
    tokenizers = {(folder / "tokenizer.json").read_bytes() for folder in (tmp_path / "one", tiny_base())}
    assert len(tokenizers) == 2


def test_a_build_process_that_dies_is_reported_with_its_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = tmp_path / "python"
    dying.write_text("#!/bin/sh\necho no space left >&2\nexit 1\n")
    dying.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(dying))
    with pytest.raises(Unavailable, match="status 1: no space left"):
        build_base(base("one"), tmp_path / "bases", str)
    assert list((tmp_path / "bases").iterdir()) == []


def test_a_base_without_a_recipe_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="recipe"):
        build_base(base("hub", build=None, path="somewhere"), tmp_path, str)


def test_pinning_needs_a_declaration_with_one_digest_line(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="one sha256 line"):
        pin(tmp_path, "absent", UNKNOWN)


def test_a_base_is_handed_out_only_with_its_approved_digest(tmp_path: Path) -> None:
    shutil.copytree(tiny_base(), tmp_path / "bases" / "one")
    models = LocalBaseModels(tmp_path / "bases")
    digest = folder_sha256(tiny_base())
    assert models.folder(base("one", digest)) == tmp_path / "bases" / "one"
    assert models.folder(base("two", digest, build=None, path=str(tmp_path / "bases" / "one"))).is_dir()

    (tmp_path / "bases" / "one" / "config.json").write_text("{}")
    with pytest.raises(Tampered, match="approved digest"):
        models.folder(base("one", digest))
    with pytest.raises(Unavailable, match="perennial base build three"):
        models.folder(base("three", digest))
    with pytest.raises(DeclarationError, match="without"):
        models.folder(base("four", digest, build=None, path="../one"))


def test_a_link_in_a_base_is_refused(tmp_path: Path) -> None:
    shutil.copytree(tiny_base(), tmp_path / "one")
    (tmp_path / "one" / "extra.json").symlink_to(tmp_path / "one" / "config.json")
    with pytest.raises(Tampered, match="link"):
        folder_sha256(tmp_path / "one")
