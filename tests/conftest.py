"""What tests of several parts share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong: properties have no time limit of their own.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

if TYPE_CHECKING:
    from declared_project import DeclaredProject
    from s3server import S3Server


@pytest.fixture
def project(tmp_path: Path) -> DeclaredProject:
    """A copy of the repository's declarations, to be edited."""
    from declared_project import DeclaredProject

    return DeclaredProject(tmp_path)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """One S3 server for the whole run; tests take buckets of their own."""
    from s3server import s3_server

    with s3_server() as server:
        yield server


@pytest.fixture
def s3_credentials(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The server, with the credentials for it in the environment."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return s3
