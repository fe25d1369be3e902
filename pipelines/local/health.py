"""Whether a service does its work, asked as any client would."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import httpx

from pipelines.integrations.resident_auditor import is_there
from pipelines.local.services import Service
from pipelines.settings import Settings


def healthy(wanted: Iterable[Service], settings: Settings) -> frozenset[str]:
    """The names of the services that are healthy now."""
    with httpx.Client(timeout=5, trust_env=False) as client:
        components = _airflow(client, settings)
        return frozenset(s.name for s in wanted if _is_healthy(s, client, components))


def _is_healthy(service: Service, client: httpx.Client, components: dict[str, str]) -> bool:
    if service.component is not None:
        return components.get(service.component) == "healthy"
    if service.socket is not None:
        return is_there(Path(service.socket))
    try:
        return client.get(f"{service.url}{service.probe}").is_success
    except httpx.TransportError:
        return False


def _airflow(client: httpx.Client, settings: Settings) -> dict[str, str]:
    """{component: status}; empty while the API server does not answer."""
    try:
        answer = client.get(f"{settings.airflow_url}/api/v2/monitor/health")
    except httpx.TransportError:
        return {}
    if not answer.is_success:
        return {}
    return {name: str(part.get("status")) for name, part in answer.json().items() if part}
