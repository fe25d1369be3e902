"""Arms: everything that competed in a run, as it was made and scored by the earlier stages."""

from __future__ import annotations

from pipelines.core.candidate import Candidate
from pipelines.core.evaluation import EvalReport
from pipelines.core.ladder import best
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.stages.scoring import Scorer
from pipelines.stages.workshop import Workshop


def trained_of(plan: Plan, spec: ModelSpec, workshop: Workshop) -> tuple[Candidate, ...]:
    """The candidates of a plan that were trained, smallest rung first, those of a search among them."""
    pairs = ((base, recipe) for base in spec.ladder for recipe in spec.recipes)
    found = (workshop.done(plan, base, recipe.digest) for base, recipe in pairs)
    return tuple(candidate for candidate in found if candidate)


def packed_of(plan: Plan, spec: ModelSpec, workshop: Workshop) -> tuple[Candidate, ...]:
    """The prompt packages of a plan, smallest base and plainest prompt first."""
    pairs = ((base, recipe) for base in spec.ladder for recipe in spec.prompting.recipes)
    found = (workshop.done(plan, base, recipe.digest) for base, recipe in pairs)
    return tuple(package for package in found if package)


def contest(plan: Plan, spec: ModelSpec, *, workshop: Workshop, scorer: Scorer) -> tuple[EvalReport, ...]:
    """How every arm did on the dev items, which is where the one to judge is chosen; of a base, only the best
    of what a search trained on it.
    """
    packed, trained = packed_of(plan, spec, workshop), trained_of(plan, spec, workshop)
    scored = [report for c in (*packed, *trained) if (report := scorer.report(c.arm, "dev"))]
    rungs = [[r for r in scored if r.arm.trained and r.arm.base == base.name] for base in spec.ladder]
    searched = [rung[best(rung, spec.suite)] for rung in rungs if rung]
    return (*(report for report in scored if not report.arm.trained), *searched)
