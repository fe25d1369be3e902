"""Explaining: what is trained besides the candidate, only to understand the data."""

from __future__ import annotations

from pipelines.core.value import Value


class Explaining(Value):
    """Every run here trains the candidate's base on a part of the training set.

    `learning_curve` are shares of the rows, between 0 and 1 and ascending. With `leave_out` each part of
    the upload is left out once, the `most_parts` largest of them. With `individual` each source of a model
    that has several is trained on alone, to see on which slices mixing helps.
    """

    learning_curve: tuple[float, ...] = ()
    leave_out: bool = False
    most_parts: int = 8
    individual: bool = False

    @property
    def wanted(self) -> bool:
        """Whether anything is to be explained."""
        return bool(self.learning_curve) or self.leave_out or self.individual
