"""Promote: make a passed candidate champion, and keep a person's yes or no to it. The ledger entry is the
promotion, the approval or the refusal; all else follows.
"""

from __future__ import annotations

from datetime import datetime

from pipelines.core.answer import APPROVAL, REFUSAL, Approval, Refusal
from pipelines.core.candidate import Candidate
from pipelines.core.decision import GateDecision
from pipelines.core.errors import Refused
from pipelines.core.promotion import PROMOTION, Promotion, Standing, standing
from pipelines.ledger import Ledger


def promote(decision: GateDecision, candidate: Candidate, *, ledger: Ledger) -> Promotion:
    """Append the promotion. Repeating it changes nothing, also after a rollback in between.

    Raises Refused when the decision is not a PASS, is not the newest, was refused by a person, or was made
    against a model that is no longer the champion.
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


def approve(decision: GateDecision, *, by: str, at: datetime, reason: str, ledger: Ledger) -> Approval:
    """Append a person's yes to the newest decision; nothing is promoted by it. Repeating it changes nothing,
    also after a newer decision.

    Raises Refused when the decision is not a PASS, is not the newest, or was refused by a person.
    """
    entries = ledger.entries()
    state = standing(entries)
    if given := state.approval_of(decision):
        return given
    _check_newest(decision, state)
    _check_not_refused(decision, state)
    approval = Approval(model=decision.model, decision=decision.digest, by=by, at=at, reason=reason)
    ledger.append(entries, APPROVAL, approval, op=f"approval/{state.decided_at}")
    return approval


def refuse(decision: GateDecision, *, by: str | None, at: datetime, reason: str, ledger: Ledger) -> Refusal:
    """Append a person's no to the newest decision, or that nobody said yes in time. Repeating it changes
    nothing.

    Raises Refused when the decision is not a PASS, is not the newest, or was carried out already, and when
    nobody says no to what a person approved.
    """
    entries = ledger.entries()
    state = standing(entries)
    _check_newest(decision, state)
    if state.refusal:
        return state.refusal
    if state.carried_out:
        raise Refused(
            _subject(decision),
            "a decision is refused before it is carried out",
            f"version {state.carried_out.version}, which it became",
            f"Take it back: perennial rollback {decision.model} {state.carried_out.version}.",
        )
    if by is None and state.approval:
        raise Refused(
            _subject(decision),
            "silence does not undo what a person approved",
            f"the approval of {state.approval.text}",
            "Start the retrain DAG again: it carries the decision out.",
        )
    refusal = Refusal(model=decision.model, decision=decision.digest, by=by, at=at, reason=reason)
    ledger.append(entries, REFUSAL, refusal, op=f"refusal/{state.decided_at}")
    return refusal


def _check(decision: GateDecision, candidate: Candidate, state: Standing) -> None:
    subject = _subject(decision)
    champion = state.champion.candidate.digest if state.champion else None
    if decision.candidate != candidate.digest:
        raise Refused(
            subject,
            "a decision is carried out with the candidate that it judged",
            f"candidate {candidate.digest[:12]}",
            "Name the decision on this candidate.",
        )
    _check_newest(decision, state)
    _check_not_refused(decision, state)
    if decision.champion != champion:
        raise Refused(
            subject,
            "a decision holds only against the champion it was made against",
            f"champion {str(champion)[:12]}, judged against {str(decision.champion)[:12]}",
            "Start the retrain DAG again: it judges against the present champion.",
        )


def _check_not_refused(decision: GateDecision, state: Standing) -> None:
    if state.refusal:
        raise Refused(
            _subject(decision),
            "what a person refused is not promoted",
            state.refusal.text,
            "Better data, or a changed declaration of the model, is judged and asked about again.",
        )


def _check_newest(decision: GateDecision, state: Standing) -> None:
    if decision.verdict != "PASS":
        raise Refused(
            _subject(decision),
            "only a candidate that passed the gate is promoted",
            f"a decision that says {decision.verdict}",
            "Read the reasons on the run's page; better data or a larger golden set is the way forward.",
        )
    if state.last_decision != decision:
        raise Refused(
            _subject(decision),
            "only the newest decision is carried out",
            "a newer one in the ledger",
            "Nothing is lost: the run of the newer decision goes on.",
        )


def _subject(decision: GateDecision) -> str:
    return f"candidate {decision.candidate[:12]} of {decision.model}"
