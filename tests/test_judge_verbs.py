"""The verb that measures a judge: a real endpoint, a real bucket, a signed ledger."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from declared_project import REPOSITORY
from judge_samples import as_lines, expert_verdicts, truth
from judge_server import Brain, guesses, judging, knows

from pipelines.core.errors import DataError, UsageError
from pipelines.core.expert_agreement import AGREEMENT, Agreement
from pipelines.ledger import Ledger
from pipelines.runtime import Runtime
from pipelines.verbs.judge import judge

pytestmark = pytest.mark.integration

COUNT = 80
KNOWN = truth(2 * COUNT)


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """A project that has judges and nothing else."""
    shutil.copytree(REPOSITORY / "mlflow/judges", tmp_path / "mlflow/judges")
    for name in ("PERENNIAL_HOME", "PERENNIAL_BUCKET", "PERENNIAL_S3_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PERENNIAL_PROJECT", str(tmp_path))
    monkeypatch.delenv("PERENNIAL_JUDGE_KEY", raising=False)
    (tmp_path / "verdicts.jsonl").write_bytes(as_lines(expert_verdicts(COUNT)))
    return Runtime.from_environment()


def run(runtime: Runtime, *arguments: str) -> Result:
    file = runtime.settings.project / "verdicts.jsonl"
    return CliRunner().invoke(judge, [*arguments, str(file)], standalone_mode=False)


def measured(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, brain: Brain) -> Result:
    with judging(brain) as server:
        monkeypatch.setenv("PERENNIAL_JUDGE_URL", server.url)
        return run(runtime, "calibrate", "helpfulness")


def ledger(runtime: Runtime) -> Ledger:
    prefix = "ledger/judges/helpfulness/"
    return Ledger(runtime.store, prefix, signer=runtime.signer, clock=runtime.clock)


def test_a_good_judge_is_recorded_and_counts(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    done = measured(runtime, monkeypatch, knows(KNOWN))
    assert (done.exception, done.return_value) == (None, 0), done.output
    first, *_, last = done.output.splitlines()
    assert first.startswith("judge-1: kappa against 80 verdicts of experts is 0.")
    assert last.startswith("It counts. Its kappa against 80")
    (entry,) = ledger(runtime).entries()
    assert entry.kind == AGREEMENT
    assert Agreement.model_validate(entry.body).kappa.n == COUNT


def test_a_guessing_judge_is_recorded_and_only_reports(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = measured(runtime, monkeypatch, guesses(3))
    assert (done.exception, done.return_value) == (None, 1), done.output
    assert "It only reports. Its kappa" in done.output
    assert len(ledger(runtime).entries()) == 1


def test_a_rubric_that_is_not_declared_is_named(runtime: Runtime) -> None:
    done = run(runtime, "calibrate", "kindness")
    assert isinstance(done.exception, UsageError)
    assert "only gives_one_amount, helpfulness" in str(done.exception)


def test_verdicts_for_another_rubric_are_refused_before_anybody_is_asked(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERENNIAL_JUDGE_URL", "http://127.0.0.1:9/v1")
    done = run(runtime, "calibrate", "gives_one_amount")
    assert isinstance(done.exception, DataError)
    assert "line 1 of the experts' verdicts" in str(done.exception)


def test_without_an_address_nothing_is_measured(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERENNIAL_JUDGE_URL", raising=False)
    done = run(runtime, "calibrate", "helpfulness")
    assert isinstance(done.exception, UsageError)
    assert "PERENNIAL_JUDGE_URL" in str(done.exception)
