"""What a judge answered, and how its verdict is read from it."""

from __future__ import annotations

import json
import re
from typing import Any

from pipelines.core.rubric import Rubric, Verdict
from pipelines.core.value import Value

_FIELD = re.compile(r'"verdict"\s*:\s*"([^"]{1,20})"')
_MARK = re.compile(r"\[\[([^\[\]]{1,20})\]\]")
_THOUGHT = "</think>"


class Ruling(Value):
    """One answer. `verdict` is None when it could not be read; `model` is the judge as it names itself."""

    verdict: Verdict | None
    model: str


def read_verdict(text: str, rubric: Rubric) -> Verdict | None:
    """The verdict in a judge's answer, None unless it is beyond doubt.

    Understood are the JSON object that was asked for, the same field within free text, marks such as [[A]]
    (where [[C]] is a tie, as in MT-Bench), and the bare word. Free text may quote what it judges, so marks
    that disagree make it unreadable.
    """
    said = text.rpartition(_THOUGHT)[2].strip()
    document = _parsed(said)
    words = [document.get("verdict")] if isinstance(document, dict) else _marks(said)
    found = {_known(word, rubric) for word in words}
    return found.pop() if len(found) == 1 else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _marks(text: str) -> list[str]:
    return [*_FIELD.findall(text), *_MARK.findall(text)] or [text]


def _known(word: object, rubric: Rubric) -> Verdict | None:
    known = {verdict.casefold(): verdict for verdict in rubric.verdicts}
    if "tie" in known:
        known["c"] = "tie"
    return known.get(str(word).strip(" \t\r\n.\"'*`").casefold())
