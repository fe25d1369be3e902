"""The secrets of the stack."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stack_settings import stack_settings

from pipelines.local.environment import base_environment, mlflow_environment, telemetry_off
from pipelines.local.secrets import USERS, ensure_secrets, password_of
from pipelines.local.services import environment_of, services
from pipelines.local.supervisor import render
from pipelines.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = stack_settings(tmp_path / "home")
    ensure_secrets(made)
    return made


def texts(settings: Settings) -> dict[str, str]:
    # A secret in the making has a hidden name until it is whole.
    made = (path for path in settings.secrets.iterdir() if not path.name.startswith("."))
    return {path.name: path.read_text() for path in made}


def test_secrets_are_for_their_owner_alone(settings: Settings) -> None:
    assert settings.secrets.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in settings.secrets.iterdir()} == {0o600}
    assert {"ledger.key", "ledger.pub", "airflow_jwt.key", "airflow_passwords.json"} <= set(texts(settings))


def test_secrets_stay_what_they_are(settings: Settings) -> None:
    before = texts(settings)
    ensure_secrets(settings)
    assert texts(settings) == before


def test_a_missing_secret_is_made_and_the_others_stay(settings: Settings) -> None:
    before = texts(settings)
    (settings.secrets / "airflow_jwt.key").unlink()
    ensure_secrets(settings)
    after = texts(settings)
    assert after.pop("airflow_jwt.key") != before.pop("airflow_jwt.key")
    assert after == before


def test_processes_that_start_together_agree_on_the_secrets(tmp_path: Path) -> None:
    made = stack_settings(tmp_path / "home")
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: (ensure_secrets(made), texts(made)["airflow_jwt.key"])[1], range(16)))
    assert len(set(seen)) == 1
    assert not [path for path in made.secrets.iterdir() if path.name.startswith(".")]


def test_every_user_has_a_password_of_their_own(settings: Settings) -> None:
    passwords = {user: password_of(settings, user) for user in USERS}
    assert len(set(passwords.values())) == len(USERS)
    assert all(len(password) > 20 for password in passwords.values())


def test_the_supervisor_knows_no_secret(settings: Settings) -> None:
    secrets = [t.strip() for name, t in texts(settings).items() if name.endswith(".key")]
    secrets += json.loads(texts(settings)["airflow_passwords.json"]).values()
    config = render(settings, settings.home / "socket")
    commands = " ".join(word for service in services(settings) for word in service.command)
    shared = " ".join(base_environment(settings).values())
    for secret in secrets:
        assert secret not in config
        assert secret not in commands
        assert secret not in shared


def test_only_airflow_gets_the_secrets_of_airflow(settings: Settings) -> None:
    jwt = texts(settings)["airflow_jwt.key"]
    knowing = {s.name for s in services(settings) if jwt in environment_of(s, settings).values()}
    assert knowing == {"api-server", "scheduler", "dag-processor", "triggerer"}


def test_no_service_reports_home_or_takes_options_from_the_shell(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "True")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere.example")
    for service in services(settings):
        environment = environment_of(service, settings)
        assert telemetry_off().items() <= environment.items()
        assert environment.get("AIRFLOW__CORE__LOAD_EXAMPLES", "False") == "False"
        assert "MLFLOW_TRACKING_URI" not in environment
    assert mlflow_environment()["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] == "false"
