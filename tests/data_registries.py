"""Data registries and tables to publish, for the tests."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pipelines.core.contract import Roles
from pipelines.core.snapshot import Snapshot
from pipelines.core.value import Blob
from pipelines.integrations.dvc_registry import DvcRegistry

SCRIPT = Path(__file__).parent / "publish_table.py"


@dataclass(frozen=True)
class Place:
    """Where a DVC registry lies; every process that uses the place shares the repository and the remote."""

    root: Path
    remote: str
    endpoint: str | None = None

    @property
    def repository(self) -> Path:
        return self.root / "registry.git"

    def registry(self, cache: str = "cache") -> DvcRegistry:
        """The registry, with a cache of that name; a new name is an empty cache."""
        return DvcRegistry(
            str(self.repository),
            self.remote,
            self.root / cache,
            self.root / "scratch",
            endpoint=self.endpoint,
        )

    def publisher(self, source: str, text: str) -> "subprocess.Popen[str]":
        """Another process, in its own group, that publishes `text` and prints the revision."""
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), str(self.root), self.remote, source, text],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def folder_place(root: Path) -> Place:
    """A place whose bytes lie in a folder."""
    return Place(root, str(root / "remote"))


def table(folder: Path, text: str) -> Path:
    """A file whose bytes are `text`: the registry does not look inside."""
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:8]}.parquet"
    path.write_text(text)
    return path


def snapshot_of(source: str, text: str) -> Snapshot:
    """The snapshot whose table is `text`."""
    data = text.encode()
    digest = hashlib.sha256(data).hexdigest()
    return Snapshot(
        source=source,
        purpose="training",
        upload=digest,
        contract=digest,
        roles=Roles(prompt="question", completion="answer"),
        rows=1,
        content=digest,
        table=Blob(sha256=digest, size=len(data)),
    )
