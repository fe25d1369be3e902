"""The whole product, end to end: files are dropped, and production changes by itself.

The tests tell one story; each takes the state it needs from a fixture, so any of them runs alone.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
import pytest
from e2e.world import GOLDEN, MODEL, PATIENCE_S, RETRAIN, RULES, World
from leaks import search
from stack_settings import ROOT, stack_settings
from waiting import wait_for

from pipelines.core.promotion import Promotion
from pipelines.integrations.base_builder import build_all
from pipelines.integrations.trl_trainer import TrlTrainer
from pipelines.local import stack
from pipelines.sample import tax_desk

pytestmark = pytest.mark.e2e
PLANTED = "What is the planted allowance for single filers?"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with TemporaryDirectory(prefix="perennial-e2e-") as folder:
        home = Path(folder)
        settings = stack_settings(home)
        world = World(settings)
        ready = ROOT / ".perennial/bases"
        if ready.is_dir():  # built before on this machine; their digests are checked all the same
            shutil.copytree(ready, settings.bases)
        try:
            with ThreadPoolExecutor(max_workers=1) as beside:
                ladder = world.runtime.models[MODEL].ladder
                built = beside.submit(build_all, ladder, settings.bases, progress=print)
                stack.up(settings, say=print)
                built.result()
            yield world
        finally:
            stack.down(settings)


@pytest.fixture(scope="module")
def first(world: World) -> Promotion:
    """Edition 2025 in production: the golden set came first, the data later, with one planted row."""
    world.drop_golden(2025)
    wait_for(lambda: world.accepted(GOLDEN), PATIENCE_S, "the golden set to be accepted")
    world.drop_rules(2025, planted=PLANTED)
    world.wait_for_answer(world.changed.before, version=1)
    world.wait_until_idle()
    return world.champion()


@pytest.fixture(scope="module")
def second(world: World, first: Promotion) -> Promotion:
    """Edition 2026 in production: data first, golden set after; the training was killed on its way."""
    world.drop_rules(2026)
    wait_for(lambda: world.accepted(RULES, after=2), PATIENCE_S, "the data to be accepted")
    world.drop_golden(2026)
    trainings: set[Path] = set()

    def second_rung() -> bool:
        """The rung that becomes champion is in the middle of its training."""
        trainings.update(c.parent.parent for c in world.checkpoints())
        return len(trainings) == 2

    wait_for(second_rung, PATIENCE_S, "a sealed checkpoint of the second rung")
    process = wait_for(world.training_process, PATIENCE_S, "the process that trains", every=0.2)
    assert isinstance(process, psutil.Process)
    process.kill()
    world.wait_for_answer(world.changed.after, version=2)
    world.wait_until_idle()
    return world.champion()


@pytest.fixture(scope="module")
def undisturbed(
    world: World, second: Promotion, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Future[Path]]:
    """A training like the second one that nobody kills; it goes on beside the tests that follow."""
    work = tmp_path_factory.mktemp("undisturbed")
    with ThreadPoolExecutor(max_workers=1) as beside:
        yield beside.submit(train_again, world, second, work)


def train_again(world: World, promotion: Promotion, work: Path) -> Path:
    """The folder of a bundle that is trained in this process on what the promoted one was trained on."""
    candidate, spec = promotion.candidate, world.runtime.models[MODEL]
    base = next(b for b in spec.ladder if b.name == candidate.base)
    TrlTrainer().train(
        base=base,
        folder=world.runtime.bases.folder(base),
        examples=world.training_examples(promotion),
        recipe=spec.recipe,
        binding={
            "training_set": candidate.training_set,
            "base": base.sha256,
            "recipe": spec.recipe.digest,
        },
        scratch=work / "checkpoints",
        out=work / "bundle",
        progress=print,
    )
    return work / "bundle"


def test_dropped_files_become_a_production_model_without_any_other_step(
    world: World, first: Promotion
) -> None:
    assert first.version == 1
    assert [e.kind for e in world.entries(RULES)] == ["taken", "accepted"]
    for source in (RULES, GOLDEN):
        letter = world.letter(source)
        assert "version 1 is in production" in (letter / "report.html").read_text(encoding="utf-8")
        assert (letter / "report.json").exists()
        assert not (letter / "errors.csv").exists()


@pytest.mark.usefixtures("undisturbed")
def test_a_training_that_is_killed_finishes_by_itself(world: World, second: Promotion) -> None:
    assert max(t["try_number"] for t in world.tasks(RETRAIN, "train")) >= 2


def test_a_row_of_the_older_edition_only_is_not_trained_on_any_more(
    world: World, first: Promotion, second: Promotion
) -> None:
    def questions(promotion: Promotion) -> set[str]:
        return {e.prompt[-1].content for e in world.training_examples(promotion)}

    assert PLANTED in questions(first)
    assert PLANTED not in questions(second)


def test_the_same_content_again_starts_nothing(world: World, second: Promotion) -> None:
    decisions, taken = world.decisions(), len(world.entries(RULES))
    world.drop_rules(2026)
    wait_for(lambda: len(world.entries(RULES)) >= taken + 2, PATIENCE_S, "an answer to the upload")
    world.wait_until_idle()
    assert world.entries(RULES)[-1].kind == "unchanged"
    assert world.decisions() == decisions


def test_a_broken_file_is_answered_and_production_stays(world: World, second: Promotion) -> None:
    decisions, taken = world.decisions(), len(world.entries(RULES))
    tax_desk.write_broken(2026, world.inbox(RULES))
    wait_for(lambda: len(world.entries(RULES)) >= taken + 2, PATIENCE_S, "an answer to the upload")
    world.wait_until_idle()
    letter = world.letter(RULES)
    assert "rules.csv,6," in (letter / "errors.csv").read_text(encoding="utf-8-sig")
    assert world.entries(RULES)[-1].kind == "rejected"
    assert world.decisions() == decisions
    # Errors in data are not tried again.
    assert world.tasks(f"ingest__{RULES}", "validate")[0]["try_number"] == 1
    world.wait_for_answer(world.changed.after, version=2)


def test_a_set_that_shrank_is_held_and_replacing_it_goes_on(world: World, second: Promotion) -> None:
    taken, decisions = len(world.entries(RULES)), world.decisions()
    rules = world.inbox(RULES) / "rules.csv"
    tax_desk.write_rules(2026, world.inbox(RULES))
    rules.write_text("".join(rules.read_text(encoding="utf-8").splitlines(keepends=True)[:201]))
    wait_for(lambda: len(world.entries(RULES)) >= taken + 2, PATIENCE_S, "an answer to the upload")
    assert world.entries(RULES)[-1].kind == "held"
    assert "_CONFIRM" in (world.letter(RULES) / "report.html").read_text(encoding="utf-8")
    world.drop_rules(2026)
    wait_for(lambda: world.accepted(RULES, after=taken + 2), PATIENCE_S, "the whole data to be accepted")
    world.wait_until_idle()
    assert world.decisions() == decisions
    world.wait_for_answer(world.changed.after, version=2)


def test_personal_data_is_nowhere_but_in_the_stewards_own_files(world: World, second: Promotion) -> None:
    taken = len(world.entries(RULES))
    markers = world.drop_personal(2026)
    wait_for(lambda: len(world.entries(RULES)) >= taken + 2, PATIENCE_S, "an answer to the upload")
    world.wait_until_idle()
    assert world.entries(RULES)[-1].kind == "rejected"
    assert "nobody_is_named" in (world.letter(RULES) / "report.json").read_text(encoding="utf-8")
    own = ("bucket/inbox/", "bucket/landing/", "bucket/.store/", "*rows_to_repair.csv")
    assert len(markers) == 24
    assert search(world.settings.home, markers, own) == []


def test_a_champion_alias_moved_by_hand_is_noticed_and_put_back(world: World, second: Promotion) -> None:
    registry = world.runtime.model_registry
    assert registry.aliases(MODEL) == {"champion": "2", "previous": "1", "anchor": "1"}
    registry.set_alias(MODEL, "champion", "1")
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "reconcile", MODEL],
        env=stack_environment(world),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "alias champion of tax-desk: 1 -> 2" in done.stdout
    assert registry.aliases(MODEL)["champion"] == "2"
    answer = world.answer()
    assert answer is not None
    assert answer.version == 2


def test_status_tells_what_runs_and_what_is_in_production(world: World, second: Promotion) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "status", "--json"],
        env=stack_environment(world),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for word in ('"tax-desk"', '"healthy"', '"tax_rules_golden"', second.candidate.digest):
        assert word in done.stdout, word


def test_a_bundle_with_a_flipped_byte_is_refused_and_the_older_version_serves(
    world: World, second: Promotion
) -> None:
    adapter = second.candidate.bundle.sha256_of("adapter/adapter_model.safetensors")
    assert adapter is not None
    blob = world.bucket / "blobs" / adapter[:2] / adapter
    good = blob.read_bytes()
    # What the server fetched before is set aside, so that it must come from the bucket again.
    (world.settings.home / "serving").rename(world.settings.home / "serving-aside")
    blob.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    world.service("server").kill()
    world.wait_for_answer(world.changed.before, version=1)
    served = httpx.get(f"{world.settings.server_url}/perennial/served/{MODEL}", trust_env=False).json()
    assert "2" in served["refused"]
    blob.write_bytes(good)
    world.service("server").kill()
    world.wait_for_answer(world.changed.after, version=2)


def test_a_training_that_was_killed_gave_the_adapter_of_an_undisturbed_one(
    second: Promotion, undisturbed: Future[Path]
) -> None:
    folder = undisturbed.result(PATIENCE_S)
    for file in second.candidate.bundle.files:
        assert hashlib.sha256((folder / file.path).read_bytes()).hexdigest() == file.sha256, file.path


def stack_environment(world: World) -> dict[str, str]:
    from pipelines.local.environment import base_environment

    return base_environment(world.settings)
