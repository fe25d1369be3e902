"""Promote: make a passed candidate champion. The ledger entry is the promotion; all else follows."""

from __future__ import annotations

from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.errors import Refused
from pipelines.core.promotion import PROMOTION, Promotion, Standing, standing
from pipelines.ledger import Ledger


def promote(decision: GateDecision, candidate: Candidate, *, ledger: Ledger) -> Promotion:
    """Append the promotion. Repeating it changes nothing, also after a rollback in between.

    Raises Refused when the decision is not a PASS, is not the newest, or was made against a model that
    is no longer the champion.
    """
    entries = ledger.entries()
    state = standing(entries)
    if state.last_decision == decision and state.carried_out:
        return state.carried_out
    if state.champion and state.champion.candidate.digest == candidate.digest:
        return state.champion
    _check(decision, candidate, state)
    promotion = Promotion(
        model=decision.model, version=state.next_version, candidate=candidate, decision=decision.digest
    )
    ledger.append(entries, PROMOTION, promotion, op=f"promotion/{state.decided_at}")
    return promotion


def _check(decision: GateDecision, candidate: Candidate, state: Standing) -> None:
    subject = f"candidate {candidate.digest[:12]} of {decision.model}"
    champion = state.champion.candidate.digest if state.champion else None
    if decision.verdict != "PASS" or decision.candidate != candidate.digest:
        raise Refused(
            subject,
            "only a candidate that passed the gate is promoted",
            f"a decision that says {decision.verdict}",
            "Read the reasons on the run's page; better data or a larger golden set is the way forward.",
        )
    if state.last_decision != decision:
        raise Refused(
            subject,
            "only the newest decision is carried out",
            "a newer one in the ledger",
            "Nothing is lost: the run of the newer decision goes on.",
        )
    if decision.champion != champion:
        raise Refused(
            subject,
            "a decision holds only against the champion it was made against",
            f"champion {str(champion)[:12]}, judged against {str(decision.champion)[:12]}",
            "Start the retrain DAG again: it judges against the present champion.",
        )
