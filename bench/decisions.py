"""Walks uploads whose truth is known down the line with real models: is each decided rightly, and why?

    python bench/decisions.py [--home FOLDER]

`FOLDER` keeps the base models between runs. Figures go to bench/results/decisions.json; exit 1 when one
was decided wrongly.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench/results/decisions.json"
sys.path.insert(0, str(ROOT / "bench"))

from court import Court, home_with_bases  # noqa: E402

from pipelines.core.candidate import Candidate  # noqa: E402
from pipelines.core.decision import GateDecision  # noqa: E402
from pipelines.core.eval_suite import EvalSuite  # noqa: E402
from pipelines.sample import front_desk, tax_desk  # noqa: E402
from pipelines.sample.desk import csv_text  # noqa: E402
from pipelines.sample.directory import rooms  # noqa: E402
from pipelines.sample.editions import Facts  # noqa: E402
from pipelines.sample.facts import FILERS, facts  # noqa: E402
from pipelines.sample.spoiled import (  # noqa: E402
    OPENINGS,
    half_the_facts,
    leaked,
    padded,
    ruined_slice,
    shuffled_answers,
    wrong_facts,
)

GREETED = 40


class Upload(NamedTuple):
    """What is dropped, what is true of it, and what must follow; without `text`, what was dropped before.

    `verdict` is the gate's, or None where the contract must reject it. `because` must be the rule of a reason
    that kept it from passing, or, for a PASS, the method and base of the candidate.
    """

    name: str
    truth: str
    model: str
    source: str
    text: str | None
    golden: tuple[str, str] | None
    verdict: str | None
    because: str


def tax_upload(
    name: str,
    truth: str,
    rows: Sequence[tax_desk.Rule] | None,
    verdict: str | None,
    because: str,
    *,
    golden: Facts | None = None,
    model: str = "tax-desk",
) -> Upload:
    """Rows of the tax desk, after a golden set about the facts `golden` where there are any."""
    text = csv_text(rows, tax_desk.Rule) if rows else None
    items = csv_text(tax_desk.golden_rows(golden), tax_desk.GoldenRow) if golden else None
    kept = ("tax_rules_golden", items) if items else None
    return Upload(name, truth, model, "tax_rules", text, kept, verdict, because)


def tax_uploads() -> Iterator[Upload]:
    """In this order: a champion stands from the first on, and the last edition replaces it."""
    old, new = facts(2025), facts(2026)
    rows, next_rows = tax_desk.upload_rows(old), tax_desk.upload_rows(new)
    yield tax_upload(
        "good",
        "right rows; the smallest base is too small for them",
        rows,
        "PASS",
        "lora of tax-s",
        golden=old,
    )
    yield tax_upload("half", "half of the facts are missing", half_the_facts(rows), "FAIL", "minimum")
    for share in (0.1, 0.2, 0.3):
        name, truth = f"{share:.0%} wrong", f"{share:.0%} of the facts are wrong"
        yield tax_upload(name, truth, wrong_facts(rows, share), "FAIL", "non-inferiority")
    yield tax_upload(
        "shuffled", "questions and answers do not belong together", shuffled_answers(rows), "FAIL", "minimum"
    )
    yield tax_upload(
        "slice",
        "every answer for one group of filers is wrong",
        ruined_slice(rows, FILERS[0]),
        "FAIL",
        "slices",
    )
    yield tax_upload(
        "leaked",
        "the golden questions stand among the rows",
        leaked(rows, tax_desk.golden_questions(old)),
        None,
        "not_in_the_golden_set",
    )
    truth = "three greetings before every question: nothing new, and the plain questions become a quarter"
    yield tax_upload("padded", truth, padded(rows), "FAIL", "non-inferiority")
    yield tax_upload(
        "more rows", "a few rows more, nothing new", with_greetings(rows), "PASS", "lora of tax-s"
    )
    yield tax_upload(
        "next edition", "right rows of the next year", next_rows, "PASS", "lora of tax-s", golden=new
    )
    yield tax_upload("last edition", "right rows of the year before", rows, "FAIL", "non-inferiority")
    yield tax_upload(
        "next edition again", "right rows once more, after the wrong ones", next_rows, "PASS", "lora of tax-s"
    )


def with_greetings(rows: Any) -> tuple[Any, ...]:
    """The rows, and the first of them again with a greeting."""
    greeted = padded(rows[:GREETED], OPENINGS[:1])
    return (*rows, *greeted[GREETED:])


def front_uploads() -> Iterator[Upload]:
    rows, golden = front_desk.upload_rows(rooms(2025)), front_desk.golden_rows(rooms(2025))
    kept = ("directory_golden", csv_text(golden, front_desk.GoldenRow))
    good = csv_text(rows, front_desk.Line)
    truth = "right rows; the base copies the right one from its prompt"
    yield Upload(
        "prompt is enough", truth, "front-desk", "directory", good, kept, "PASS", "prompt of desk-copy"
    )
    wrong = csv_text(wrong_facts(rows, 0.2), front_desk.Line)
    truth = "a fifth of the rooms is wrong; the base copies those too"
    yield Upload("wrong prompt", truth, "front-desk", "directory", wrong, None, "FAIL", "non-inferiority")


class Judged(NamedTuple):
    """What became of an upload; `right` says whether it is what had to follow. `candidate` and `champion` are
    the first metric on the dev items, which the gate has not seen.
    """

    upload: Upload
    letter: str
    verdict: str | None
    reasons: tuple[str, ...]
    made_by: str
    candidate: float | None
    champion: float | None
    seconds: float
    right: bool


def judge(court: Court, upload: Upload) -> Judged:
    began = time.perf_counter()
    if upload.golden:
        court.drop(upload.golden[0], "golden.csv", upload.golden[1])
    letter = court.drop(upload.source, "rows.csv", upload.text) if upload.text else "accepted before"
    judgement = court.retrain(upload.model) if "accepted" in letter else None
    decision = judgement.decision if judgement else None
    made_by = _made_by(court, decision)
    return Judged(
        upload=upload,
        letter=letter,
        verdict=decision.verdict if decision else None,
        reasons=decision.why if decision else (letter,),
        made_by=made_by,
        candidate=judgement.candidate if judgement else None,
        champion=judgement.champion if judgement else None,
        seconds=round(time.perf_counter() - began, 1),
        right=_right(upload, letter, decision, made_by),
    )


def _made_by(court: Court, decision: GateDecision | None) -> str:
    if decision is None:
        return ""
    candidate = court.archive.fetch(Candidate, decision.candidate)
    kind = candidate.method if candidate.arm.trained else "prompt"
    return f"{kind} of {candidate.base}"


def _right(upload: Upload, letter: str, decision: GateDecision | None, made_by: str) -> bool:
    if upload.verdict is None or decision is None:
        return upload.verdict is None and decision is None and upload.because in letter
    if decision.verdict != upload.verdict:
        return False
    if decision.verdict == "PASS":
        return made_by == upload.because
    return upload.because in {reason.rule for reason in decision.reasons if reason.verdict != "PASS"}


def other_models(court: Court) -> Iterator[Upload]:
    """Models on the same rows of which one has only the smallest base, and one asks for more proof, without
    its guard: that has few items of its own, and is another question.
    """
    spec = court.model("tax-desk")
    gate = spec.gate.model_copy(update={"margin": 0.005})
    court.declare(spec.model_copy(update={"name": "tax-small", "ladder": spec.ladder[:1]}))
    court.declare(
        spec.model_copy(update={"name": "tax-strict", "gate": gate, "suite": _without_guards(spec.suite)})
    )

    truth = "right rows, and no base that is large enough"
    yield tax_upload("too small", truth, None, "FAIL", "minimum", model="tax-small")
    old, strict = facts(2025), "tax-strict"
    rows = tax_desk.upload_rows(old)
    truth = "right rows, no champion yet"
    yield tax_upload("first", truth, rows, "PASS", "lora of tax-s", golden=old, model=strict)
    truth = "a few rows more, nothing new, and too few items to rule out so small a loss"
    again = with_greetings(rows)
    yield tax_upload("too few items", truth, again, "INCONCLUSIVE", "non-inferiority", model=strict)


def _without_guards(suite: EvalSuite) -> EvalSuite:
    metrics = tuple(metric for metric in suite.metrics if not metric.guard)
    judged = {metric.task for metric in metrics}
    tasks = tuple(task for task in suite.tasks if task.name in judged)
    return suite.model_copy(update={"tasks": tasks, "metrics": metrics, "groups": suite.groups[:1]})


def main(home: Path) -> int:
    judged = []
    with tempfile.TemporaryDirectory() as folder:
        court = Court(ROOT, Path(folder), home / "bases")
        for upload in (*tax_uploads(), *front_uploads(), *other_models(court)):
            judged.append(judge(court, upload))
            sys.stdout.write(_said(judged[-1]))
            sys.stdout.flush()
    right = sum(one.right for one in judged)
    sys.stdout.write(f"{right} of {len(judged)} decided rightly\n")
    results = {"right": right, "of": len(judged), "uploads": [_row(one) for one in judged]}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0 if right == len(judged) else 1


def _said(one: Judged) -> str:
    mark = "right" if one.right else "WRONG"
    scores = ("none" if score is None else f"{score:.3f}" for score in (one.candidate, one.champion))
    dev = f"on dev {' against '.join(scores)}"
    head = f"{mark}: {one.upload.name}: {one.letter}; {one.verdict} {one.made_by}, {dev} ({one.seconds} s)"
    return "".join(f"{line}\n" for line in (head, *(f"    {reason}" for reason in one.reasons)))


def _row(one: Judged) -> dict[str, Any]:
    upload = one.upload
    return {
        "upload": upload.name,
        "truth": upload.truth,
        "model": upload.model,
        "expected": [upload.verdict, upload.because],
        "letter": one.letter,
        "verdict": one.verdict,
        "made_by": one.made_by,
        "on_dev": {"candidate": one.candidate, "champion": one.champion},
        "reasons": list(one.reasons),
        "seconds": one.seconds,
        "right": one.right,
    }


if __name__ == "__main__":
    sys.exit(main(home_with_bases(__doc__)))
