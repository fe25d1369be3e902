"""The environment of every process of the stack: explicit, private and silent."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from pipelines.local.secrets import USERS, read_secret
from pipelines.settings import LOOPBACK, Settings

# What a person's shell may hold must not change what the stack does.
FOREIGN = ("AIRFLOW", "MLFLOW", "SUPERVISOR")
# Except how stewards are told: these connections are given to the stack in no other way.
OURS = ("AIRFLOW_CONN_PERENNIAL_SMTP", "AIRFLOW_CONN_PERENNIAL_WEBHOOK")

# Airflow's options that depend on nothing but the profile.
ONE_MACHINE = {
    "API__WORKERS": "1",
    "CORE__EXECUTOR": "LocalExecutor",
    "CORE__LOAD_EXAMPLES": "False",
    "CORE__PARALLELISM": "4",
    "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
    "LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
    "LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
    # On one machine a silent task is a dead task: look for it sooner than after the usual 300 s.
    "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "20",
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
}


def telemetry_off() -> dict[str, str]:
    """Variables that keep every library from calling out: no usage reports, no hub look-ups."""
    return {
        "DO_NOT_TRACK": "true",
        "DVC_NO_ANALYTICS": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "SCARF_ANALYTICS": "false",
    }


def base_environment(settings: Settings, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What all services share; nothing inherited may switch a report home on again."""
    kept = {k: v for k, v in inherited.items() if k in OURS or not k.startswith(FOREIGN)}
    return {**kept, **telemetry_off(), **settings.to_environment(), "PYTHONUNBUFFERED": "1"}


def airflow_environment(settings: Settings) -> dict[str, str]:
    """Airflow on SQLite with the LocalExecutor, for one machine. Holds secrets."""
    home = settings.home / "airflow"
    passwords = settings.secrets / "airflow_passwords.json"
    options = {
        "API__BASE_URL": settings.airflow_url,
        "API__HOST": LOOPBACK,
        "API__PORT": str(settings.ports.airflow),
        "API__SECRET_KEY": read_secret(settings, "airflow_api.key"),
        "API_AUTH__JWT_SECRET": read_secret(settings, "airflow_jwt.key"),
        "CORE__EXECUTION_API_SERVER_URL": f"{settings.airflow_url}/execution/",
        "CORE__FERNET_KEY": read_secret(settings, "airflow_fernet.key"),
        "CORE__PLUGINS_FOLDER": str(settings.project / "plugins"),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in USERS.items()),
        "DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": _bundle(settings),
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "LOGGING__BASE_LOG_FOLDER": str(settings.logs / "airflow"),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(settings.logs / "airflow" / "dag-files"),
    }
    own = {f"AIRFLOW__{key}": value for key, value in {**ONE_MACHINE, **options}.items()}
    return {"AIRFLOW_HOME": str(home), **own}


def _bundle(settings: Settings) -> str:
    bundle = {
        "name": "perennial",
        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
        "kwargs": {"path": str(settings.project)},
    }
    return json.dumps([bundle])


def mlflow_environment() -> dict[str, str]:
    """The tracking server alone: no job runner, no pickles."""
    return {
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    }
