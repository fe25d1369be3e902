"""A world for each test; a running server for those that only ask it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from serving.running import Server, running
from serving.tiny_world import World
from waiting import wait_for


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves two versions; tests only ask, none changes its world."""
    world = World(tmp_path_factory.mktemp("served"))
    world.promote(1)
    world.promote(2)
    with running(world.settings.home) as server:
        # Ready means that the champion answers; the version before it is loaded after that.
        wait_for(lambda: server.answers("/v1/models/tax-desk-v1"), 60, "the version before is loaded")
        yield server
