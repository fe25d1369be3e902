"""Reviews as reviewers get them: evidence on a few hundred items, decided by the real gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from examples import sha
from review_evidence import EVIL, TOPICS, N, a_case

from pipelines.core.explanation import CurvePoint, Explanation, PartEffect, SliceWinner, WeightDifference
from pipelines.core.gate.decide import decide
from pipelines.core.review.build import review_of
from pipelines.core.review_report import Judged, ReviewReport


def a_review(
    mine: float = 0.95,
    champion: float | None = 0.94,
    prompting: float = 0.7,
    *,
    n: int = N,
    text: str = "",
    bad_slice: str = "",
    short: int = 0,
    **changes: Any,
) -> ReviewReport:
    """The review of `a_case`, with changed exhibits."""
    made = a_case(mine, champion, prompting, n=n, text=text, bad_slice=bad_slice, short=short)
    return review_of(made.evidence, decide(made.evidence), made.exhibits._replace(**changes))


def an_explanation(text: str = "") -> Explanation:
    rows = (336, 672, 1344, 2688)
    means = (0.71, 0.83, 0.91, 0.953)
    return Explanation(
        candidate=sha("candidate"),
        base="tax-s",
        metric="tax_exact.exact_match",
        items=300,
        actual=0.953,
        curve=tuple(
            CurvePoint(rows=r, score=m, lower=m - 0.04, upper=min(1, m + 0.035))
            for r, m in zip(rows, means, strict=True)
        ),
        predicted=0.962,
        doubling=0.02,
        parts=tuple(
            PartEffect(
                part=f"{topic}{text}",
                rows=224,
                score_with=0.953,
                score_without=0.953 - effect,
                difference=effect,
                lower=effect - 0.012,
                upper=effect + 0.012,
            )
            for topic, effect in zip(TOPICS[:6], (0.06, 0.051, 0.043, 0.02, 0.004, -0.021), strict=True)
        ),
        winners=(
            SliceWinner(slice=f"mileage{text}", items=75, unified=0.95, individual=0.91, winner="unified"),
        ),
        weights=tuple(
            WeightDifference(
                module=f"layers.{k}.self_attn.q_proj", relative_norm=1.4 - 0.1 * k, cosine=0.1 * k
            )
            for k in range(6)
        ),
    )


JUDGED = Judged(
    rubric="helpful",
    mean=0.08,
    items=300,
    counts=False,
    reason="No agreement of judge-7b with experts is on record for these words of rubric helpful.",
    remarks=("judge-7b judged 298 of 300 items.",),
)
REVIEWS: dict[str, Callable[[], ReviewReport]] = {
    "passed": lambda: a_review(explanation=an_explanation()).model_copy(update={"judgements": (JUDGED,)}),
    "failed": lambda: a_review(0.90, 0.95, bad_slice="mileage"),
    "inconclusive": lambda: a_review(0.93, 0.95, n=260),
    "first": lambda: a_review(champion=None),
    "incomplete": lambda: a_review(short=3),
    "hostile": lambda: a_review(0.9, 0.95, text=EVIL, explanation=an_explanation(EVIL)),
    "long": lambda: a_review(0.9, 0.95, text="x" * 300, explanation=an_explanation("x" * 300)),
}
