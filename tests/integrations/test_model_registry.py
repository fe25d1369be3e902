"""The model registry: one behaviour over the fake and over a real MLflow server."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from mlflow_server import mlflow_server

from pipelines.core.errors import DataError, Unavailable
from pipelines.integrations.memory_registries import MemoryModelRegistry
from pipelines.integrations.mlflow_registry import MlflowRegistry
from pipelines.integrations.registry_note import LIMIT


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mlflow_server(tmp_path_factory.mktemp("mlflow")) as url:
        yield url


@pytest.fixture(params=["memory", pytest.param("mlflow", marks=pytest.mark.integration)])
def registry(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        return MemoryModelRegistry()
    return MlflowRegistry(request.getfixturevalue("server"))


@pytest.fixture
def model() -> str:
    return f"model-{uuid4().hex[:8]}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Evidence, and a bundle with a file in a folder."""
    made = tmp_path / "files"
    (made / "adapter").mkdir(parents=True)
    (made / "report.md").write_text("PASS")
    (made / "adapter" / "adapter_config.json").write_text("{}")
    return made


def register(registry: Any, model: str, folder: Path, promotion: str, note: str = "note") -> str:
    run_id = registry.record(model, f"run-{promotion}", metrics={"score": 0.9}, files=folder)
    return str(
        registry.register(
            model, promotion=promotion, bundle=folder, run_id=run_id, tags={"verdict": "PASS"}, note=note
        )
    )


def delete(registry: Any, model: str, version: str) -> None:
    if isinstance(registry, MemoryModelRegistry):
        registry.delete_version(model, version)
    else:
        client(registry).delete_model_version(model, version)


def client(registry: MlflowRegistry) -> Any:
    from mlflow import MlflowClient

    return MlflowClient(registry.base, registry.base)


def note_of(registry: Any, model: str, version: str) -> str:
    if isinstance(registry, MemoryModelRegistry):
        return registry.models[model].versions[version].note
    return str(client(registry).get_model_version(model, version).description)


def test_a_run_recorded_twice_is_one_run(registry: Any, model: str, folder: Path) -> None:
    first = registry.record(model, "a", metrics={"score": 0.9}, files=folder)
    assert registry.record(model, "a", metrics={"score": 0.9}, files=folder) == first
    assert registry.record(model, "b", metrics={"score": 0.9}, files=folder) != first


def test_a_promotion_registered_twice_is_one_version(registry: Any, model: str, folder: Path) -> None:
    assert registry.version_of(model, "p1") is None
    first = register(registry, model, folder, "p1")
    assert register(registry, model, folder, "p1") == first
    assert register(registry, model, folder, "p2") == "2"
    assert (registry.version_of(model, "p1"), registry.version_of(model, "p2")) == ("1", "2")
    assert registry.url(model, first).endswith(f"/#/models/{model}/versions/{first}")


def test_an_alias_moves_and_goes(registry: Any, model: str, folder: Path) -> None:
    assert registry.aliases(model) == {}
    first, second = register(registry, model, folder, "p1"), register(registry, model, folder, "p2")
    registry.set_alias(model, "champion", first)
    registry.set_alias(model, "anchor", first)
    registry.set_alias(model, "champion", second)
    assert registry.aliases(model) == {"champion": second, "anchor": first}
    registry.set_alias(model, "anchor", None)
    registry.set_alias(model, "anchor", None)
    assert registry.aliases(model) == {"champion": second}


def test_a_deleted_version_is_noticed_and_its_number_never_used_again(
    registry: Any, model: str, folder: Path
) -> None:
    version = register(registry, model, folder, "p1")
    registry.set_alias(model, "champion", version)
    delete(registry, model, version)
    assert registry.version_of(model, "p1") is None
    assert registry.aliases(model) == {}
    assert register(registry, model, folder, "p1") == "2"


def test_a_tag_is_what_anybody_last_set(registry: Any, model: str, folder: Path) -> None:
    version = register(registry, model, folder, "p1")
    assert registry.tag(model, version, "verdict") == "PASS"
    assert registry.tag(model, version, "a_review") is None
    registry.set_tag(model, version, "a_review", "veto")
    assert registry.tag(model, version, "a_review") == "veto"
    with pytest.raises(DataError):
        registry.tag(model, "7", "a_review")


