"""One measurement in a process of its own: an upload checked by the product, or by Great Expectations alone.

    python bench/check_one.py perennial upload.csv

Libraries are loaded before the clock starts: they cost a worker seconds, once.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from upload import CONTRACT, write

from pipelines.core.contract import Rule
from pipelines.core.findings import Surroundings
from pipelines.desk import open_desk
from pipelines.integrations.gx_auditor import GxAuditor
from pipelines.integrations.gx_suite import Expected, run
from pipelines.stages.examine import Desk, examine

Answer = dict[str, object]


def perennial(path: Path) -> Answer:
    """Read, check, decide, keep and audit, as a drop into the inbox is. Seconds of the parts are told too."""
    parts: dict[str, float] = {}
    desk = _timed(open_desk(GxAuditor()), parts)
    with tempfile.TemporaryDirectory(dir=path.parent) as name:
        folder = Path(name)
        reading = desk.read_files([(path.name, path)], CONTRACT, folder / "spool.parquet")
        found = examine(reading, CONTRACT, Surroundings(), desk=desk, folder=folder)
    decision = found.decision
    return {
        "verdict": decision.verdict,
        "wrong": decision.rows_read - decision.rows_accepted,
        "parts": {part: round(seconds, 3) for part, seconds in parts.items()},
    }


def great_expectations(path: Path) -> Answer:
    """The same rules as one checkpoint over a data frame, with the places of all wrong rows."""
    read: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": pd.read_csv,
        ".jsonl": lambda path: pd.read_json(path, lines=True),
        ".parquet": pd.read_parquet,
    }
    results = run(read[path.suffix](path), [_expected(rule) for rule in CONTRACT.rules])
    wrong = {index for one in results.values() for index in one.result.get("unexpected_index_list") or ()}
    return {"verdict": "counted", "wrong": len(wrong)}


def _expected(rule: Rule) -> Expected:
    bounds = {"min_value": rule.minimum, "max_value": rule.maximum}
    kind, arguments = {
        "not_null": ("values_to_not_be_null", {}),
        "unique": ("values_to_be_unique", {}),
        "matches": ("values_to_match_regex", {"regex": rule.pattern}),
        "not_matches": ("values_to_not_match_regex", {"regex": rule.pattern}),
        "length_between": ("value_lengths_to_be_between", bounds),
        "value_between": ("values_to_be_between", bounds),
        "in_set": ("values_to_be_in_set", {"value_set": list(rule.values)}),
    }[rule.check]
    return Expected(rule.id, f"expect_column_{kind}", {"column": rule.column, **arguments})


def _timed(desk: Desk, parts: dict[str, float]) -> Desk:
    """The desk, adding up what each of its parts takes."""

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            began = time.perf_counter()
            try:
                return work(*given)
            finally:
                parts[name] = parts.get(name, 0) + time.perf_counter() - began

        return call

    class Checker:
        check = staticmethod(timed("check", desk.checker.check))

    class Auditor:
        audit = staticmethod(timed("audit", desk.auditor.audit))

    return desk._replace(
        read_files=timed("read", desk.read_files),
        keep_rows=timed("keep", desk.keep_rows),
        profile_of=timed("profile", desk.profile_of),
        peek=timed("peek", desk.peek),
        checker=Checker(),
        auditor=Auditor(),
    )


CHECKS: dict[str, Callable[[Path], Answer]] = {
    "perennial": perennial,
    "great_expectations": great_expectations,
}


def main(check: str, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / f"100{path.suffix}"
        write(small, 100)
        CHECKS[check](small)
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    answer = CHECKS[check](path)
    answer["seconds"] = round(time.perf_counter() - wall, 3)
    answer["cpu_seconds"] = round(time.process_time() - cpu, 3)
    answer["peak_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
