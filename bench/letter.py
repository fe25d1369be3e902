"""Measures the time from a complete upload of a thousand rows to its letter, in a running stack of its own.

    python bench/letter.py

The upload is complete when its `_READY` marker is there. Results go to bench/results/letter.json.
"""

from __future__ import annotations

import csv
import json
import os
import socket
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from pipelines.local import stack
from pipelines.runtime import Runtime
from pipelines.sample import tax_desk
from pipelines.settings import LOOPBACK, Ports, Settings
from pipelines.stages.letter import outbox

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results/letter.json"
SOURCE, ROWS, UPLOADS, PATIENCE_S = "tax_rules", 1_000, 8, 60


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="perennial-letter-") as folder:
        settings = settings_in(Path(folder))
        try:
            stack.up(settings, say=lambda line: sys.stderr.write(f"{line}\n"))
            seconds = [round(answered(settings, number), 2) for number in range(UPLOADS)]
        finally:
            stack.down(settings)
    result = {"rows": ROWS, "seconds": seconds, "largest": max(seconds), "cores": os.cpu_count()}
    RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(result) + "\n")


def settings_in(home: Path) -> Settings:
    """An empty state folder and free ports."""
    with ExitStack() as held:
        probes = [held.enter_context(closing(socket.socket())) for _ in range(3)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        airflow, mlflow, server = (probe.getsockname()[1] for probe in probes)
    ports = Ports(airflow=airflow, mlflow=mlflow, server=server)
    return Settings(project=HERE.parent, home=home, bucket=str(home / "bucket"), ports=ports)


def answered(settings: Settings, number: int) -> float:
    """Seconds from the marker of an upload with one wrong row to its `report.json`."""
    ledger = Runtime(settings).ingest_ledger(SOURCE)
    before = len(ledger.entries())
    drop(Path(settings.bucket) / "inbox" / SOURCE, number)
    began, deadline = time.time(), time.monotonic() + PATIENCE_S
    while len(ledger.entries()) < before + 2:
        if time.monotonic() > deadline:
            raise SystemExit(f"no answer to upload {number} within {PATIENCE_S} s")
        time.sleep(0.02)
    upload = ledger.entries()[-1].body["upload"]
    letter = Path(settings.bucket) / outbox(SOURCE, upload) / "report.json"
    return letter.stat().st_mtime - began


def drop(inbox: Path, number: int) -> None:
    table = tax_desk.write_rules(2026, inbox)
    header, *rows = csv.reader(table.read_text(encoding="utf-8").splitlines())
    more = [[f"{question} (case {place})", *rest] for place, (question, *rest) in enumerate(rows)]
    chosen = [*rows, *more][:ROWS]
    chosen[number][1] = "wrong"
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *chosen])
    (inbox / "_READY").write_text("")


if __name__ == "__main__":
    main()
