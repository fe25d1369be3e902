"""Arms: everything that competed in a run, as it was made and scored by the earlier stages."""

from __future__ import annotations

from pipelines.core.candidate import Candidate
from pipelines.core.evaluation import EvalReport
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.stages.scoring import Scorer
from pipelines.stages.workshop import Workshop


def trained_of(plan: Plan, spec: ModelSpec, workshop: Workshop) -> tuple[Candidate, ...]:
    """The candidates of a plan that were trained, smallest rung first."""
    found = (workshop.done(plan, base, spec.recipe.digest) for base in spec.ladder)
    return tuple(candidate for candidate in found if candidate)


def packed_of(plan: Plan, spec: ModelSpec, workshop: Workshop) -> tuple[Candidate, ...]:
    """The prompt packages of a plan, smallest base and plainest prompt first."""
    pairs = ((base, recipe) for base in spec.ladder for recipe in spec.prompting.recipes)
    found = (workshop.done(plan, base, recipe.digest) for base, recipe in pairs)
    return tuple(package for package in found if package)


def contest(plan: Plan, spec: ModelSpec, *, workshop: Workshop, scorer: Scorer) -> tuple[EvalReport, ...]:
    """How every arm did on the dev items, which is where the one to judge is chosen."""
    arms = (*packed_of(plan, spec, workshop), *trained_of(plan, spec, workshop))
    reports = (scorer.report(candidate.arm, "dev") for candidate in arms)
    return tuple(report for report in reports if report)
