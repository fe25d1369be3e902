"""Rules about whether the question may be asked at all, and known failures."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.assertion import AssertionResult
from pipelines.core.decision import Reason
from pipelines.core.gate.case import Case
from pipelines.core.rotation import TURN, decisions_left

SHOWN = 3
"""How many items that break an assertion a reason names."""


def not_rolled_back(case: Case) -> Iterator[Reason]:
    """What was taken back from production stays away."""
    if case.rolled_back:
        text = "This candidate was rolled back before; it may not return."
        yield Reason(rule="history", verdict="FAIL", text=text)


def enough_items(case: Case) -> Iterator[Reason]:
    """The golden set is large enough for any decision."""
    have, need = case.items, case.policy.min_items
    if have < need:
        yield Reason(
            rule="items",
            verdict="INCONCLUSIVE",
            text=f"The golden set has {have} items for the decision, {need - have} too few.",
            numbers={"have": have, "need": need},
        )


def golden_set_is_fresh(case: Case) -> Iterator[Reason]:
    """Items that decide again and again are learnt by selection. They rotate, and in the end are used up."""
    every = case.policy.rotate_after
    left = decisions_left(case.uses, every)
    numbers = {"decisions": case.uses, "rotate_after": every}
    if case.uses >= every * TURN:
        text = (
            f"Every item of the golden set took part in about {every} decisions. The experts must replace it."
        )
        yield Reason(rule="golden set", verdict="INCONCLUSIVE", text=text, numbers=numbers)
    elif left <= every // 5:
        text = f"After {left} more decision{'s' * (left != 1)} a tenth of the locked items is exchanged."
        yield Reason(rule="golden set", verdict="PASS", text=text, numbers=numbers)


def no_known_failure(case: Case) -> Iterator[Reason]:
    """No critical assertion is broken; a broken warning is shown."""
    clean = [result.assertion.id for result in case.assertions if result.holds and not result.broken]
    for result in case.assertions:
        if result.assertion.id not in clean:
            yield _failure(result)
    if clean:
        text = f"No answer shows a known failure: {', '.join(clean)}."
        yield Reason(rule="assertion", verdict="PASS", text=text, numbers={"assertions": len(clean)})


def _failure(result: AssertionResult) -> Reason:
    """A result that is not clean: it may still hold, where some answers are allowed to break it."""
    assertion = result.assertion
    blocks = assertion.severity == "critical" and not result.holds
    shown = f", first {', '.join(result.examples[:SHOWN])}" if result.examples else ""
    found = f"broken by {result.broken} of {result.checked} answers{shown}"
    allowed = f" ({assertion.mostly:.1%} must keep it)" if assertion.mostly < 1 else ""
    return Reason(
        rule="assertion",
        verdict="FAIL" if blocks else "PASS",
        text=f"{assertion.text or assertion.id}: {found if result.checked else 'no answer was checked'}"
        f"{allowed}.",
        numbers={"checked": result.checked, "broken": result.broken},
    )
