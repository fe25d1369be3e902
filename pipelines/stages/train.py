"""Train: one candidate a rung, smallest base first, until one is good enough to be judged."""

from __future__ import annotations

from pipelines.core.base_model import ApprovedBase
from pipelines.core.candidate import Candidate
from pipelines.core.evaluation import EvalReport
from pipelines.core.ladder import best, good_enough, scores_of
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.stages.baseline import best_package
from pipelines.stages.scoring import Scorer
from pipelines.stages.workshop import Workshop


def train(plan: Plan, spec: ModelSpec, *, workshop: Workshop, scorer: Scorer) -> Candidate:
    """The first rung whose candidate holds every minimum on the dev items, else the best of all. A rung's
    candidate is the best of all that the search trains on its base.

    Where the model trains only when needed and a prompt package holds every minimum, it is the candidate
    and nothing is trained. The locked items are not looked at here.
    """
    package = best_package(plan, workshop.archive)
    if spec.prompting.fine_tuning == "when_needed" and good_enough(scorer.score(package, "dev"), spec.suite):
        workshop.progress(f"nothing is trained: {package.arm.label} is good enough")
        return package
    candidates, reports = [], []
    for base in spec.ladder:
        candidate, report = _rung(plan, spec, base, workshop, scorer)
        if good_enough(report, spec.suite):
            return candidate
        candidates.append(candidate)
        reports.append(report)
    return candidates[best(reports, spec.suite)]


def _rung(
    plan: Plan, spec: ModelSpec, base: ApprovedBase, workshop: Workshop, scorer: Scorer
) -> tuple[Candidate, EvalReport]:
    candidates, reports = [], []
    for recipe in spec.recipes:
        candidate = workshop.trained(plan, base, recipe)
        report = scorer.score(candidate, "dev")
        workshop.progress(f"{report.arm.label} on the dev items: {scores_of(report, spec.suite)}")
        candidates.append(candidate)
        reports.append(report)
    chosen = best(reports, spec.suite)
    return candidates[chosen], reports[chosen]
