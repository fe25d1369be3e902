"""The resident auditor: `python -m pipelines.integrations.gx_service SOCKET FOLDER`.

Great Expectations takes seconds to import. This process pays that once, and audits tables below FOLDER for
whoever may open SOCKET: its own user. It decides nothing alone: who cannot reach it audits by itself.
"""

import socket
import sys
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from pipelines.core.errors import PerennialError, Refused
from pipelines.core.findings import Finding, Table, row_numbers
from pipelines.integrations.audit_messages import AuditReply, AuditRequest, is_private, receive, send
from pipelines.integrations.gx_auditor import GxAuditor

_PATIENCE_S = 10


def serve(path: Path, folder: Path) -> None:
    """Answer one request after the other, for ever. Raises Refused for a folder that others may enter."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_private(path.parent):
        raise Refused(
            f"the folder {path.parent}",
            "the auditor's socket lies in a folder of its own user",
            "a folder that others own or may enter",
            "Remove the folder, or make it private with chmod 700.",
        )
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen()
        auditor = GxAuditor()
        while True:
            peer, _ = listener.accept()
            # Who asks and does not listen to the answer misses it.
            with peer, suppress(OSError):
                peer.settimeout(_PATIENCE_S)
                send(peer, _reply(auditor, receive(peer), folder.resolve()))


def _reply(auditor: GxAuditor, line: bytes, folder: Path) -> AuditReply:
    """The answer to any line. Nothing that a request does may end the auditor."""
    try:
        request = AuditRequest.model_validate_json(line)
        if request.table is None or request.contract is None:
            return AuditReply(name=auditor.name)
        path = Path(request.table).resolve()
        if not path.is_relative_to(folder):
            return AuditReply(name=auditor.name, refused="a table elsewhere")
        findings = tuple(Finding(outcome, row_numbers()) for outcome in request.outcomes)
        reasons = auditor.audit(Table(path, request.rows), request.contract, findings)
    except ValidationError:
        return AuditReply(name=auditor.name, refused="a request that cannot be read")
    except PerennialError as error:
        return AuditReply(name=auditor.name, refused=str(error))
    except Exception as error:
        return AuditReply(name=auditor.name, refused=type(error).__name__)
    return AuditReply(name=auditor.name, reasons=reasons)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
