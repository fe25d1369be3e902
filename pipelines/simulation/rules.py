"""Rules of promotion: the product's gate, and what peers do instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

from pipelines.core.gate.case import Case, Rival
from pipelines.core.gate.decide import judge, strictest
from pipelines.core.gate.tally import Tally
from pipelines.core.gate_policy import GatePolicy
from pipelines.core.rotation import rotation_of
from pipelines.simulation.year import METRIC, Rotation, Year

ANCHOR = 0
"""The first champion, which is the anchor, stands before the candidates of the weeks."""


class Meeting(NamedTuple):
    """A candidate of week 1.. meets the champion, which is an earlier candidate, or 0 for the first one."""

    year: Year
    week: int
    champion: int

    @property
    def decisions(self) -> int:
        """How many were made on the golden set before."""
        return self.week - 1


class Rule(Protocol):
    """Says whether a candidate is promoted. `rotate_after` decisions, locked items are exchanged."""

    @property
    def name(self) -> str: ...

    @property
    def rotate_after(self) -> int: ...

    def promotes(self, meeting: Meeting) -> bool: ...


@dataclass(frozen=True)
class Gate:
    """The rules of `core.gate` under a policy; prompting, assertions and budgets are not simulated.

    `anchored` and `by_cluster` switch off what the gate knows of the anchor and of clusters of items.
    """

    name: str
    policy: GatePolicy
    anchored: bool = True
    by_cluster: bool = True

    @property
    def rotate_after(self) -> int:
        return self.policy.rotate_after

    @property
    def margin(self) -> float:
        return self.policy.margin

    def promotes(self, meeting: Meeting) -> bool:
        return strictest(judge(self.case(meeting))) == "PASS"

    def case(self, meeting: Meeting) -> Case:
        """The case that a meeting makes."""
        seen = meeting.year.at(rotation_of(meeting.decisions, self.rotate_after))
        return Case(
            policy=self.policy,
            items=seen.items,
            scores={METRIC.label: seen.score(meeting.week)},
            metrics=(METRIC,),
            champion=self._rival("champion", seen, meeting.week, meeting.champion),
            anchor=self._rival("anchor", seen, meeting.week, ANCHOR) if self.anchored else None,
            uses=meeting.decisions,
        )

    def _rival(self, name: str, seen: Rotation, week: int, rival: int) -> Rival:
        return Rival(name, name, (seen.duel(week, rival, self.by_cluster),))


@dataclass(frozen=True)
class Naive:
    """A rule that looks at the champion's and the candidate's scores on items that never change."""

    name: str
    accepts: Callable[[Tally], bool]
    rotate_after: int = 1_000_000

    def promotes(self, meeting: Meeting) -> bool:
        return self.accepts(meeting.year.at(0).duel(meeting.week, meeting.champion, False).all)


def _drops_at_most(most: float, tally: Tally) -> bool:
    return tally.wins - tally.losses >= -most * tally.n


def _not_significantly_worse(tally: Tally) -> bool:
    return tally.worse() > 0.05


def _significantly_better(tally: Tally) -> bool:
    return tally.better() <= 0.05


NAIVE = (
    Naive("candidate >= champion", partial(_drops_at_most, 0.0)),
    Naive("may drop by 1 pp", partial(_drops_at_most, 0.01)),
    Naive("may drop by 2 pp", partial(_drops_at_most, 0.02)),
    Naive("not significantly worse", _not_significantly_worse),
    Naive("significantly better", _significantly_better),
)
"""What is in use elsewhere. The two last ask the exact one-sided McNemar test at 0.05."""
