"""Asks the resident auditor, which has its library loaded, and audits in this process where it is silent."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from pipelines.core.contract import Contract
from pipelines.core.findings import Findings, Table
from pipelines.integrations.audit_messages import AuditReply, AuditRequest, is_private, receive, send
from pipelines.ports import Auditor

_GREETING_S = 2.0
_AUDIT_S = 120.0

log = logging.getLogger(__name__)


class ResidentAuditor:
    """Implements ports.Auditor. `fallback` makes the auditor of this process, only when it is needed."""

    def __init__(self, path: Path, fallback: Callable[[], Auditor]) -> None:
        self._path, self._fallback = path, fallback

    def audit(self, table: Table, contract: Contract, findings: Findings) -> tuple[str, ...]:
        """What either of the two says: the resident one has no last word on why it cannot audit."""
        outcomes = tuple(finding.outcome for finding in findings)
        path = str(table.path.resolve())
        request = AuditRequest(table=path, rows=table.rows, contract=contract, outcomes=outcomes)
        reply = _ask(self._path, request, _AUDIT_S)
        if reply is not None and reply.refused is None:
            return reply.reasons
        log.info("audit in this process: %s", "no resident auditor" if reply is None else reply.refused)
        return self._fallback().audit(table, contract, findings)


def is_there(path: Path) -> bool:
    """Whether a resident auditor answers on this socket."""
    return _ask(path, AuditRequest(), _GREETING_S) is not None


def _ask(path: Path, request: AuditRequest, patience_s: float) -> AuditReply | None:
    """The answer, or None where there is none in time from a process of this user."""
    if not is_private(path.parent):
        return None
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(_GREETING_S)
            peer.connect(str(path))
            peer.settimeout(patience_s)
            send(peer, request)
            return AuditReply.model_validate_json(receive(peer))
    except (OSError, ValidationError):
        return None
