"""What one training came to: its length in steps and tokens, and its cost in time and memory."""

from __future__ import annotations

from pipelines.core.value import Value


class Training(Value):
    """`steps` optimizer steps and `tokens` real tokens (no padding) over all of them follow from the inputs.

    `seconds` of wall time and `peak_memory_mib` are measurements of the process that finished the
    training: they differ from run to run, so they enter no digest that names a candidate. A resumed
    training counts the seconds since it was resumed.
    """

    steps: int
    tokens: int
    seconds: float
    peak_memory_mib: float
