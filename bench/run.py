"""Measures speed and memory of single parts, each against a plain alternative in the same run.

Ratios say more than seconds, which belong to one machine. Results go to bench/results/latest.json.
"""

from __future__ import annotations

import json
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipelines.archive import Archive
from pipelines.core.value import Blob, sha256_hex
from pipelines.integrations.canonical_table import write_table
from pipelines.integrations.clock import SystemClock
from pipelines.integrations.directory_store import DirectoryStore
from pipelines.integrations.files import read_files
from pipelines.integrations.gx_checker import GxChecker
from pipelines.integrations.rule_checker import RuleChecker
from pipelines.integrations.signing import Ed25519Signer
from pipelines.ledger import Ledger
from pipelines.sample.tax_desk import Rule, csv_text
from pipelines.specs import contracts

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench/results/latest.json"
ROWS = 50_000
ENTRIES = 300


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rows_csv(folder: Path) -> Path:
    filers = ("single filers", "heads of household", "surviving spouses")
    rows = [
        Rule(
            question=f"What is allowance {n}?",
            answer=f"${500 + n % 9000}",
            topic="allowance",
            filer=filers[n % 3],
        )
        for n in range(ROWS)
    ]
    path = folder / "rules.csv"
    path.write_text(csv_text(rows, Rule), encoding="utf-8")
    return path


def intake(folder: Path) -> dict[str, float]:
    """Strict reading, checking and freezing of one upload, against pandas reading the same file."""
    import pandas as pd

    contract = contracts(ROOT)["tax_rules"]
    path = rows_csv(folder)
    plain = seconds(lambda: pd.read_csv(path, engine="python"))
    strict = seconds(lambda: read_files([("rules.csv", path)], contract))
    reading = read_files([("rules.csv", path)], contract)
    names = [column.name for column in contract.columns]
    rows = [dict(zip(names, row.cells, strict=True)) for row in reading.rows]
    GxChecker().check(rows[:10], contract)  # pays the import of Great Expectations
    gx = seconds(lambda: GxChecker().check(rows, contract))
    own = seconds(lambda: RuleChecker().check(rows, contract))
    table = seconds(lambda: write_table(reading.rows, contract, folder / "table.parquet"))
    return {
        "rows": ROWS,
        "strict_reader_rows_per_s": ROWS / strict,
        "strict_reader_time_over_pandas_python_engine": strict / plain,
        "gx_checker_rows_per_s": ROWS / gx,
        "gx_checker_time_over_rule_checker": gx / own,
        "canonical_table_rows_per_s": ROWS / table,
        "peak_mib": peak_mib(),
    }


def ledger(folder: Path) -> dict[str, float]:
    """Appending, and verifying a chain for the first time against verifying it again."""
    store = DirectoryStore(folder / "bucket")
    signer = Ed25519Signer(folder / "ledger.key", folder / "ledger.pub")

    def new() -> Ledger:
        return Ledger(store, "ledger/models/bench/", signer=signer, clock=SystemClock())

    writer = new()

    def append() -> None:
        for number in range(ENTRIES):
            body = Blob(sha256=sha256_hex(b"x"), size=number)
            writer.append(writer.entries(), "bench", body, op=str(number))

    appending = seconds(append)
    reader = new()
    first, again = seconds(reader.entries), seconds(reader.entries)
    return {
        "entries": ENTRIES,
        "append_ms": 1000 * appending / ENTRIES,
        "verify_first_ms": 1000 * first,
        "verify_again_ms": 1000 * again,
        "verify_first_over_again": first / again,
    }


def archive(folder: Path) -> dict[str, float]:
    """Keeping a 64 MiB blob durably, against writing the same bytes to a file."""
    data = bytes(range(256)) * (64 * 4096)
    plain = seconds(lambda: (folder / "plain").write_bytes(data))
    kept = seconds(lambda: Archive(DirectoryStore(folder / "bucket")).keep_bytes(data))
    return {"mib": 64, "keep_mib_per_s": 64 / kept, "keep_time_over_plain_write": kept / plain}


def main() -> None:
    results: dict[str, object] = {"python": platform.python_version(), "machine": platform.machine()}
    for bench in (intake, ledger, archive):
        with tempfile.TemporaryDirectory() as folder:
            results[bench.__name__] = {k: round(v, 3) for k, v in bench(Path(folder)).items()}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
