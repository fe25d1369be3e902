"""The review of a passed decision by a person: a question in Airflow, for models that ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowSkipException

from pipelines.core.model_spec import ModelSpec
from pipelines.core.reviewing import Reviewing
from pipelines.scheduling.dags import line

if TYPE_CHECKING:
    from airflow.sdk import Context
    from airflow.sdk.definitions.xcom_arg import XComArg

PROMOTE, REFUSE = "Promote", "Refuse"
LONGEST_REASON = 1000
"""Characters of a reason that are kept: it stands in tags and letters."""
Answer = dict[str, Any]
"""What Airflow keeps of an answer: chosen_options, params_input, responded_at, responded_by_user."""
ENDS = {
    "veto": "Without an answer within {hours:g} hours it goes into production.",
    "approval": "Without an answer within {hours:g} hours it is refused.",
}


class Review(HITLOperator):
    """Waits for a person's answer to a passed `decision`, given by its digest, without holding a worker.

    Nobody is asked about a candidate that is in production or approved already. A decision that did not
    pass skips what follows.
    """

    # What is asked is written when it is known, and is never read as a template.
    template_fields = ("decision",)

    def __init__(self, *, decision: Any, model: str, review: Reviewing, **kwargs: Any) -> None:
        super().__init__(
            subject=f"May the new {model} go into production?",
            options=[PROMOTE, REFUSE],
            defaults=PROMOTE if review.mode == "veto" else REFUSE,
            params={"reason": Param(None, type=["null", "string"], description="Why. Kept with the answer.")},
            response_timeout=review.window,
            **kwargs,
        )
        self.decision, self.ends = decision, ENDS[review.mode].format(hours=review.hours)

    def execute(self, context: Context) -> Answer | None:
        stages = line()
        judged = stages.verdict(self.decision)
        if judged.verdict != "PASS":
            raise AirflowSkipException(f"{judged.verdict}: {' '.join(judged.why)}")
        question = stages.question(self.decision)
        if question is None:
            return None
        self.body = f"{question}\n\n{self.ends}"
        answer: Answer | None = super().execute(context)
        return answer


def review_of(spec: ModelSpec, decision: Any) -> XComArg | None:
    """The answer to a decision, None for a model that asks nobody."""
    if spec.review.mode == "automatic":
        return None
    doc = "Ask a person whether the candidate goes into production."
    asked = Review(task_id="review", decision=decision, model=spec.name, review=spec.review, doc_md=doc)
    return asked.output


def carry_out(decision: str, answer: Answer | None) -> int:
    """Promote the candidate of a passed decision, with who approved it, or keep that a person refused it;
    returns the version.

    Raises AirflowSkipException where nothing is promoted.
    """
    stages = line()
    judged = stages.verdict(decision)
    if judged.verdict != "PASS":
        raise AirflowSkipException(f"{judged.verdict}: {' '.join(judged.why)}")
    if answer:
        who, at = answer["responded_by_user"], answer["responded_at"]
        by = who["name"] if who else None
        reason = str(answer["params_input"].get("reason") or "")[:LONGEST_REASON]
        if REFUSE in answer["chosen_options"]:
            stages.refuse(decision, reason, by=by, at=at)
            raise AirflowSkipException(f"refused by {by or 'the end of its time'}: {reason}")
        if by:
            stages.approve(decision, reason, by=by, at=at)
    return stages.promote(decision)
