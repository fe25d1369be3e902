"""Explains uploads whose truth is known, with real models: does the letter say what is true of the rows?

    python bench/explaining.py [--home FOLDER]

A learning curve of right rows, and the parts of an upload in which every answer for one group of filers is
wrong. `FOLDER` keeps the base models between runs. Figures go to bench/results/explaining.json; exit 1 when
an explanation misses the truth.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench/results/explaining.json"
sys.path.insert(0, str(ROOT / "bench"))

from court import Court, home_with_bases  # noqa: E402

from pipelines.core.explaining import Explaining  # noqa: E402
from pipelines.core.explanation import Explanation  # noqa: E402
from pipelines.core.explanation_words import in_words  # noqa: E402
from pipelines.sample import tax_desk  # noqa: E402
from pipelines.sample.desk import csv_text  # noqa: E402
from pipelines.sample.facts import FILERS, facts  # noqa: E402
from pipelines.sample.spoiled import ruined_slice  # noqa: E402
from pipelines.stages.explain import explanation_of  # noqa: E402

CURVE = Explaining(learning_curve=(0.25, 0.5))
PARTS = Explaining(leave_out=True, most_parts=len(FILERS))
RUINED = FILERS[0]
NEAR = 0.1
"""How far the score that the curve foretells may lie from the actual one."""


def explained(court: Court, wanted: Explaining, rows: Any) -> tuple[Explanation, float]:
    """The explanation of an upload, and the seconds that the whole run took."""
    court.declare(court.model("tax-desk").model_copy(update={"explain": wanted}))
    began = time.perf_counter()
    court.drop("tax_rules", "rows.csv", csv_text(rows, tax_desk.Rule))
    judgement = court.retrain("tax-desk")
    found = explanation_of(judgement.decision.digest, court.archive) if judgement else None
    if found is None:
        raise SystemExit("the upload was not explained")
    return found, round(time.perf_counter() - began, 1)


def curve_is_right(found: Explanation) -> bool:
    """More rows score more, and what the smaller runs foretell comes true."""
    scores = [point.score for point in found.curve]
    return scores == sorted(scores) and abs((found.predicted or 0.0) - found.actual) <= NEAR


def parts_are_right(found: Explanation) -> bool:
    """The wrong rows are told as worth nothing, and every other part as a help."""
    helped = {part.part for part in found.parts if part.lower > 0}
    named = [words for words in in_words(found) if words.startswith("With or without its")]
    return helped == set(FILERS) - {RUINED} and len(named) == 1 and f"'{RUINED}'" in named[0]


def main(home: Path) -> int:
    rows = tax_desk.upload_rows(facts(2025))
    golden = csv_text(tax_desk.golden_rows(facts(2025)), tax_desk.GoldenRow)
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        court = Court(ROOT, Path(folder), home / "bases")
        court.drop("tax_rules_golden", "golden.csv", golden)
        for name, wanted, given, is_right in (
            ("learning curve of right rows", CURVE, rows, curve_is_right),
            (
                f"parts, every answer for {RUINED} is wrong",
                PARTS,
                ruined_slice(rows, RUINED),
                parts_are_right,
            ),
        ):
            found, seconds = explained(court, wanted, given)
            row = {"upload": name, "right": is_right(found), "seconds": seconds, "letter": in_words(found)}
            results.append(
                row | {"explanation": found.model_dump(mode="json", exclude={"candidate", "weights"})}
            )
            sys.stdout.write(f"{'right' if row['right'] else 'WRONG'}: {name} ({seconds} s)\n")
            sys.stdout.writelines(f"    {sentence}\n" for sentence in in_words(found))
            sys.stdout.flush()
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row["right"] for row in results) else 1


if __name__ == "__main__":
    sys.exit(main(home_with_bases(__doc__)))
