"""One row of JSON, exactly: no key twice, no number that JSON does not know, no endless nesting."""

import json
import re
from typing import Any

_DEEPEST = 64
_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_FIX = "Write one JSON object for each row, with the contract's columns as keys."


class NotARow(ValueError):
    """A text that is not one row. The message is for the steward and quotes nothing of it.

    `at` is where reading stopped, in characters from 0: an offence against JSON's own grammar, or too deep
    nesting. It is None where the text is JSON and still no row. `unclosed` says that a text in quotes
    never ends.
    """

    def __init__(
        self,
        problem: str,
        *,
        fix: str = _FIX,
        code: str = "json",
        at: int | None = None,
        unclosed: bool = False,
    ) -> None:
        super().__init__(problem)
        self.problem, self.fix, self.code, self.at, self.unclosed = problem, fix, code, at, unclosed


def parsed(text: str) -> dict[str, Any]:
    """The object that `text` is. Raises NotARow, for an offence against the grammar before any other."""
    if (stop := _too_deep(text)) is not None:
        raise NotARow("the row is nested too deeply", at=stop)
    problems: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        row = dict(pairs)
        if len(row) != len(pairs):
            problems.append("a key appears twice")
        return row

    def no_number(name: str) -> None:
        problems.append(f"{name} is not a JSON number")

    row = _loaded(text, object_pairs_hook=once, parse_constant=no_number)
    if problems:
        raise NotARow(problems[0])
    if not isinstance(row, dict):
        raise NotARow("the row is not a JSON object")
    return row


def _loaded(text: str, **options: Any) -> Any:
    try:
        return json.loads(text, **options)
    except json.JSONDecodeError as error:
        problem = f"the row is not JSON: {error.msg.lower()} at character {error.pos + 1:,}"
        raise NotARow(problem, at=error.pos, unclosed=error.msg.startswith("Unterminated")) from None
    except ValueError:
        # An integer of thousands of digits; the grammar behind it is still to be judged.
        _loaded(text, parse_int=str)
        raise NotARow("the row holds a number that is too long") from None


def _too_deep(text: str) -> int | None:
    """Where the text is nested too deeply, counted before parsing: how deep a parser that recurses can
    go depends on its caller.
    """
    if text.count("{") + text.count("[") <= _DEEPEST:
        return None
    depth = 0
    for token in _BRACKETS.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > _DEEPEST:
                return token.start()
        elif token[0] in "]}":
            depth -= 1
    return None
