"""Training: equal inputs give equal bytes, whatever happens on the way, and nothing is ever cut."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_models
from tiny_models import RECIPE, STEPS, tiny_base, tiny_bundle, train
from waiting import wait_for

from pipelines.core.errors import DataError, Refused, Tampered, Unavailable
from pipelines.integrations.checkpoints import SEAL
from pipelines.integrations.folder_digest import folder_sha256

pytestmark = pytest.mark.integration


def start(work: Path) -> subprocess.Popen[bytes]:
    """The job in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, tiny_models.__file__, tiny_base(), work], env=environment)


def checkpoints(work: Path) -> list[str]:
    return sorted(path.name for path in (work / "scratch").iterdir())


def test_two_processes_in_two_places_give_the_same_bundle(tmp_path: Path) -> None:
    assert start(tmp_path / "elsewhere").wait(timeout=120) == 0
    assert folder_sha256(tmp_path / "elsewhere" / "out") == folder_sha256(tiny_bundle())


def test_a_job_killed_in_mid_training_resumes_to_the_same_bundle(tmp_path: Path) -> None:
    process = start(tmp_path)
    wait_for(lambda: list(tmp_path.glob(f"scratch/*/{SEAL}")), 120, "the first sealed checkpoint")
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "out").exists()

    lines: list[str] = []
    assert train(tiny_base(), tmp_path, progress=lines.append).steps == STEPS
    assert lines[0].startswith("resuming from checkpoint-")
    assert folder_sha256(tmp_path / "out") == folder_sha256(tiny_bundle())


def test_a_stop_request_saves_and_publishes_nothing(tmp_path: Path) -> None:
    lines: list[str] = []

    def stop_at_the_first_loss(line: str) -> None:
        lines.append(line)
        if line.startswith("step 20/"):
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Unavailable, match="resumes exactly"):
        train(tiny_base(), tmp_path, progress=stop_at_the_first_loss)
    assert not (tmp_path / "out").exists()
    assert signal.getsignal(signal.SIGTERM) == before

    assert train(tiny_base(), tmp_path, progress=lines.append).steps == STEPS
    assert folder_sha256(tmp_path / "out") == folder_sha256(tiny_bundle())
    assert f"step 20/{STEPS}, loss" in "\n".join(lines)


def test_a_damaged_checkpoint_is_moved_aside_and_an_older_one_is_used(tmp_path: Path) -> None:
    job = shutil.copytree(tiny_bundle().parent, tmp_path / "job")
    newest = job / "scratch" / f"checkpoint-{STEPS}"
    (newest / "optimizer.pt").write_bytes(b"torn")
    shutil.rmtree(job / "out")

    lines: list[str] = []
    train(tiny_base(), job, progress=lines.append)
    assert lines[0] == f"resuming from checkpoint-{STEPS - 10}"
    assert any(name.startswith(f"damaged-checkpoint-{STEPS}") for name in checkpoints(job))
    assert folder_sha256(job / "out") == folder_sha256(tiny_bundle())


def test_checkpoints_of_another_job_are_refused(tmp_path: Path) -> None:
    job = shutil.copytree(tiny_bundle().parent, tmp_path / "job")
    with pytest.raises(Refused, match="another recipe"):
        train(tiny_base(), job, recipe=RECIPE.model_copy(update={"seed": 1}))
    with pytest.raises(Refused, match="another examples"):
        train(tiny_base(), job, rows=152)


def test_another_base_than_the_approved_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Tampered, match="approved digest"):
        tiny_models.TrlTrainer().train(
            base=tiny_models.approved(tiny_base()).model_copy(update={"sha256": "0" * 64}),
            folder=tiny_base(),
            examples=tiny_models.examples(8),
            recipe=RECIPE,
            binding={},
            scratch=tmp_path / "scratch",
            out=tmp_path / "out",
            progress=str,
        )


def test_rows_that_are_too_long_are_counted_and_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="8 of 8 longer"):
        train(tiny_base(), tmp_path, recipe=RECIPE.model_copy(update={"max_length": 5}), rows=8)
    assert not (tmp_path / "out").exists()


def test_training_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least one example"):
        train(tiny_base(), tmp_path, rows=0)
