"""Plants defects of every kind in a large upload, and measures what the check finds and what mends it.

    python bench/planted.py [rows [defects]] [--seed N]

Near duplicates are told apart from the other rules: they alone are found by an approximation. Figures go to
bench/results/planted.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench/results/planted.json"
sys.path.insert(0, str(ROOT / "tests"))

from planted import plant, surroundings  # noqa: E402
from planted_check import Score, examined, rounds_to_acceptance, scores  # noqa: E402

from pipelines.desk import open_desk  # noqa: E402
from pipelines.integrations.gx_auditor import GxAuditor  # noqa: E402

ROWS, DEFECTS = 100_000, 1_000


def main(rows: int, defects: int, seed: int) -> None:
    planted, desk = plant(rows, defects, seed), open_desk(GxAuditor())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        around = surroundings(folder, seed)
        began = time.perf_counter()
        first = examined(planted.text, around, desk, folder)
        seconds = time.perf_counter() - began
        found = scores(planted, first)
        rounds, last = rounds_to_acceptance(planted.text, first, around, desk, folder)
    near = found.pop("near_unique")
    results = {
        "rows": rows,
        "defects": defects,
        "seed": seed,
        "places": len(planted.places),
        "seconds_of_the_check": round(seconds, 1),
        "least_recall": min(score.recall for score in found.values()),
        "least_precision": min(score.precision for score in found.values()),
        "rules": {rule: score._asdict() for rule, score in found.items()},
        "near_duplicates": {**near._asdict(), "false_positives": _false_positives(near)},
        "repair": {
            "rounds": rounds,
            "verdict": last.decision.verdict,
            "errors_left": last.decision.error_count,
            "rows_accepted": last.decision.rows_accepted,
        },
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(RESULTS.read_text(encoding="utf-8"))


def _false_positives(score: Score) -> int:
    return round(score.found * (1 - score.precision))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    parser.add_argument("defects", type=int, nargs="?", default=DEFECTS)
    parser.add_argument("--seed", type=int, default=0)
    main(**vars(parser.parse_args()))
