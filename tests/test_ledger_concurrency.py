"""Writers in processes of their own, some of them killed, and one history in the end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from small_ledger import folder_ledger
from waiting import wait_for

WRITERS, APPENDS = 4, 12
SCRIPT = Path(__file__).parent / "ledger_writer.py"


@contextmanager
def _writer(root: Path, name: str, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(SCRIPT), str(root), name, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _acknowledged(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=120)
    return [line for line in out.splitlines(keepends=True) if line.endswith("\n")]


def test_writers_in_other_processes_lose_nothing_and_never_share_a_number(tmp_path: Path) -> None:
    names = [f"w{number}" for number in range(WRITERS)]
    with ExitStack() as stack:
        processes = [stack.enter_context(_writer(tmp_path, name, APPENDS)) for name in names]
        acknowledged = [line.strip() for process in processes for line in _acknowledged(process)]
    assert [process.returncode for process in processes] == [0] * WRITERS
    entries = folder_ledger(tmp_path).entries()
    assert [entry.seq for entry in entries] == list(range(1, WRITERS * APPENDS + 1))
    assert sorted(entry.op for entry in entries) == sorted(acknowledged)
    assert len(set(acknowledged)) == WRITERS * APPENDS
    for name in names:
        own = [entry.op for entry in entries if entry.op.startswith(f"{name}/")]
        assert own == [f"{name}/{number}" for number in range(APPENDS)]


def test_a_killed_writer_loses_nothing_it_acknowledged_and_can_repeat_everything(tmp_path: Path) -> None:
    with _writer(tmp_path, "killed", 10_000) as process:
        wait_for(lambda: len(folder_ledger(tmp_path).entries()) >= 5, 60, "the writer has appended")
        os.kill(process.pid, signal.SIGKILL)
        acknowledged = _acknowledged(process)
    assert process.returncode == -signal.SIGKILL
    before = folder_ledger(tmp_path).entries()
    assert len(acknowledged) <= len(before) <= len(acknowledged) + 1
    with _writer(tmp_path, "killed", len(before) + 2) as process:
        assert len(_acknowledged(process)) == len(before) + 2
    after = folder_ledger(tmp_path).entries()
    assert after[: len(before)] == before
    assert [entry.op for entry in after] == [f"killed/{number}" for number in range(len(before) + 2)]
