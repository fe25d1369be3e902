"""Evaluate: score the candidate and its rivals on the same locked items, and let judges read the answers."""

from __future__ import annotations

from pipelines.core.candidate import Candidate
from pipelines.core.evaluation import EvalReport
from pipelines.core.promotion import Standing
from pipelines.stages.panel import Panel, rivals_of
from pipelines.stages.scoring import Scorer


def evaluate(
    candidate: Candidate, package: Candidate, standing: Standing, *, scorer: Scorer, panel: Panel
) -> tuple[EvalReport, ...]:
    """One report an arm: the candidate, the best prompt `package`, the champion and the anchor. An arm that
    is another's twin is scored once, and reports of earlier runs on the same items are reused.
    The model's judges judge the candidate, and the package, which may be judged in its place.
    """
    rivals = (p.candidate for p in (standing.champion, standing.anchor) if p)
    arms = {c.digest: c for c in (candidate, package, *rivals)}
    reports = tuple(scorer.score(c, "gate") for c in arms.values())
    panel.hear((candidate, package), rivals_of(standing.champion, standing.anchor))
    return reports
