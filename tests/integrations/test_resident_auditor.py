"""The resident auditor answers its own user, survives any request, and is done without when it is gone."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import stop
from rule_samples import CELLS
from tables import table
from upload_samples import COLUMNS, contract, rule
from waiting import wait_for

from pipelines.core.contract import Contract
from pipelines.core.errors import DeclarationError, Refused
from pipelines.core.findings import Findings, Surroundings, Table
from pipelines.integrations.audit_messages import AuditReply, AuditRequest
from pipelines.integrations.gx_auditor import GxAuditor
from pipelines.integrations.gx_service import serve
from pipelines.integrations.resident_auditor import ResidentAuditor, is_there
from pipelines.integrations.rule_checker import RuleChecker

Service = tuple[Path, Path, subprocess.Popen[bytes]]
FILLED = contract(rule("not_null", "answer", text="`answer` must be filled in."))


class Absent:
    """Stands where the auditor of this process would: what it says came from nobody else."""

    def audit(self, table: Table, contract: Contract, findings: Findings) -> tuple[str, ...]:
        return (f"asked here about {table.rows} rows, {len(findings)} of {len(contract.rules)} answers",)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """(socket, folder of its tables, process)."""
    home = tmp_path_factory.mktemp("auditor")
    path, folder = home / "run" / "socket", home / "tables"
    folder.mkdir()
    command = [sys.executable, "-m", "pipelines.integrations.gx_service", str(path), str(folder)]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        wait_for(lambda: is_there(path), 120, "the auditor answers")
        yield path, folder, process
    finally:
        stop(process)


def asked(path: Path, rows: Table, of: Contract = FILLED) -> tuple[str, ...]:
    findings = RuleChecker().check(rows, of, Surroundings())
    return ResidentAuditor(path, Absent).audit(rows, of, findings)


def spoken(path: Path, data: bytes) -> AuditReply:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(10)
        peer.connect(str(path))
        peer.sendall(data)
        return AuditReply.model_validate_json(peer.makefile("rb").readline())


def test_rows_are_confirmed_or_not_within_a_second(service: Service) -> None:
    path, folder, _ = service
    good = table(folder, COLUMNS, [("q", "a", 1, 1.0)] * 1000, group=1000)
    began = time.monotonic()
    assert asked(path, good) == ()
    assert time.monotonic() - began < 1
    assert asked(path, table(folder, COLUMNS, CELLS)) == (
        "An independent check disagrees: 1 of 5 rows break a rule. `answer` must be filled in.",
    )


def test_the_resident_auditor_says_what_the_one_in_this_process_says(service: Service) -> None:
    path, folder, _ = service
    of = contract(rule("unique"), rule("duplicate_share", maximum=1.0), rule("not_matches", pattern="^a"))
    rows = table(folder, COLUMNS, CELLS)
    assert asked(path, rows, of) == GxAuditor().audit(rows, of, RuleChecker().check(rows, of, Surroundings()))


def test_only_its_own_user_may_ask(service: Service) -> None:
    path, _, _ = service
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_table_elsewhere_is_audited_here(service: Service, tmp_path: Path) -> None:
    path, folder, _ = service
    rows = table(tmp_path, COLUMNS, CELLS)
    assert asked(path, rows) == ("asked here about 5 rows, 1 of 1 answers",)
    (folder / "link").symlink_to(rows.path)
    request = AuditRequest(table=str(folder / "link"), rows=5, contract=FILLED)
    assert spoken(path, request.to_json() + b"\n").refused == "a table elsewhere"


def test_no_request_ends_it(service: Service) -> None:
    path, folder, _ = service
    request = AuditRequest(table=str(folder / "absent"), rows=5, contract=FILLED).to_json()
    for data in (b"{}x\n", b"[1]\n", b'{"table": 5}\n', request + b"\n", b"\xff\n", b"[" * 100_000 + b"\n"):
        assert spoken(path, data).refused
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect(str(path))
        peer.sendall(request)
    assert is_there(path)


def test_a_rule_that_cannot_run_is_left_to_the_auditor_here(service: Service) -> None:
    path, folder, _ = service
    rows, of = table(folder, COLUMNS, CELLS), contract(rule("not_null", "absent"))
    with pytest.raises(DeclarationError, match="rule not_null"):
        ResidentAuditor(path, GxAuditor).audit(rows, of, ())


def test_a_socket_in_a_folder_that_others_may_enter_is_not_trusted(service: Service, tmp_path: Path) -> None:
    path, _, _ = service
    open_folder = tmp_path / "open"
    open_folder.mkdir()
    open_folder.chmod(0o755)
    os.link(path, open_folder / "socket")
    assert is_there(path)
    assert not is_there(open_folder / "socket")
    with pytest.raises(Refused, match="a folder of its own user"):
        serve(open_folder / "new", tmp_path)


def test_without_it_the_audit_happens_here(service: Service) -> None:
    path, folder, process = service
    rows = table(folder, COLUMNS, CELLS)
    process.kill()
    process.wait(10)
    assert not is_there(path)
    assert asked(path, rows) == ("asked here about 5 rows, 1 of 1 answers",)
    assert asked(path.parent / "none" / "socket", rows) == ("asked here about 5 rows, 1 of 1 answers",)
