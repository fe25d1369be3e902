"""The data registry: one behaviour over the fake and over git with DVC, then what only the latter can do."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from data_registries import Place, folder_place, snapshot_of, table
from s3server import S3Server, s3_server
from waiting import wait_for

from pipelines.core.errors import DataError, Tampered, Unavailable
from pipelines.integrations.memory_registries import MemoryDataRegistry
from pipelines.integrations.workspace import PREFIX, workspace

# A hook runs in the repository. The first push waits in it until a file `go` appears; others pass.
WAIT = "#!/bin/sh\nmkdir arrived || exit 0\nuntil [ -e go ]; do sleep 0.1; done\n"


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture(params=["memory", "folder", pytest.param("s3", marks=pytest.mark.integration)])
def registry(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    if request.param == "memory":
        made: Any = MemoryDataRegistry()
    elif request.param == "folder":
        made = folder_place(tmp_path).registry()
    else:
        s3: S3Server = request.getfixturevalue("server")
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        made = Place(tmp_path, f"s3://{s3.new_bucket()}/dvc", s3.endpoint).registry()
    made.ensure()
    return made


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = folder_place(tmp_path)
    made.registry().ensure()
    return made


def publish(registry: Any, folder: Path, text: str, source: str = "tax_rules") -> str:
    return str(registry.publish(snapshot_of(source, text), table(folder, text)))


def fetched(registry: Any, folder: Path, text: str, revision: str) -> str:
    registry.fetch(snapshot_of("tax_rules", text), revision, folder / "fetched.parquet")
    return (folder / "fetched.parquet").read_text()


def objects(place: Place) -> list[Path]:
    return [path for path in Path(place.remote).rglob("*") if path.is_file()]


def test_an_old_revision_is_fetched_after_a_newer_one_was_published(registry: Any, tmp_path: Path) -> None:
    old = publish(registry, tmp_path, "old")
    new = publish(registry, tmp_path, "new")
    assert old != new
    assert fetched(registry, tmp_path, "old", old) == "old"
    assert fetched(registry, tmp_path, "new", new) == "new"


def test_publishing_again_gives_the_same_revision_also_after_a_newer_one(
    registry: Any, tmp_path: Path
) -> None:
    first = publish(registry, tmp_path, "rows")
    publish(registry, tmp_path, "others")
    assert publish(registry, tmp_path, "rows") == first


def test_a_table_that_is_not_the_snapshots_is_not_published(registry: Any, tmp_path: Path) -> None:
    with pytest.raises(Tampered):
        registry.publish(snapshot_of("tax_rules", "stated"), table(tmp_path, "other"))


def test_a_revision_of_another_snapshot_is_refused(registry: Any, tmp_path: Path) -> None:
    revision = publish(registry, tmp_path, "old")
    with pytest.raises(Tampered):
        fetched(registry, tmp_path, "new", revision)
    assert not (tmp_path / "fetched.parquet").exists()


@pytest.mark.parametrize("revision", ["0" * 40, "--all"])
def test_an_unknown_revision_is_an_error_of_the_data(registry: Any, tmp_path: Path, revision: str) -> None:
    with pytest.raises(DataError):
        fetched(registry, tmp_path, "rows", revision)


def test_a_flipped_byte_in_the_remote_is_found_and_publishing_again_repairs_it(
    place: Place, tmp_path: Path
) -> None:
    revision = publish(place.registry(), tmp_path, "rows")
    (damaged,) = objects(place)
    damaged.chmod(0o644)
    damaged.write_text("rowz")
    with pytest.raises(Tampered):
        fetched(place.registry("empty"), tmp_path, "rows", revision)
    assert not (tmp_path / "fetched.parquet").exists()
    assert publish(place.registry(), tmp_path, "rows") == revision
    assert fetched(place.registry("empty"), tmp_path, "rows", revision) == "rows"


def test_missing_bytes_are_an_error_of_the_data_but_cached_ones_serve(place: Place, tmp_path: Path) -> None:
    revision = publish(place.registry(), tmp_path, "rows")
    assert fetched(place.registry("warm"), tmp_path, "rows", revision) == "rows"
    objects(place)[0].unlink()
    assert fetched(place.registry("warm"), tmp_path, "rows", revision) == "rows"
    with pytest.raises(DataError):
        fetched(place.registry("empty"), tmp_path, "rows", revision)


def test_a_damaged_cache_is_not_trusted(place: Place, tmp_path: Path) -> None:
    revision = publish(place.registry(), tmp_path, "rows")
    fetched(place.registry(), tmp_path, "rows", revision)
    (cached,) = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    cached.write_text("rowz")
    assert fetched(place.registry(), tmp_path, "rows", revision) == "rows"


def test_a_registry_that_nobody_created_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="ensure"):
        publish(folder_place(tmp_path).registry(), tmp_path, "rows")


def test_a_server_that_does_not_answer_is_worth_a_retry(place: Place, tmp_path: Path) -> None:
    registry = place.registry()
    registry.git_url = "http://user:secret@127.0.0.1:9/registry.git"
    with pytest.raises(Unavailable) as error:
        publish(registry, tmp_path, "rows")
    assert "secret" not in error.value.found


def test_git_settings_of_the_machine_change_nothing(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "gitconfig"
    config.write_text("[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = false\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert len(publish(place.registry(), tmp_path, "rows")) == 40


def test_dvc_itself_reads_what_was_published(place: Place, tmp_path: Path) -> None:
    revision = publish(place.registry(), tmp_path, "rows")
    home = {"DVC_SITE_CACHE_DIR": str(tmp_path / "site"), "DVC_NO_ANALYTICS": "1", "HOME": str(tmp_path)}
    subprocess.run(
        [
            *(sys.executable, "-m", "dvc", "get", "-q", "--rev", revision, "-o", "by-dvc.parquet"),
            *(str(place.repository), "datasets/tax_rules/table.parquet"),
        ],
        cwd=tmp_path,
        env={**os.environ, **home},
        check=True,
    )
    assert (tmp_path / "by-dvc.parquet").read_text() == "rows"


def test_a_commit_names_the_bytes_the_snapshot_and_the_tag(place: Place, tmp_path: Path) -> None:
    revision = publish(place.registry(), tmp_path, "rows")
    snapshot = snapshot_of("tax_rules", "rows")

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(place.repository), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    pointer = yaml.safe_load(git("show", f"{revision}:datasets/tax_rules/table.parquet.dvc"))
    assert pointer["outs"][0]["size"] == 4
    assert (
        type(snapshot).model_validate_json(git("show", "main:datasets/tax_rules/snapshot.json")) == snapshot
    )
    assert git("rev-parse", f"data/tax_rules/{snapshot.digest[:12]}").strip() == revision
    assert git("log", "-1", "--format=%s").strip() == f"data(tax_rules): {snapshot.digest[:12]}"


def blocked_publisher(place: Place, hook: str) -> "subprocess.Popen[str]":
    """A process that publishes `rows` of tax_rules and whose push stands still in a hook."""
    script = place.repository / "hooks" / hook
    script.write_text(WAIT)
    script.chmod(0o755)
    process = place.publisher("tax_rules", "rows")
    wait_for((place.repository / "arrived").exists, 60, f"the push is in {hook}")
    return process


def test_a_push_that_lost_the_race_is_repeated_on_top_of_the_winner(place: Place, tmp_path: Path) -> None:
    process = blocked_publisher(place, "pre-receive")
    winner = publish(place.registry(), tmp_path, "text", source="law")
    (place.repository / "go").touch()
    loser = process.communicate(timeout=60)[0].strip()
    command = ["git", "-C", str(place.repository), "log", "-2", "--format=%H"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() == [
        loser,
        winner,
    ]


def test_publishers_at_once_all_succeed(tmp_path: Path) -> None:
    place = folder_place(tmp_path)
    wanted = [("tax_rules", "rows"), ("tax_rules", "rows"), ("law", "text")]
    running = [place.publisher(*each) for each in wanted]
    revisions = [process.communicate(timeout=60)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert revisions[0] == revisions[1] != revisions[2]
    assert fetched(place.registry(), tmp_path, "rows", revisions[0]) == "rows"


@pytest.mark.parametrize("hook", ["pre-receive", "post-receive"])
def test_a_publisher_killed_in_its_push_leaves_nothing_that_a_second_try_cannot_complete(
    place: Place, tmp_path: Path, hook: str
) -> None:
    process = blocked_publisher(place, hook)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    revision = publish(place.registry(), tmp_path, "rows")
    assert publish(place.registry(), tmp_path, "rows") == revision
    assert fetched(place.registry("empty"), tmp_path, "rows", revision) == "rows"
    assert not list((tmp_path / "scratch").iterdir())


def test_a_sweep_takes_only_workspaces_whose_owner_is_dead(tmp_path: Path) -> None:
    stale, foreign, nested = (
        tmp_path / f"{PREFIX}stale",
        tmp_path / "mine",
        tmp_path / "mine" / f"{PREFIX}deep",
    )
    outside = tmp_path / f"{PREFIX}link"
    for folder in (stale, foreign, nested):
        folder.mkdir()
    outside.symlink_to(foreign)
    with workspace(tmp_path) as used, workspace(tmp_path) as other:
        assert used.exists()
        assert other.exists()
        assert not stale.exists()
    assert not used.exists()
    assert nested.exists()
    assert outside.is_symlink()
