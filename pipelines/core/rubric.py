"""A rubric: what a judging model is asked, and what it takes for its verdicts to count."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from pipelines.core.value import Name, Value

Kind = Literal["pairwise", "criterion"]
Verdict = Literal["A", "B", "tie", "yes", "no"]

_VERDICTS: dict[Kind, tuple[Verdict, ...]] = {"pairwise": ("A", "B", "tie"), "criterion": ("yes", "no")}

# No other variable of the environment can be sent to an endpoint, whatever a declaration says.
VARIABLE = r"^PERENNIAL_JUDGE_[A-Z0-9_]+$"
Variable = Annotated[str, StringConstraints(pattern=VARIABLE)]


class Endpoint(Value):
    """The variables of the environment that hold the judge's address and, where it has one, its key."""

    url: Variable = "PERENNIAL_JUDGE_URL"
    key: Variable = "PERENNIAL_JUDGE_KEY"


class Rubric(Value):
    """`system` and `question` are what the judge reads before and after the conversations.

    A pairwise rubric compares the answers of two arms, a criterion asks of each answer whether it holds.
    `model` is the name under which the endpoint knows the judge. The judge counts only if the lower end of
    its kappa against experts reaches `kappa_floor` on at least `min_verdicts` of them, and if it judged at
    least the share `min_coverage` of the items. `margin` is the loss that may be overlooked: in net wins a
    question, or in the share of answers that meet the criterion. All four shares lie between 0 and 1.
    """

    name: Name
    version: str
    kind: Kind
    two_turns: bool
    system: str
    question: str
    model: str
    endpoint: Endpoint = Endpoint()
    kappa_floor: float
    min_verdicts: int
    min_coverage: float = 1.0
    margin: float

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the judge may say."""
        return _VERDICTS[self.kind]

    @property
    def turns(self) -> int:
        """Questions, and answers, in a conversation."""
        return 2 if self.two_turns else 1

    @property
    def conversations(self) -> int:
        """How many the judge is shown at once."""
        return 2 if self.kind == "pairwise" else 1
