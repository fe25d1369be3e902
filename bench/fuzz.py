"""Coverage-guided fuzzing of the readers: any bytes under any name end as rows, faults or refusals.

    python bench/fuzz.py --seconds 120

Every input is one file of an upload. It starts from the hostile corpus in tests/corpus. A finding is an
exception, a broken promise (rows beside a refusal, a fault without a line), or an input that takes longer
than ten seconds. Findings stay in --keep; figures go to bench/results/fuzz.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench/results/fuzz.json"
sys.path.insert(0, str(ROOT / "tests"))

with atheris.instrument_imports(include=["pipelines.integrations", "pipelines.core.rows"]):
    from corpus.case import CONTRACT

    from pipelines.integrations.files import read_files
    from pipelines.integrations.limits import Limits

NAMES = (
    "a.csv",
    "a.tsv",
    "a.jsonl",
    "a.json",
    "a.parquet",
    "a.xlsx",
    "a.csv.gz",
    "a.jsonl.gz",
    "a.zip",
)
LIMITS = Limits(rows=5_000, unpacked=4_000_000, ratio=50, small=500_000, cell=20_000, line=50_000, members=20)
LONGEST = 65_536
SECONDS_AN_INPUT = 10


class Broken(AssertionError):
    """A reading that promises two things at once."""


def one_input(data: bytes, folder: Path) -> None:
    """The first byte chooses the name, the rest is the file."""
    if not data:
        return
    path = folder / "input"
    path.write_bytes(data[1:])
    spool = folder / "spool.parquet"
    reading = read_files([(NAMES[data[0] % len(NAMES)], path)], CONTRACT, spool, LIMITS)
    faults = [fault for group in reading.faults for fault in group.first]
    if reading.refusals and (reading.table or faults or reading.unread):
        raise Broken("something is said beside a refusal")
    if not reading.refusals and reading.table is None:
        raise Broken("neither rows nor a refusal")
    if any(fault.line < 1 for fault in faults) or (faults and not reading.unread):
        raise Broken("a fault without a row")
    spool.unlink(missing_ok=True)


def seed(folder: Path) -> int:
    """Writes every small file of the hostile corpus as an input; returns how many."""
    from test_hostile_corpus import THEMES

    endings = {name.partition(".")[2]: number for number, name in enumerate(NAMES)}
    seeds = set()
    for case in (case for theme in THEMES for case in theme.CASES):
        for name, data in case.files.items():
            number = endings.get(name.lower().partition(".")[2])
            if number is not None and len(data) < LONGEST:
                seeds.add(bytes([number]) + data)
    for data in seeds:
        (folder / sha256(data).hexdigest()).write_bytes(data)
    return len(seeds)


def hunt(arguments: list[str]) -> None:
    """Never returns: libFuzzer ends the process."""
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup([sys.argv[0], *arguments], lambda data: one_input(data, Path(folder)))
        atheris.Fuzz()


def campaign(seconds: int, keep: Path) -> dict[str, object]:
    """One process of libFuzzer over seeds from the corpus, and what it said."""
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        seeds = seed(Path(corpus))
        options = (
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST}",
            f"-timeout={SECONDS_AN_INPUT}",
            f"-artifact_prefix={keep}/",
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
            "-use_value_profile=1",
        )
        began = time.monotonic()
        command = [sys.executable, __file__, "--hunt", *options, corpus]
        ended = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, env=_environment())
        spent = time.monotonic() - began
        kept = len(list(Path(corpus).iterdir()))
    said = ended.stderr
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "seconds": round(spent),
        "seeds": seeds,
        "inputs": _last(r"stat::number_of_executed_units:\s+(\d+)", said),
        "edges": _last(r"\bcov: (\d+)", said),
        "features": _last(r"\bft: (\d+)", said),
        "kept": kept,
        "findings": sorted(path.name for path in keep.iterdir()),
        "slowest_input_seconds": _last(r"stat::slowest_unit_time_sec:\s+(\d+)", said),
        "peak_mib": _last(r"stat::peak_rss_mb:\s+(\d+)", said),
        "last_words": "" if ended.returncode == 0 else said[-2000:],
    }


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "tests")}


def _last(pattern: str, text: str) -> int:
    return int((re.findall(pattern, text) or ["0"])[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "perennial-fuzz")
    parser.add_argument("--hunt", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.hunt is not None:
        hunt(chosen.hunt)
    results = campaign(chosen.seconds, chosen.keep)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))
    return 1 if results["findings"] or results["last_words"] else 0


if __name__ == "__main__":
    sys.exit(main())
