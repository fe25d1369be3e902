"""Baseline: what each base of the ladder can do with a prompt alone, and which prompt does best."""

from __future__ import annotations

from pipelines.archive import Archive
from pipelines.core.candidate import Candidate
from pipelines.core.errors import DataError
from pipelines.core.ladder import best, scores_of
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.stages.scoring import Scorer
from pipelines.stages.workshop import Workshop

RESULT = "prompt_package"


def baseline(plan: Plan, spec: ModelSpec, *, workshop: Workshop, scorer: Scorer) -> Candidate:
    """The prompt package that did best on the dev items; of equals the smaller base and the plainer prompt.

    The locked items are not looked at here.
    """
    packages, reports = [], []
    for base in spec.ladder:
        for recipe in spec.prompting.recipes:
            package = workshop.packed(plan, base, recipe)
            report = scorer.score(package, "dev")
            workshop.progress(f"{report.arm.label} on the dev items: {scores_of(report, spec.suite)}")
            packages.append(package)
            reports.append(report)
    chosen = packages[best(reports, spec.suite)]
    workshop.archive.keep(chosen)
    return workshop.archive.settle(RESULT, plan.digest, chosen)


def best_package(plan: Plan, archive: Archive) -> Candidate:
    """What `baseline` chose for a plan. Raises DataError before it did."""
    package = archive.settled(RESULT, plan.digest, Candidate)
    if package is None:
        raise DataError(
            f"plan {plan.digest[:12]}",
            "the prompting arms must be scored before anything is trained or judged",
            "no best prompting arm",
            "Run the baseline stage first.",
        )
    return package
