"""Explain: train the candidate's base on parts of its data, to see which of them moved the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.archive import Archive
from pipelines.core.candidate import Candidate
from pipelines.core.explain import Trial, explain
from pipelines.core.explanation import Explanation, WeightDifference
from pipelines.core.model_spec import ModelSpec
from pipelines.core.plan import Plan
from pipelines.core.subsets import Subset, subsets
from pipelines.core.training_set import TrainingSet
from pipelines.core.value import to_jsonl
from pipelines.stages.scoring import Scorer, base_of
from pipelines.stages.workshop import Workshop

RESULT = "explanation"
Weigh = Callable[[Candidate, Candidate], Sequence[WeightDifference]]
"""How far the weights of a candidate are from those of another."""


def explain_run(
    plan: Plan,
    spec: ModelSpec,
    candidate: Candidate,
    champion: Candidate | None,
    *,
    decision: str,
    workshop: Workshop,
    scorer: Scorer,
    weigh: Weigh,
) -> Explanation | None:
    """The explanation of a trained candidate, made once for a decision on it; None where the model asks for
    none or nothing was trained. The locked items are not looked at here.

    The rung of the candidate is the smallest that is good enough. A smaller one would explain a model that
    nobody runs.
    """
    if not (spec.explain.wanted and candidate.arm.trained):
        return None
    if done := workshop.archive.settled(RESULT, decision, Explanation):
        return done
    examples = workshop.examples(plan.training_set)
    trials = [
        _trial(subset, plan, spec, candidate, workshop, scorer) for subset in subsets(examples, spec.explain)
    ]
    weights = weigh(candidate, champion) if champion and champion != candidate else ()
    metric = spec.suite.metrics[0]
    found = explain(scorer.score(candidate, "dev"), len(examples), trials, metric, weights)
    return workshop.archive.settle(RESULT, decision, found)


def explanation_of(decision: str, archive: Archive) -> Explanation | None:
    """The explanation that was made for a decision, by its digest."""
    return archive.settled(RESULT, decision, Explanation)


def _trial(
    subset: Subset, plan: Plan, spec: ModelSpec, candidate: Candidate, workshop: Workshop, scorer: Scorer
) -> Trial:
    archive = workshop.archive
    whole = archive.fetch(TrainingSet, plan.training_set)
    part = whole.model_copy(
        update={
            "rows": len(subset.examples),
            "examples": archive.keep_bytes(to_jsonl(subset.examples)),
            "subset_of": plan.training_set,
        }
    )
    workshop.progress(f"explaining: {subset.kind} {subset.name}, {part.rows} of {whole.rows} rows")
    of_part = plan.model_copy(update={"training_set": archive.keep(part)})
    trained = workshop.trained(of_part, base_of(spec, candidate), spec.recipe_of(candidate.recipe))
    return Trial(subset, scorer.score(trained, "dev"))
