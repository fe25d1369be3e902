"""Measures the check of an upload, against Great Expectations on pandas alone, with the same rules and files.

    python bench/run.py [rows ...]

Every measurement has a process of its own. Ratios say more than seconds, which belong to one machine and
what else it does. Results go to bench/results/latest.json, where `over` is the alternative's seconds divided
by the product's own.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results/latest.json"
ROWS = (10_000, 100_000, 1_000_000, 5_000_000)
FORMATS = ("csv", "jsonl", "parquet")
MOST_FOR_GX = 1_000_000
"""Above it, Great Expectations alone needs more memory than a worker has."""
LIBRARIES = ("great-expectations", "pandas", "duckdb", "pyarrow", "numpy", "orjson")


def measured(check: str, path: Path) -> dict[str, Any]:
    """One run of bench/check_one.py. The load says how busy the machine was before it."""
    load = os.getloadavg()[0]
    command = [sys.executable, str(HERE / "check_one.py"), check, str(path)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    answer = json.loads(said.splitlines()[-1]) | {"load_before": round(load, 1)}
    answer["rows_per_s"] = round(int(path.stem) / answer["seconds"])
    return answer


def compared(path: Path) -> dict[str, Any]:
    """Both checks of one file."""
    own = measured("perennial", path)
    if int(path.stem) > MOST_FOR_GX:
        return {"perennial": own}
    alone = measured("great_expectations", path)
    if own["wrong"] != alone["wrong"]:
        raise SystemExit(f"{path.name}: {own['wrong']} and {alone['wrong']} wrong rows were found")
    over = {unit: round(alone[unit] / own[unit], 2) for unit in ("seconds", "cpu_seconds", "peak_mib")}
    return {"perennial": own, "great_expectations": alone, "over": over}


def machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "machine": platform.machine(),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def main(sizes: tuple[int, ...]) -> None:
    results: dict[str, Any] = {"machine": machine(), "rules": 12, "sizes": {}}
    for rows in sizes:
        found = results["sizes"][str(rows)] = {}
        for ending in FORMATS:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"{rows}.{ending}"
                subprocess.run([sys.executable, str(HERE / "upload.py"), str(path), str(rows)], check=True)
                found[ending] = {"mib": round(path.stat().st_size / 2**20, 1), **compared(path)}
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
            sys.stdout.write(f"{rows} {ending} {json.dumps(found[ending])}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or ROWS)
