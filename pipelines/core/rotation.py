"""Rotation: after a number of decisions a tenth of the locked golden items is exchanged for dev items.

Every decision on the same items leaks a little about them: whatever is promoted was lucky on them. The
reuse of a holdout is Dwork et al. (2015), "The reusable holdout", Science 349, 636-638.
"""

from __future__ import annotations

STEP = 0.1
TURN = round(1 / STEP)
"""How many rotations bring every item into the locked split and out of it again."""


def rotation_of(decisions: int, rotate_after: int) -> int:
    """How often the items have been exchanged after so many decisions on one golden set."""
    return decisions // rotate_after


def decisions_left(decisions: int, rotate_after: int) -> int:
    """How many decisions are made before the next exchange, the coming one included."""
    return rotate_after - decisions % rotate_after


def rotated(draw: float, rotation: int) -> float:
    """Where an item stands after so many exchanges; `draw` is its own place in 0..1."""
    return (draw + rotation * STEP) % 1.0
