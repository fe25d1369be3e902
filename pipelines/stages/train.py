"""Train: one candidate a rung, smallest base first, until one is good enough to be judged."""

from __future__ import annotations

from pipelines.core.candidate import Candidate
from pipelines.core.ladder import best, good_enough, scores_of
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.stages.baseline import best_package
from pipelines.stages.scoring import Scorer
from pipelines.stages.workshop import Workshop


def train(plan: Plan, spec: ModelSpec, *, workshop: Workshop, scorer: Scorer) -> Candidate:
    """The first rung whose candidate holds every minimum on the dev items, else the best of all.

    Where the model trains only when needed and a prompt package holds every minimum, it is the candidate
    and nothing is trained. The locked items are not looked at here.
    """
    package = best_package(plan, workshop.archive)
    if spec.prompting.fine_tuning == "when_needed" and good_enough(scorer.score(package, "dev"), spec.suite):
        workshop.progress(f"nothing is trained: {package.arm.label} is good enough")
        return package
    candidates, reports = [], []
    for base in spec.ladder:
        candidate = workshop.trained(plan, spec, base)
        report = scorer.score(candidate, "dev")
        workshop.progress(f"{report.arm.label} on the dev items: {scores_of(report, spec.suite)}")
        if good_enough(report, spec.suite):
            return candidate
        candidates.append(candidate)
        reports.append(report)
    return candidates[best(reports, spec.suite)]
