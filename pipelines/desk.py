"""The desk: all that an upload is judged with, whether the line runs or a steward asks beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.ports import Auditor
    from pipelines.stages.examine import Desk


def preload() -> None:
    """Import what every validation needs, for a process whose forks validate."""
    from pipelines.integrations import full_checker

    full_checker.preload()
    resident_desk(Path())


def resident_desk(auditor_socket: Path) -> Desk:
    """With the auditor that answers at a socket; where none does, this process audits by itself."""
    from pipelines.integrations.resident_auditor import ResidentAuditor

    return open_desk(ResidentAuditor(auditor_socket, fallback=_gx_auditor))


def _gx_auditor() -> Auditor:
    """An auditor of this process: its library takes seconds to load."""
    from pipelines.integrations.gx_auditor import GxAuditor

    return GxAuditor()


def open_desk(auditor: Auditor) -> Desk:
    """All that an upload is judged with; `auditor` gives the second opinion."""
    from pipelines.integrations.canonical_table import keep_rows, peek
    from pipelines.integrations.comparison import compare
    from pipelines.integrations.duckdb_checker import DuckDbChecker
    from pipelines.integrations.files import read_files
    from pipelines.integrations.full_checker import FullChecker
    from pipelines.integrations.letter_page import letter_page
    from pipelines.integrations.personal_data import redact
    from pipelines.integrations.profiler import profile_of
    from pipelines.integrations.repair_rows import write_repair
    from pipelines.stages.examine import Desk

    return Desk(
        read_files=read_files,
        keep_rows=keep_rows,
        peek=peek,
        profile_of=profile_of,
        compare=compare,
        redact=redact,
        letter_page=letter_page,
        write_repair=write_repair,
        checker=FullChecker(DuckDbChecker()),
        auditor=auditor,
    )
