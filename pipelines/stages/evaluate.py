"""Evaluate: score the candidate, the champion and the anchor on the same locked items."""

from __future__ import annotations

from pipelines.core.candidate import Candidate
from pipelines.core.evaluation import EvalReport
from pipelines.core.promotion import Standing
from pipelines.stages.scoring import Scorer


def evaluate(candidate: Candidate, standing: Standing, *, scorer: Scorer) -> tuple[EvalReport, ...]:
    """One report an arm; an arm that is another's twin is scored once. Reports of earlier runs on the
    same items are reused.
    """
    rivals = (p.candidate for p in (standing.champion, standing.anchor) if p)
    arms = {c.digest: c for c in (candidate, *rivals)}
    return tuple(scorer.fine_tuned(c, "gate") for c in arms.values())
