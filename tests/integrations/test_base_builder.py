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
def test_two_builds_give_the_same_bytes_and_are_pinned(tmp_path: Path) -> None:
    declarations = [declare(tmp_path, name) for name in ("one", "two")]
    lines: list[str] = []
    built = build_all(
        [base("one"), base("two"), base("hub", build=None, path="somewhere")],
        tmp_path / "bases",
        project=tmp_path,
        progress=lines.append,
    )
    assert built["one"] == built["two"]
    assert built.keys() == {"one", "two"}
    assert all(f'sha256: "{built["one"]}"\n' in path.read_text() for path in declarations)

    again = build_base(base("one", built["one"]), tmp_path / "bases", lines.append)
    assert again == built["one"]
    assert LocalBaseModels(tmp_path / "bases").folder(base("one", again)).is_dir()


@pytest.mark.integration
def test_a_base_of_lessons_is_the_same_bytes_each_time_and_another_than_one_of_chats(tmp_path: Path) -> None:
    from pipelines.integrations.base_pretraining import pretrain

    shape = SHAPE.model_copy(update={"corpus": "copying"})
    for name in ("one", "two"):
        pretrain(shape, tmp_path / name)
    assert folder_sha256(tmp_path / "one") == folder_sha256(tmp_path / "two")
    tokenizers = {(folder / "tokenizer.json").read_bytes() for folder in (tmp_path / "one", tiny_base())}
    assert len(tokenizers) == 2


@pytest.mark.integration
def test_a_result_that_is_not_the_pinned_one_is_not_put_in_place(tmp_path: Path) -> None:
    lines: list[str] = []
    with pytest.raises(Tampered, match="perennial base build one --pin"):
        build_base(base("one", build=SHAPE.model_copy(update={"steps": 50})), tmp_path, lines.append)
    assert list(tmp_path.iterdir()) == []
    assert [line.split(",")[0] for line in lines] == ["step 50/50"]


@pytest.mark.integration
def test_a_build_process_that_dies_is_reported_with_its_message(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="ZeroDivisionError"):
        build_base(base("one", build=SHAPE.model_copy(update={"heads": 0})), tmp_path, str)
    assert list(tmp_path.iterdir()) == []


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