def test_a_recorded_run_has_a_page(registry: Any, model: str, folder: Path) -> None:
    run_id = registry.record(model, "a", metrics={}, files=folder)
    assert registry.run_page(model, "a").endswith(f"/runs/{run_id}")
    with pytest.raises(DataError):
        registry.run_page(model, "b")


def evidence(registry: Any, model: str, run: str, run_id: str, name: str) -> str:
    if isinstance(registry, MemoryModelRegistry):
        return registry.models[model].runs[run][1][name].decode()
    with TemporaryDirectory() as folder:
        return Path(client(registry).download_artifacts(run_id, f"gate/{name}", folder)).read_text()


def test_evidence_is_added_to_a_recorded_run(registry: Any, model: str, folder: Path, tmp_path: Path) -> None:
    run_id = registry.record(model, "a", metrics={}, files=folder)
    more = tmp_path / "more"
    more.mkdir()
    (more / "report.md").write_text("PASS, explained")
    (more / "explanation.json").write_text("{}")
    registry.attach(model, "a", files=more)
    registry.attach(model, "a", files=more)
    assert evidence(registry, model, "a", run_id, "report.md") == "PASS, explained"
    assert evidence(registry, model, "a", run_id, "explanation.json") == "{}"
    with pytest.raises(DataError):
        registry.attach(model, "b", files=more)


def test_what_names_no_version_is_an_error_of_the_data(registry: Any, model: str, folder: Path) -> None:
    with pytest.raises(DataError):
        registry.set_alias(model, "champion", "1")
    version = register(registry, model, folder, "p1")
    with pytest.raises(DataError):
        registry.set_alias(model, "champion", "7")
    with pytest.raises(DataError):
        registry.set_tag(model, "7", "verdict", "PASS")
    registry.set_tag(model, version, "verdict", "VETO")
    with pytest.raises(DataError):
        registry.register(model, promotion="p2", bundle=folder, run_id="0" * 32, tags={}, note="")


def test_a_note_that_is_too_long_is_cut_and_says_so(registry: Any, model: str, folder: Path) -> None:
    short = register(registry, model, folder, "p1", note="n" * LIMIT)
    long = register(registry, model, folder, "p2", note="n" * 6000)
    assert note_of(registry, model, short) == "n" * LIMIT
    assert len(note_of(registry, model, long)) == LIMIT
    assert "Cut here" in note_of(registry, model, long)


@pytest.mark.integration
def test_a_half_written_run_is_completed(server: str, model: str, folder: Path) -> None:
    registry = MlflowRegistry(server)
    half = client(registry).create_run(client(registry).create_experiment(model), tags={"perennial_run": "a"})
    client(registry).log_metric(half.info.run_id, "score", 0.9, timestamp=half.info.start_time, step=0)
    run_id = registry.record(model, "a", metrics={"score": 0.9, "items": 7.0}, files=folder)
    assert run_id == half.info.run_id
    assert client(registry).get_run(run_id).data.metrics == {"score": 0.9, "items": 7.0}
    assert len(client(registry).get_metric_history(run_id, "score")) == 1
    assert [file.path for file in client(registry).list_artifacts(run_id, "gate/adapter")] == [
        "gate/adapter/adapter_config.json"
    ]
    assert client(registry).get_run(run_id).info.status == "FINISHED"


@pytest.mark.integration
def test_a_reviewer_finds_the_bundle_and_the_tags_on_the_version(
    server: str, model: str, folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    registry = MlflowRegistry(server)
    version = register(registry, model, folder, "p1")
    registry.set_tag(model, version, "state", "champion")
    found = client(registry).get_model_version(model, version)
    assert found.tags == {"promotion": "p1", "verdict": "PASS", "state": "champion"}
    assert found.source == f"runs:/{found.run_id}/bundle"
    assert capfd.readouterr().out == ""
    copy = client(registry).download_artifacts(found.run_id, "bundle", str(tmp_path))
    assert {path.relative_to(copy).as_posix() for path in Path(copy).rglob("*") if path.is_file()} == {
        "report.md",
        "adapter/adapter_config.json",
    }


def test_a_server_that_does_not_answer_is_worth_a_retry(
    model: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    registry = MlflowRegistry("http://127.0.0.1:9")
    assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "0"
    with pytest.raises(Unavailable):
        registry.aliases(model)
    with pytest.raises(Unavailable):
        registry.record(model, "a", metrics={}, files=folder)
