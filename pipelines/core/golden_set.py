"""A golden set: the items by which every arm is judged, split into dev and gate."""

from __future__ import annotations

from typing import Literal

from pipelines.core.value import Blob, Sha256, Value

Split = Literal["dev", "gate"]


class GoldenItem(Value):
    """One question, its context included, with the expected answer. `slice` groups items in reports;
    `cluster` names what several items share, such as the fact that they ask for in other words. `follow_up`
    is what the user says after the answer, for judges of conversations; blank where there is no second turn.
    """

    id: str
    prompt: str
    completion: str
    slice: str = "all"
    choices: tuple[str, ...] = ()
    cluster: str = ""
    follow_up: str = ""


class GoldenSet(Value):
    """`dev` chooses among arms; `gate` is locked for the decision. Both are JSON Lines of `GoldenItem`.

    `rotation` is how often a part of the items was exchanged between the two.
    """

    snapshot: Sha256
    dev: Blob
    gate: Blob
    dev_items: int
    gate_items: int
    rotation: int = 0

    def items_of(self, split: Split) -> Blob:
        return self.dev if split == "dev" else self.gate
