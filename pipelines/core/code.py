"""A code: the short name of one thing that can be wrong with an upload, as letters and scripts use it."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """`meaning` is one sentence, `example` a tiny case of it, `fix` what the steward does."""

    code: str
    meaning: str
    example: str
    fix: str
