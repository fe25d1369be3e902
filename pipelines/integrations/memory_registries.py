"""The registries in memory, for tests and for trying a line of stages without servers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.core.errors import DataError, Tampered
from pipelines.core.snapshot import Snapshot
from pipelines.integrations.registry_note import bounded
from pipelines.integrations.whole_file import whole_file


class MemoryDataRegistry:
    """Implements the port DataRegistry. `tables` holds the bytes by revision."""

    def __init__(self) -> None:
        self.tables: dict[str, bytes] = {}

    def ensure(self) -> None:
        """Nothing to create."""

    def publish(self, snapshot: Snapshot, table: Path) -> str:
        """Keeps the table; the revision is the snapshot's digest cut to 40 characters. Raises Tampered."""
        data = table.read_bytes()
        check(f"file {table.name}", data, snapshot.table.sha256)
        revision = snapshot.digest[:40]
        self.tables[revision] = data
        return revision

    def fetch(self, snapshot: Snapshot, revision: str, to: Path) -> None:
        """Writes the table. Raises DataError when the revision is unknown, Tampered when the bytes differ."""
        if revision not in self.tables:
            raise DataError(f"revision {revision[:12]}", "must exist", "none", "Publish it again.")
        data = self.tables[revision]
        check(f"revision {revision[:12]}", data, snapshot.table.sha256)
        with whole_file(to) as stream:
            stream.write(data)


@dataclass
class MemoryVersion:
    """A version of a registered model; `bundle` holds its files by relative path."""

    run_id: str
    bundle: dict[str, bytes]
    note: str
    tags: dict[str, str]


@dataclass
class MemoryModel:
    """A registered model. `runs` holds (metrics, files by path); `created` counts versions ever made."""

    runs: dict[str, tuple[dict[str, float], dict[str, bytes]]] = field(default_factory=dict)
    versions: dict[str, MemoryVersion] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    created: int = 0


class MemoryModelRegistry:
    """Implements the port ModelRegistry. Like MLflow, it never uses a version number twice."""

    def __init__(self) -> None:
        self.models: dict[str, MemoryModel] = {}

    def record(self, model: str, run: str, *, metrics: Mapping[str, float], files: Path) -> str:
        """Keeps the evidence of a run; the run's id is `run`."""
        runs = self.models.setdefault(model, MemoryModel()).runs
        runs.setdefault(run, (dict(metrics), folder_bytes(files)))
        return run

    def attach(self, model: str, run: str, *, files: Path) -> None:
        """Adds to the evidence of a run. Raises DataError when it was not recorded."""
        runs = self.models.get(model, MemoryModel()).runs
        if run not in runs:
            raise missing(f"run {run}", "Record the run first.")
        runs[run][1].update(folder_bytes(files))

    def run_page(self, model: str, run: str) -> str:
        """Where a person would look at the run. Raises DataError when it was not recorded."""
        if run not in self.models.get(model, MemoryModel()).runs:
            raise missing(f"run {run}", "Record the run first.")
        return f"memory://registry/#/runs/{run}"

    def register(
        self, model: str, *, promotion: str, bundle: Path, run_id: str, tags: Mapping[str, str], note: str
    ) -> str:
        """Makes the version of a promotion, or returns it. Raises DataError for an unknown run."""
        existing = self.version_of(model, promotion)
        if existing is not None:
            return existing
        entry = self.models.setdefault(model, MemoryModel())
        if run_id not in entry.runs:
            raise missing(f"run {run_id}", "Record the run first.")
        entry.created += 1
        version = str(entry.created)
        labels = {**tags, "promotion": promotion}
        entry.versions[version] = MemoryVersion(run_id, folder_bytes(bundle), bounded(note), labels)
        return version

    def version_of(self, model: str, promotion: str) -> str | None:
        """The version of a promotion, None while there is none."""
        versions = self.models.get(model, MemoryModel()).versions
        return next((name for name, made in versions.items() if made.tags["promotion"] == promotion), None)

    def set_tag(self, model: str, version: str, key: str, value: str) -> None:
        """Sets a tag on a version. Raises DataError when there is no such version."""
        self.version(model, version).tags[key] = value

    def tag(self, model: str, version: str, key: str) -> str | None:
        """A tag of a version, None where it is not set. Raises DataError when there is no such version."""
        return self.version(model, version).tags.get(key)

    def aliases(self, model: str) -> Mapping[str, str]:
        """{alias: version}; empty when the model is unknown."""
        return dict(self.models.get(model, MemoryModel()).aliases)

    def set_alias(self, model: str, alias: str, version: str | None) -> None:
        """Points an alias at a version, or removes it with None. Raises DataError when either is unknown."""
        if model not in self.models:
            raise missing(f"model {model}", "Register a version first.")
        if version is None:
            self.models[model].aliases.pop(alias, None)
            return
        self.version(model, version)
        self.models[model].aliases[alias] = version

    def delete_version(self, model: str, version: str) -> None:
        """Deletes a version and, as MLflow does, the aliases that point at it."""
        self.version(model, version)
        entry = self.models[model]
        del entry.versions[version]
        entry.aliases = {alias: at for alias, at in entry.aliases.items() if at != version}

    def url(self, model: str, version: str) -> str:
        """Where a person would look at the version."""
        return f"memory://registry/#/models/{model}/versions/{version}"

    def version(self, model: str, version: str) -> MemoryVersion:
        """The version. Raises DataError when there is none."""
        found = self.models.get(model, MemoryModel()).versions.get(version)
        if found is None:
            raise missing(f"version {version} of {model}", "Name a version that is registered.")
        return found


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """{relative POSIX path: bytes} of every file below the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def check(subject: str, data: bytes, sha256: str) -> None:
    """Raises Tampered unless the bytes have that sha256."""
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise Tampered(subject, f"has the sha256 {sha256[:12]}", f"sha256 {found[:12]}", "Write it again.")


def missing(subject: str, remedy: str) -> DataError:
    """The error for something the registry does not hold."""
    return DataError(subject, "must be registered", "no such entry", remedy)
