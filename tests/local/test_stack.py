"""Starting and stopping: what is refused, what is left behind. The whole stack boots in the e2e tests."""

from __future__ import annotations

import socket
import subprocess
from contextlib import closing
from pathlib import Path

import click
import psutil
import pytest
from click.testing import CliRunner
from stack_settings import ROOT, stack_settings
from waiting import wait_for

from pipelines.core.errors import Refused, UsageError
from pipelines.local import supervisor as supervisors
from pipelines.local.commands import down, logs, status
from pipelines.local.prepare import tail
from pipelines.local.secrets import ensure_secrets
from pipelines.local.services import services
from pipelines.local.stack import down as stop_stack
from pipelines.local.stack import states, up
from pipelines.settings import LOOPBACK, Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # A mistake with a relative path must not be able to reach the working tree.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return stack_settings(tmp_path / "home")


@pytest.mark.parametrize("name", ["airflow", "mlflow", "server"])
def test_a_taken_port_is_named_with_its_remedy_and_nothing_starts(settings: Settings, name: str) -> None:
    port = getattr(settings.ports, name)
    with closing(socket.socket()) as squatter:
        squatter.bind((LOOPBACK, port))
        squatter.listen()
        with pytest.raises(Refused, match=f"port {port}.*PERENNIAL_PORT_{name.upper()}"):
            up(settings, say=print)
    assert supervisors.last(settings) is None
    assert not (settings.home / "mlflow").exists()
    assert {s.state for s in states(settings)} == {"stopped"}


def test_every_service_listens_on_loopback_only(settings: Settings) -> None:
    words = " ".join(word for service in services(settings) for word in service.command)
    assert "0.0.0.0" not in words
    assert words.count("--skip-serve-logs") == 1
    # The scheduler is started with the same flag, by a module that loads libraries first.
    assert '"--skip-serve-logs"' in (ROOT / "pipelines/local/scheduler.py").read_text(encoding="utf-8")


def test_a_percent_sign_in_a_path_is_no_placeholder(settings: Settings, tmp_path: Path) -> None:
    odd = settings.model_copy(update={"home": tmp_path / "100%"})
    assert "100%%/run" in supervisors.render(odd, odd.home / "run" / "s")


def test_stopping_what_does_not_run_is_fine(settings: Settings) -> None:
    assert stop_stack(settings) is False


@pytest.mark.parametrize("socket_path", ["none", "", "/", "../run/supervisor.sock"])
@pytest.mark.parametrize("own_folder", [None, ".", "", "kept"])
def test_stopping_deletes_no_folder_that_holds_anything(
    settings: Settings, socket_path: str, own_folder: str | None
) -> None:
    """Whatever the record says: it is a file, and files can be wrong."""
    kept = Path("kept")
    kept.mkdir()
    for place in (Path(), kept):
        (place / "precious").write_text("x")
    (settings.home / "run").mkdir()
    record = supervisors.Supervisor(
        pid=2**22 - 1, started=1.0, stack="none", socket=socket_path, own_folder=own_folder
    )
    (settings.home / "run" / "supervisor.json").write_bytes(record.to_json())
    assert stop_stack(settings) is True
    assert Path("precious").exists()
    assert (kept / "precious").exists()


@pytest.mark.integration
def test_a_very_long_state_folder_gets_its_socket_elsewhere(settings: Settings, tmp_path: Path) -> None:
    distant = settings.model_copy(update={"home": tmp_path / ("long" * 30)})
    distant.home.mkdir()
    ensure_secrets(distant)
    supervisor = supervisors.begin(distant)
    try:
        wait_for(supervisor.states, 30, "the supervisor's answer")
        assert supervisor.own_folder is not None
        assert Path(supervisor.own_folder).stat().st_mode & 0o777 == 0o700
    finally:
        supervisors.end(distant, supervisor)
    assert not Path(supervisor.own_folder).exists()


@pytest.mark.integration
@pytest.mark.parametrize("killed", [False, True], ids=["asked", "after its supervisor was killed"])
def test_down_leaves_nothing_running(settings: Settings, killed: bool) -> None:
    ensure_secrets(settings)
    supervisor = supervisors.begin(settings)
    wait_for(lambda: supervisor.states().get("mlflow", ("", 0))[1], 30, "a service")
    process = supervisor.process()
    assert process is not None
    family = [process, *process.children(recursive=True)]
    if killed:
        process.kill()
        process.wait(10)
    assert stop_stack(settings) is True
    assert not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert supervisors.find(settings) is None
    assert stop_stack(settings) is False


@pytest.mark.integration
def test_another_process_with_the_old_pid_is_not_touched(settings: Settings) -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        (settings.home / "run").mkdir()
        socket_path = str(settings.home / "run" / "supervisor.sock")
        record = supervisors.Supervisor(pid=bystander.pid, started=1.0, stack="none", socket=socket_path)
        (settings.home / "run" / "supervisor.json").write_bytes(record.to_json())
        assert supervisors.find(settings) is None
        stop_stack(settings)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_the_end_of_a_log_fits_into_a_message(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    assert tail(log, 3) == "an empty log"
    log.write_text("\n".join(f"line {n}" for n in range(1000)) + "\n\n")
    assert tail(log, 2) == "line 998 / line 999"
    log.write_text("x" * 100_000)
    assert len(tail(log, 5)) < 400


def run(settings: Settings, command: click.Command, *words: str) -> str:
    result = CliRunner().invoke(command, words, env=settings.to_environment())
    if result.exception:
        raise result.exception
    return result.output


def test_the_commands_answer_when_nothing_runs(settings: Settings) -> None:
    assert run(settings, down) == "nothing was running\n"
    table = run(settings, status)
    for word in ("SERVICE", "triggerer", "stopped", "SOURCE", "MODEL"):
        assert word in table
    assert '"services"' in run(settings, status, "--json")
    # Looking made no keys.
    assert not settings.secrets.exists()


def test_logs_shows_the_newest_lines_of_the_service_that_was_asked_for(settings: Settings) -> None:
    settings.logs.mkdir()
    (settings.logs / "mlflow.log").write_text("old\nnew\n")
    (settings.logs / "server.log").write_text("other\n")
    assert run(settings, logs, "mlflow", "-n", "1").split() == ["mlflow", "new"]
    assert "other" in run(settings, logs)
    with pytest.raises(UsageError, match="nonsense"):
        run(settings, logs, "nonsense")
