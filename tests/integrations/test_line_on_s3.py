"""The whole line on a real S3 server: ledgers, archive, landing and letters live in a versioned bucket."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from memory_world import EDITION_1, EDITION_2, Walk, World
from s3server import S3Server

from pipelines.integrations.clock import SystemClock
from pipelines.integrations.s3_store import S3Store

pytestmark = pytest.mark.integration


class S3World(World):
    """Real time and a real bucket; a marker says that an upload is complete."""

    def __init__(self, home: Path, server: S3Server) -> None:
        super().__init__(home)
        self.clock = SystemClock()
        self.store = S3Store(server.new_bucket(versioned=True), "desk", server.endpoint)

    def drop(self, source: str, rows: list[dict[str, str]]) -> None:
        text = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
        self.store.put(f"inbox/{source}/rows.csv", text.encode())
        self.store.put(f"inbox/{source}/_READY", b"")


def test_two_editions_walk_from_an_s3_inbox_to_production(tmp_path: Path, s3_credentials: S3Server) -> None:
    walk = Walk(S3World(tmp_path, s3_credentials))

    def edition(answers: Mapping[str, str]) -> str | None:
        walk.world.drop_rules(answers)
        walk.world.drop_golden(answers)
        assert walk.ingest("rules")
        assert walk.ingest("rules_golden")
        return walk.retrain()

    assert edition(EDITION_1) == "PASS"
    assert edition(EDITION_2) == "PASS"
    assert walk.version() == 2
    assert walk.retrain() is None
    walk.world.drop_rules(EDITION_2)
    assert walk.ingest("rules") is None
    letters = [o.key for o in walk.world.store.list("outbox/")]
    assert sum(key.endswith("/report.html") for key in letters) == 4
