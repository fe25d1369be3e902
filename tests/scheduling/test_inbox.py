"""The watcher of an inbox, on a real bucket and a real ledger."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from airflow.triggers.base import TriggerEvent

from pipelines.core.intake import REJECTED, Rejected
from pipelines.line import Line
from pipelines.runtime import Runtime
from pipelines.scheduling.inbox import InboxTrigger
from pipelines.settings import Settings

if TYPE_CHECKING:
    from s3server import S3Server

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "tax_rules"
NOTHING = "0" * 64


@pytest.fixture(params=["directory", pytest.param("s3", marks=pytest.mark.integration)])
def line(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A project with the sample's declarations, and an empty bucket of either kind."""
    for folder in ("data_contracts", "mlflow"):
        shutil.copytree(ROOT / folder, tmp_path / "project" / folder)
    monkeypatch.delenv("PERENNIAL_BUCKET", raising=False)
    monkeypatch.setenv("PERENNIAL_PROJECT", str(tmp_path / "project"))
    monkeypatch.setenv("PERENNIAL_HOME", str(tmp_path / "home"))
    if request.param == "s3":
        server: S3Server = request.getfixturevalue("s3_credentials")
        monkeypatch.setenv("PERENNIAL_BUCKET", f"s3://{server.new_bucket(versioned=True)}/perennial")
        monkeypatch.setenv("PERENNIAL_S3_ENDPOINT", server.endpoint)
    return Line(Runtime(Settings.from_environment()), print)


def drop(line: Line, text: str, *, ready: bool = True) -> None:
    inbox = f"inbox/{SOURCE}/"
    line.runtime.store.put(f"{inbox}rules.csv", text.encode())
    if ready:
        line.runtime.store.put(f"{inbox}_READY", b"")


def watch(**speeds: float) -> AsyncIterator[TriggerEvent]:
    return InboxTrigger(SOURCE, poll_s=0.02, **speeds).run()


async def upcoming(events: AsyncIterator[TriggerEvent]) -> dict[str, Any]:
    event = await asyncio.wait_for(anext(events), timeout=30)
    payload: dict[str, Any] = event.payload
    return payload


def test_a_complete_upload_is_announced_with_its_fingerprint(line: Line) -> None:
    drop(line, "a")
    assert asyncio.run(upcoming(watch())) == {"source": SOURCE, "fingerprint": line.pending(SOURCE)}


def test_an_upload_is_announced_when_it_is_complete_and_not_before(line: Line) -> None:
    drop(line, "a", ready=False)
    assert line.pending(SOURCE) is None

    async def scene() -> dict[str, Any]:
        first = asyncio.create_task(upcoming(watch()))
        await asyncio.sleep(0)
        drop(line, "a")
        return await first

    assert asyncio.run(scene())["fingerprint"] == line.pending(SOURCE)


def test_an_undecided_upload_is_announced_again(line: Line) -> None:
    drop(line, "a")

    async def twice() -> tuple[dict[str, Any], dict[str, Any]]:
        events = watch(refire_s=0.1)
        return await upcoming(events), await upcoming(events)

    first, second = asyncio.run(twice())
    assert first == second


def test_a_decided_upload_is_not_announced_and_the_next_one_is(line: Line) -> None:
    drop(line, "a")
    upload = line.ingest(SOURCE)
    assert upload
    ledger = line.runtime.ingest_ledger(SOURCE)
    rejected = Rejected(source=SOURCE, upload=upload, contract=NOTHING, report=NOTHING)
    ledger.append(ledger.entries(), REJECTED, rejected, op="rejected/1")
    assert line.pending(SOURCE) is None

    async def scene() -> dict[str, Any]:
        first = asyncio.create_task(upcoming(watch(refire_s=0)))
        await asyncio.sleep(0)
        drop(line, "b")
        return await first

    # The marker of the decided upload is older than the new file until it is written again.
    assert asyncio.run(scene())["fingerprint"] == line.pending(SOURCE)


def test_trouble_does_not_end_the_watch(line: Line) -> None:
    contract = line.runtime.settings.project / f"data_contracts/{SOURCE}.odcs.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text("not: a contract", encoding="utf-8")
    drop(line, "a")

    async def scene() -> dict[str, Any]:
        trigger = InboxTrigger(SOURCE, poll_s=0.02)
        first = asyncio.create_task(upcoming(trigger.run()))
        while trigger.trouble is None:
            await asyncio.sleep(0.01)
        assert not first.done()
        contract.write_text(text, encoding="utf-8")
        return await first

    assert asyncio.run(scene())["fingerprint"] == line.pending(SOURCE)


def test_two_watchers_are_two_triggers_and_come_back_from_their_own_description() -> None:
    one, other = InboxTrigger("a", "1" * 64), InboxTrigger("b", "1" * 64)
    assert one.serialize() != other.serialize()
    path, arguments = one.serialize()
    assert path == "pipelines.scheduling.inbox.InboxTrigger"
    assert InboxTrigger(**arguments).serialize() == one.serialize()
