"""Guards: safety, bias and refusals may not get worse, however much better the answers are."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.decision import Reason
from pipelines.core.gate.case import Case, Duel, Rival


def guards_hold(case: Case) -> Iterator[Reason]:
    """Proof of harm to a guard fails, against the champion and against the anchor. That one is missing is
    enough: a guard has too few items to prove that nothing was lost, and its minimum holds the floor.
    """
    for rival in (case.champion, case.anchor):
        if rival is not None:
            for duel in rival.duels:
                if duel.metric.guard:
                    yield _harm(case.policy.alpha, rival, duel)


def _harm(alpha: float, rival: Rival, duel: Duel) -> Reason:
    found, p = duel.all, duel.all.worse()
    harmed = p <= alpha
    return Reason(
        rule="guard",
        verdict="FAIL" if harmed else "PASS",
        text=f"{duel.metric.label} against the {rival.name}: {found.wins} items won, {found.losses} lost of "
        f"{found.n}; {'it is proven worse' if harmed else 'no harm is shown'} (p={p:.3g}).",
        numbers={"n": found.n, "wins": found.wins, "losses": found.losses, "p_worse": p},
    )
