"""A review report: all that a reviewer sees of one decision, whatever shows it."""

from __future__ import annotations

from typing import Literal

from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision, Verdict
from pipelines.core.explanation import Explanation
from pipelines.core.training import Training
from pipelines.core.training_set import SourceShare
from pipelines.core.usage import Usage
from pipelines.core.value import Name, Sha256, Value

Role = Literal["candidate", "champion", "anchor", "prompting"]
Outcome = Literal["lost", "won", "both_wrong", "both_right", "wrong", "right"]


class Estimate(Value):
    """A mean over `n` items with its interval, of which each end errs with the gate's risk `alpha`."""

    value: float
    lower: float
    upper: float
    n: int


class ReviewedArm(Value):
    """One arm in all its roles. `scores` is by metric; one that not every item was scored on is missing."""

    roles: tuple[Role, ...]
    label: str
    subject: Sha256
    base: Name
    base_sha256: Sha256
    scores: dict[str, Estimate]
    usage: Usage | None = None
    cost_per_1000: float | None = None
    citations: float | None = None


class Contrast(Value):
    """The candidate against one rival on one metric, item by item: `difference` is candidate minus rival. An
    anchor that is the champion too, and is asked about by the same margin, is no second rival.

    `rule` is the gate's rule that asks about it, with its `verdict`, `margin` and p-value; all of them are
    None where no rule does. `p` is None for graded scores too, which are judged by their interval.
    """

    rivals: tuple[Role, ...]
    metric: str
    wins: int
    losses: int
    effect: float
    difference: Estimate
    rule: str | None = None
    verdict: Verdict | None = None
    margin: float | None = None
    p: float | None = None


class ReviewedSlice(Value):
    """The candidate on one slice. `difference` is against the report's `sliced_against`, None without a
    rival; `p` is that of harm after Holm's correction, None for a slice that the gate does not test.
    """

    metric: str
    slice: str
    score: Estimate
    wins: int = 0
    losses: int = 0
    difference: Estimate | None = None
    p: float | None = None


class Answer(Value):
    """What an arm wrote, and its score. `grounded` says whether a source that it cites holds the answer."""

    roles: tuple[Role, ...]
    text: str
    score: float
    cited: tuple[int, ...] = ()
    grounded: bool | None = None


class Sample(Value):
    """One golden item with the answers of the arms. `outcome` is the candidate's against its rival."""

    item: str
    slice: str
    question: str
    choices: tuple[str, ...]
    expected: str
    outcome: Outcome
    answers: tuple[Answer, ...]


class Sampling(Value):
    """`samples` of all items, of which `counts` came to each outcome, on `metric`, against `rival`."""

    metric: str
    rival: Role | None
    counts: dict[Outcome, int]
    samples: tuple[Sample, ...]


class GoldenUse(Value):
    """The locked items: how many there are, and how many decisions they took part in before this one."""

    items: int
    uses: int
    rotate_after: int
    rotation: int


class Judged(Value):
    """A judge's opinion on the candidate in short: `mean` is net wins a question, -1..1, for a comparison,
    else the share of answers that meet the criterion, 0..1; None where nothing was judged. `counts` says
    whether it is evidence, `reason` why.
    """

    rubric: Name
    mean: float | None
    items: int
    counts: bool
    reason: str
    remarks: tuple[str, ...] = ()


class ReviewReport(Value):
    """All that a reviewer sees. `sentence` is the verdict in plain words, `because` the first reason for it;
    `alpha` is the gate's risk.

    Where the evidence is incomplete, `contrasts` and `slices` are empty: nothing can be paired then.
    """

    decision: GateDecision
    evidence: Sha256
    sentence: str
    because: str
    alpha: float
    candidate: Candidate
    suite: str
    suite_digest: Sha256
    rows: int
    shares: tuple[SourceShare, ...]
    kept_out: int
    golden: GoldenUse
    metrics: tuple[str, ...]
    minimums: tuple[float, ...]
    arms: tuple[ReviewedArm, ...]
    contrasts: tuple[Contrast, ...] = ()
    sliced_against: Role | None = None
    slices: tuple[ReviewedSlice, ...] = ()
    sampling: Sampling | None = None
    currency: str | None = None
    training: Training | None = None
    training_cost: float | None = None
    explanation: Explanation | None = None
    judgements: tuple[Judged, ...] = ()

    @property
    def confidence(self) -> str:
        """How often the intervals hold what they are about, in words."""
        return f"{100 * (1 - 2 * self.alpha):.3g} %"

    def arm(self, role: Role) -> ReviewedArm | None:
        return next((arm for arm in self.arms if role in arm.roles), None)
