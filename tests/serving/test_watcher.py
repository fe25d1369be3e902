"""Real bundles in a real bucket: what is proven serves, what is not never does."""

from __future__ import annotations

import signal
import threading

import httpx
import pytest
from serving.running import free_port, running
from serving.tiny_world import MODEL, World, base_folder, flip_a_byte, watcher, write_base
from waiting import wait_for

from pipelines.integrations.builtin_target import BuiltinTarget
from pipelines.serving.watcher import Watcher

pytestmark = pytest.mark.integration


def serving(watcher: Watcher) -> int | None:
    found = watcher.fleet.route(MODEL)
    return found.version if found else None


def test_a_promotion_is_served_with_the_proof_that_it_is_the_trained_model(world: World) -> None:
    follower = world.watcher()
    follower.poll()
    assert serving(follower) is None
    promotion = world.promote(1)
    follower.poll()
    loaded = follower.fleet.route("tax-desk-v1")
    assert loaded is follower.fleet.route(MODEL)
    assert loaded is not None
    assert loaded.candidate == promotion.candidate.digest
    assert loaded.bundle.logit_difference <= 1e-3
    assert not any("lora" in name for name, _ in loaded.bundle.model.named_parameters())


@pytest.mark.parametrize(
    "path", ["adapter/adapter_model.safetensors", "tokenizer/tokenizer.json", "manifest.json"]
)
def test_one_flipped_byte_in_the_bucket_is_refused_and_the_old_version_serves(
    world: World, path: str
) -> None:
    world.promote(1)
    follower = world.watcher()
    follower.poll()
    flip_a_byte(world.stored(world.promote(2), path))
    follower.poll()
    assert serving(follower) == 1
    assert set(follower.fleet.lineup(MODEL).refused) == {2}
    restarted = world.watcher()
    restarted.poll()
    assert serving(restarted) == 1


def test_damage_in_the_servers_own_copy_is_repaired_from_the_bucket(world: World) -> None:
    promotion = world.promote(1)
    world.watcher().poll()
    copy = world.settings.home / "serving" / promotion.candidate.bundle.digest
    flip_a_byte(copy / "adapter" / "adapter_model.safetensors")
    follower = world.watcher()
    follower.poll()
    assert serving(follower) == 1
    assert not follower.fleet.lineup(MODEL).refused
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_a_forged_ledger_entry_changes_nothing(world: World) -> None:
    world.promote(1)
    follower = world.watcher()
    follower.poll()
    world.promote(2)
    entry = world.settings.home / "bucket" / "ledger" / "models" / MODEL / "00000002.json"
    flip_a_byte(entry)
    follower.poll()
    assert serving(follower) == 1
    assert follower.fleet.lineup(MODEL).trouble
    fresh = world.watcher()
    fresh.poll()
    assert serving(fresh) is None
    assert "ledger" in (fresh.fleet.lineup(MODEL).unready or "")


def test_a_base_that_is_not_the_approved_one_is_refused(world: World) -> None:
    world.promote(1)
    world.promote(2, base_sha256="9" * 64)
    follower = world.watcher()
    follower.poll()
    assert serving(follower) == 1
    assert "approved" in follower.fleet.lineup(MODEL).refused[2]


def test_a_base_folder_that_was_changed_is_refused_and_a_missing_one_is_waited_for(world: World) -> None:
    world.promote(1)
    place = world.settings.home / "other-base"
    said = world.approved.model_copy(update={"path": str(place)})
    (world.settings.home / "approved.json").write_bytes(said.to_json())
    waiting = world.watcher()
    waiting.poll()
    assert not waiting.fleet.lineup(MODEL).refused
    assert "must be on this machine" in (waiting.fleet.lineup(MODEL).unready or "")
    write_base(place, seed=1)
    refusing = world.watcher()
    refusing.poll()
    assert "digest" in refusing.fleet.lineup(MODEL).refused[1]
    assert base_folder() != place


def test_a_rolled_back_version_is_withdrawn_at_once(world: World) -> None:
    world.promote(1)
    world.promote(2)
    follower = watcher(world.settings)
    follower.poll()
    assert serving(follower) == 2
    world.roll_back(2)
    follower.poll()
    assert serving(follower) == 1
    assert follower.fleet.route("tax-desk-v2") is None


def test_a_promotion_under_load_loses_no_request_and_never_goes_back(world: World) -> None:
    world.promote(1)
    with running(world.settings.home) as server:
        enough = threading.Event()
        seen: list[list[int]] = [[] for _ in range(3)]

        def ask(versions: list[int]) -> None:
            said = {"model": MODEL, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 6}
            with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
                while not enough.is_set():
                    response = client.post("/v1/chat/completions", json=said)
                    response.raise_for_status()
                    versions.append(int(response.headers["x-perennial-version"].rpartition("-v")[2]))

        askers = [threading.Thread(target=ask, args=(versions,)) for versions in seen]
        for asker in askers:
            asker.start()
        try:
            wait_for(lambda: all(seen), 30, "everybody got an answer of version 1")
            world.promote(2)
            wait_for(lambda: all(v[-1] == 2 for v in seen), 60, "everybody gets answers of version 2")
        finally:
            enough.set()
            for asker in askers:
                asker.join()
        assert all(versions == sorted(versions) and set(versions) == {1, 2} for versions in seen)
        assert "500 Internal Server Error" not in server.log.read_text()


def test_a_killed_server_serves_the_champion_again_and_says_so(world: World) -> None:
    port = free_port()
    promotion = world.promote(1)
    home = world.settings.home
    with running(home, port) as server:
        text = server.chat(MODEL).json()["choices"]
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
    with running(home, port) as server:
        assert server.chat(MODEL).json()["choices"] == text
        said = BuiltinTarget(server.url).served(MODEL)
        assert (said.version, said.candidate, said.refused) == (1, promotion.candidate.digest, {})
        flip_a_byte(world.stored(world.promote(2), "adapter/adapter_model.safetensors"))
        target = BuiltinTarget(server.url)
        refused = wait_for(lambda: target.served(MODEL).refused, 30, "version 2 is refused")
        assert (set(refused), target.served(MODEL).version) == ({2}, 1)
        assert server.answers("/readyz")
        # uvicorn ends by the signal it was sent, after its orderly shutdown.
        assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM)
        assert "Application shutdown complete" in server.log.read_text()
