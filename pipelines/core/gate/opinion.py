"""An opinion: a judgement reduced to what its rule needs, item by item against each rival."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipelines.core.gate.judgement import Judgement, Part
from pipelines.core.gate.tally import Tally, tally
from pipelines.core.judgement import JudgeReport

RIVALS: tuple[Part, ...] = ("champion", "anchor")


@dataclass(frozen=True)
class Opinion:
    """`against` holds the candidate's tally on the judged items against each rival that was judged."""

    judgement: Judgement
    against: Mapping[Part, Tally]


def opinion_of(judgement: Judgement, clusters: Mapping[str, str]) -> Opinion:
    """`clusters` names the cluster of each item. The reports must be complete: `coverage` says so."""
    return Opinion(judgement, dict(_tallies(judgement, clusters)))


def _tallies(judgement: Judgement, clusters: Mapping[str, str]) -> Iterator[tuple[Part, Tally]]:
    compared, mine = judgement.rubric.kind == "pairwise", judgement.reports.get("candidate")
    for part in RIVALS:
        report = judgement.reports.get(part)
        if report is not None and compared:
            yield part, _tally(report, dict.fromkeys(report.scores, 0), clusters)
        elif report is not None and mine is not None:
            yield part, _tally(mine, report.scores, clusters)


def _tally(report: JudgeReport, theirs: Mapping[str, int], clusters: Mapping[str, str]) -> Tally:
    """Of a comparison, whose scores are differences already, `theirs` are all 0."""
    scores = sorted(report.scores.items())
    differences = [float(score - theirs[item]) for item, score in scores]
    return tally(differences, [clusters.get(item, "") for item, _ in scores])
