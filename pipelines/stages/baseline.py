"""Baseline: what each base model of the ladder can do without any training."""

from __future__ import annotations

from pipelines.core.evaluation import EvalReport
from pipelines.core.model_spec import ModelSpec
from pipelines.stages.scoring import Scorer


def baseline(spec: ModelSpec, *, scorer: Scorer) -> tuple[EvalReport, ...]:
    """One zero-shot report a rung, in ladder order, on the locked items."""
    return tuple(scorer.zero_shot(base, "gate") for base in spec.ladder)
