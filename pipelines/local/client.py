"""Asks the model server as any client of the OpenAI protocol would."""

from __future__ import annotations

import re

import httpx

from pipelines.core.value import Value
from pipelines.settings import Settings


class Answer(Value):
    """What production said, and which version said it."""

    text: str
    version: int


def ask(settings: Settings, model: str, question: str) -> Answer | None:
    """The greedy answer of the champion, or None while there is none to ask."""
    request = {"model": model, "messages": [{"role": "user", "content": question}], "temperature": 0}
    url = f"{settings.server_url}/v1/chat/completions"
    try:
        with httpx.Client(timeout=30, trust_env=False, verify=False) as client:  # noqa: S501 -- loopback, no TLS
            reply = client.post(url, json=request)
    except httpx.TransportError:
        return None
    served = re.search(r"-v(\d+)$", reply.headers.get("x-perennial-version", ""))
    if not reply.is_success or not served:
        return None
    return Answer(text=reply.json()["choices"][0]["message"]["content"].strip(), version=int(served[1]))
