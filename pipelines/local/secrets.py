"""The secrets of the stack: made once, readable by their owner alone, never printed."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable

from pipelines.integrations.signing import Ed25519Signer
from pipelines.settings import Settings

# Airflow's users and their roles.
USERS = {"admin": "admin", "operator": "op", "viewer": "viewer"}


def _passwords() -> str:
    return json.dumps({user: secrets.token_urlsafe(18) for user in USERS})


def _key() -> str:
    return secrets.token_urlsafe(48)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


GENERATED: dict[str, Callable[[], str]] = {
    "airflow_passwords.json": _passwords,
    "airflow_jwt.key": _key,
    "airflow_api.key": _key,
    "airflow_fernet.key": _fernet_key,
}


def ensure_secrets(settings: Settings) -> None:
    """Make what is missing below `settings.secrets`; what exists is never changed."""
    settings.secrets.mkdir(mode=0o700, exist_ok=True)
    settings.secrets.chmod(0o700)
    for name, make in GENERATED.items():
        if not (settings.secrets / name).exists():
            _write_once(settings, name, make())
    Ed25519Signer(settings.secrets / "ledger.key", settings.secrets / "ledger.pub")


def read_secret(settings: Settings, name: str) -> str:
    return (settings.secrets / name).read_text(encoding="utf-8").strip()


def password_of(settings: Settings, user: str) -> str:
    """The password of one of Airflow's users."""
    return str(json.loads(read_secret(settings, "airflow_passwords.json"))[user])


def _write_once(settings: Settings, name: str, text: str) -> None:
    """Complete or absent, private from the first byte; the first writer wins."""
    draft = settings.secrets / f".{name}.{secrets.token_hex(8)}"
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    try:
        os.link(draft, settings.secrets / name)
    except FileExistsError:
        return
    finally:
        draft.unlink()
